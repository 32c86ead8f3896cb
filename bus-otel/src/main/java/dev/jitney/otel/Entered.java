// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;

/**
 * A context that is current on this thread until this is closed. The thread then has what it had
 * before, also where a handler has left another context behind: OpenTelemetry leaves that alone
 * (CTX-4).
 */
final class Entered implements AutoCloseable {

    private final Context before;
    private final Scope scope;

    @SuppressWarnings("MustBeClosedChecker") // Closed with this.
    Entered(Context context) {
        before = Context.current();
        scope = context.makeCurrent();
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // What is put back stays.
    public void close() {
        scope.close();
        if (Context.current() != before) {
            before.makeCurrent();
        }
    }
}
