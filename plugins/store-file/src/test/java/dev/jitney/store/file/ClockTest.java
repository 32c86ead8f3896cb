// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Level;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.VerifyOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clocks that are set back, or far ahead, between the stores on a directory. */
class ClockTest {

    @TempDir Path temp;

    @Test
    @DisplayName("STO-11 times of storing never go back, whatever the clock says")
    void neverBack() {
        List<String> clocks =
                List.of(
                        "2026-01-01T00:00:00Z",
                        "2016-01-01T00:00:00Z",
                        "1960-01-01T00:00:00Z",
                        "2026-01-02T00:00:00Z",
                        "+12000-01-01T00:00:00Z",
                        "2026-01-03T00:00:00Z");
        for (String clock : clocks) {
            try (EventStore store = open(Instant.parse(clock))) {
                for (int i = 0; i < 3; i++) { // so that some segments are closed at that time
                    store.appendAndWait(
                            List.of(StoreChildren.event("a", i, 1500)),
                            Level.OS,
                            Duration.ofSeconds(20));
                }
            }
        }
        try (EventStore store = open(Instant.parse("2026-01-04T00:00:00Z"))) {
            assertThat(store.verify(new VerifyOptions(p -> {}, bytes -> {})).ok()).isTrue();
            List<Instant> stored = new ArrayList<>();
            try (EventReader reader = store.read(ReadOptions.forward())) {
                for (StoredEvent e = reader.next(); e != null; e = reader.next()) {
                    stored.add(e.storedAt());
                }
            }
            assertThat(stored).hasSize(18).isSorted();
            assertThat(stored.get(8)).isEqualTo("2026-01-01T00:00:00Z");
        }
    }

    private EventStore open(Instant now) {
        return Contexts.open(temp.resolve("bus"), () -> now, "segment-size", "4k");
    }
}
