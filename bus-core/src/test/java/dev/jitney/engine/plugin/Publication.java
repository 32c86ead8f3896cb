// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import dev.jitney.spi.PublicationInfo;
import org.jspecify.annotations.Nullable;

/** An event that was handled, as interceptors see it. */
record Publication(Event event) implements PublicationInfo {

    @Override
    public String bus() {
        return "test";
    }

    @Override
    public Origin origin() {
        return Origin.PUBLISHED;
    }

    @Override
    public Outcome outcome() {
        return Outcome.HANDLED;
    }

    @Override
    public String reason() {
        return "";
    }

    @Override
    public @Nullable Throwable cause() {
        return null;
    }
}
