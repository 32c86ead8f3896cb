// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import dev.jitney.spi.PublicationInfo;
import org.jspecify.annotations.Nullable;

/** An event on its way, as far as a test has taken it. */
final class TckPublication implements PublicationInfo {

    private final Event event;
    private final Origin origin;
    private volatile @Nullable Outcome outcome;
    private volatile @Nullable Throwable cause;

    TckPublication(Event event, Origin origin) {
        this.event = event;
        this.origin = origin;
    }

    TckPublication ended(Outcome how, @Nullable Throwable why) {
        cause = why;
        outcome = how;
        return this;
    }

    @Override
    public String bus() {
        return "tck";
    }

    @Override
    public Event event() {
        return event;
    }

    @Override
    public Origin origin() {
        return origin;
    }

    @Override
    public @Nullable Outcome outcome() {
        return outcome;
    }

    @Override
    public String reason() {
        Outcome how = outcome;
        return how == null ? "" : "The test has ended it as " + how + ".";
    }

    @Override
    public @Nullable Throwable cause() {
        return cause;
    }
}
