// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test that leaves a thread of the engine behind (LIF-3). */
public final class NoLeaks implements AfterEachCallback {

    @Override
    public void afterEach(ExtensionContext context) {
        Await.until("every thread of the engine has ended", () -> threads().isEmpty());
    }

    /** Says whether a handler waits for a publication on a thread of the pool. */
    static boolean handlerWaits() {
        return handlersWaiting() > 0;
    }

    /** Returns how many handlers wait for publications on threads of the pool. */
    static long handlersWaiting() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(entry -> entry.getKey().getName().startsWith("jitney-"))
                .filter(entry -> Arrays.stream(entry.getValue()).anyMatch(NoLeaks::waits))
                .count();
    }

    private static boolean waits(StackTraceElement frame) {
        return frame.getClassName().equals("dev.jitney.engine.Waits")
                && frame.getMethodName().equals("park");
    }

    /** Returns the names of the engine's threads that are alive. */
    public static List<String> threads() {
        // Behind " @" stands the coroutine that a thread runs, because assertions are on in tests.
        return Thread.getAllStackTraces().keySet().stream()
                .map(thread -> thread.getName().replaceFirst(" @.*", ""))
                .filter(name -> name.startsWith("jitney-"))
                .sorted()
                .toList();
    }
}
