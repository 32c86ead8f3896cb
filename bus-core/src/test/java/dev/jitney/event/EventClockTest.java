// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EventClockTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.999999998Z");

    private final AtomicReference<Instant> time = new AtomicReference<>(NOW);
    private final EventClock clock = EventClock.of(time::get);

    @Test
    @DisplayName(
            "EVT-2 ids and times strictly increase while the clock stands, steps back or jumps")
    void strictlyIncreases() {
        List<EventClock.Stamp> stamps = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            time.set(i % 3 == 0 ? NOW : i % 3 == 1 ? NOW.minusSeconds(i) : NOW.plusNanos(i * 997L));
            stamps.add(clock.next());
        }
        for (int i = 1; i < stamps.size(); i++) {
            assertThat(stamps.get(i).id()).isGreaterThan(stamps.get(i - 1).id());
            assertThat(stamps.get(i).time()).isAfter(stamps.get(i - 1).time());
        }
    }

    @Test
    @DisplayName("EVT-2 an id is a UUID of version 7 that holds the time to the nanosecond")
    void idsAreUuidsOfVersion7() {
        UUID id = UUID.fromString(clock.next().id());

        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(NOW.toEpochMilli());
        long fraction =
                (id.getMostSignificantBits() & 0xfff) << 8
                        | id.getLeastSignificantBits() >>> 54 & 0xff;
        assertThat(fraction).isEqualTo(999_998);
    }

    @Test
    @DisplayName("EVT-2 an event's id and time are those of one tick, whenever they are asked for")
    void idFollowsFromTheTick() {
        Event event = Event.builder("a").clock(clock).build();
        time.set(NOW.plusSeconds(100));

        assertThat(event.time()).isEqualTo(NOW);
        assertThat(event.id()).isEqualTo(event.id()).startsWith(hex(NOW));
        assertThat(Event.builder("a").clock(clock).time(Instant.EPOCH).build().id())
                .startsWith(hex(NOW.plusSeconds(100)));
    }

    private static String hex(Instant time) {
        String digits = Long.toHexString(time.toEpochMilli() | 1L << 48).substring(1);
        return digits.substring(0, 8) + "-" + digits.substring(8) + "-7";
    }

    @Test
    @DisplayName("EVT-2 two clocks that tick at once give different ids")
    void clocksDiffer() {
        InstantSource standing = InstantSource.fixed(NOW);
        Set<String> ids = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 100_000; i++) {
            assertThat(ids.add(EventClock.of(standing).next().id())).isTrue();
        }
    }

    @Test
    @DisplayName("EVT-2 many threads get different ids from one clock")
    void threadsNeverShareAnId() throws InterruptedException {
        Set<String> ids = ConcurrentHashMap.newKeySet();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread thread =
                    new Thread(
                            () -> {
                                for (int n = 0; n < 5000; n++) {
                                    ids.add(clock.next().id());
                                }
                            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(ids).hasSize(20_000);
    }

    @Test
    @DisplayName("EVT-2 a clock outside of 1970 to 2261 is clamped or refused")
    void limits() {
        time.set(Instant.parse("1950-01-01T00:00:00Z"));
        assertThat(clock.next().time()).isEqualTo(Instant.EPOCH);
        assertThat(clock.next().time()).isEqualTo(Instant.EPOCH.plusNanos(1));
        time.set(Instant.parse("2300-01-01T00:00:00Z"));
        assertThatThrownBy(clock::next)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "The clock says 2300-01-01T00:00:00Z. Events can be made up to the year"
                                + " 2261.");
    }
}
