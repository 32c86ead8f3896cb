// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What careless code leaves behind on a thread. */
final class ThreadTraces {

    private ThreadTraces() {}

    /** Returns what can be seen on the calling thread, to be compared later. */
    static Object now() {
        Thread thread = Thread.currentThread();
        List<@Nullable Object> traces = new ArrayList<>();
        traces.add(thread.getContextClassLoader());
        traces.add(thread.getName());
        traces.add(thread.getPriority());
        traces.add(thread.isInterrupted() ? "interrupted" : "not interrupted");
        return traces;
    }
}
