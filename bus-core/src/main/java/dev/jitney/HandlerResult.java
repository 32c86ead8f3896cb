// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What one handler has made of one event (RES-1). Immutable. */
public interface HandlerResult {

    /** How a delivery ended. */
    enum State {
        COMPLETED,
        FAILED,
        TIMED_OUT,
        CANCELLED
    }

    /** Returns the id of the handler's subscription. */
    String subscriptionId();

    /** Returns the name of the handler's subscription. */
    String subscription();

    /** Returns how it ended. */
    State state();

    /** Returns the value that the handler returned, or null. */
    @Nullable Object value();

    /** Returns the handler's failure, or null if it did not fail. */
    @Nullable Throwable error();

    /** Returns when the handler began, to the millisecond. */
    Instant start();

    /** Returns when the handler ended, to the millisecond. */
    Instant end();

    /** Returns how often the handler ran. */
    int attempts();
}
