// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import dev.jitney.EventBusBuilder;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.PluginContext;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What a plugin under test is handed: the real wire form, and a clock that the test owns. The clock
 * stands still until it is moved.
 */
public final class TckContext implements PluginContext {

    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-01-02T03:04:05.678Z"));

    private final EventFormat format = EventBusBuilder.create("tck").eventFormat();

    @Override
    public EventFormat eventFormat() {
        return format;
    }

    @Override
    public InstantSource clock() {
        return now::get;
    }

    /** Moves the clock; a negative span moves it back. */
    public void advance(Duration span) {
        now.updateAndGet(instant -> instant.plus(span));
    }
}
