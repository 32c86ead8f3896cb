// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import org.jspecify.annotations.Nullable;

/** What plugins have opened on a thread, one after the other. Closing it never throws. */
final class Entered implements AutoCloseable {

    private final AutoCloseable scope;
    private final String label;
    private final String method;
    private final PluginLog log;
    private final @Nullable Entered before;

    /**
     * @param method what has opened the scope, for messages
     * @param before what was opened before, and is closed after
     */
    Entered(
            AutoCloseable scope,
            String label,
            String method,
            PluginLog log,
            @Nullable Entered before) {
        this.scope = scope;
        this.label = label;
        this.method = method;
        this.log = log;
        this.before = before;
    }

    @Override
    public void close() {
        for (Entered one = this; one != null; one = one.before) {
            try {
                one.scope.close();
            } catch (Throwable e) {
                one.log.failed(one.label, "close of " + one.method, e);
            }
        }
    }
}
