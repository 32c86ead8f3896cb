// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import dev.jitney.EventBusBuilder;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.PluginContext;
import java.time.Duration;
import java.time.Instant;

/**
 * What a plugin under test is handed: the real wire form, and a clock that the test owns. The clock
 * stands still until it is moved.
 */
public final class TckContext implements PluginContext {

    private final TckClock clock = new TckClock(Instant.parse("2026-01-02T03:04:05.678Z"));

    private final EventFormat format = EventBusBuilder.create("tck").eventFormat();

    @Override
    public EventFormat eventFormat() {
        return format;
    }

    @Override
    public TckClock clock() {
        return clock;
    }

    /** Moves the clock and runs the timers that are due; a negative span moves it back. */
    public void advance(Duration span) {
        clock.advance(span);
    }
}
