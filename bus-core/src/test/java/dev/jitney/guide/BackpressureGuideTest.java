// SPDX-License-Identifier: Apache-2.0
package dev.jitney.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.EventBus;
import dev.jitney.Gate;
import dev.jitney.Overflow;
import dev.jitney.Publication;
import dev.jitney.event.Event;
import org.junit.jupiter.api.Test;

class BackpressureGuideTest extends Examples {

    @Test
    void overflow() throws Exception {
        Gate gate = new Gate();
        // guide:start backpressure
        EventBus readings =
                EventBus.builder("readings")
                        .pendingLimit(1_000) // events that wait for their turn
                        .overflow(Overflow.DROP_OLDEST) // the newest readings count
                        .build();
        // guide:end
        try (readings) {
            readings.subscribe("t", event -> gate.pass());
            readings.publish("t", -1);
            gate.awaitReached();
            Publication oldest = readings.publish("t", 0);
            for (int i = 1; i <= 1_000; i++) {
                readings.publish("t", i);
            }
            print(oldest.outcome() + ": " + oldest.reason());
            gate.open();
        }
        assertThat(lines)
                .containsExactly(
                        "DROPPED: Bus 'readings' was full: 1000 events waited, and this one longest.");
    }

    @Test
    void forms() throws Exception {
        Event event = Event.of("reading.taken", 21);
        // guide:start backpressure
        Publication taken = bus.tryPublish(event); // null instead of waiting for room
        if (taken == null) {
            bus.publishAsync(event).thenAccept(late -> print(late.event().topic()));
        }
        print(bus.pendingCount() + " events wait");
        // guide:end
        settle();
        assertThat(taken).isNotNull();
        assertThat(lines).hasSize(1);
    }
}
