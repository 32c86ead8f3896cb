// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test that leaves a thread of the engine behind (LIF-3). */
public final class NoLeaks implements AfterEachCallback {

    @Override
    public void afterEach(ExtensionContext context) {
        Await.until("every thread of the engine has ended", () -> threads().isEmpty());
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
