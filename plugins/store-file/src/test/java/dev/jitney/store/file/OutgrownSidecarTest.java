// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventTail;
import dev.jitney.spi.LineBuffer;
import dev.jitney.spi.Position;
import dev.jitney.spi.PurgeOptions;
import dev.jitney.spi.StoreProblem;
import dev.jitney.spi.TailOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A segment that goes away when its commit records are more than somebody has mapped of them. */
@Timeout(60)
class OutgrownSidecarTest {

    /** More batches than the first part of a sidecar has room for. */
    private static final int MANY = 1100;

    private static final Selection GOES = Selection.builder().pattern("it.goes").build();

    @TempDir Path temp;

    @Test
    @DisplayName("STO-4 a tail that lags gives what a purge has left of the segment that it is in")
    void tailOfAPurgedSegment() throws Exception {
        List<StoreProblem> problems = new ArrayList<>();
        TailOptions options = TailOptions.from(Position.start()).withOnProblem(problems::add);
        try (EventStore store = open();
                EventTail tail = store.tail(options)) {
            append(store, "it.stays");
            assertThat(offsetOf(tail)).isZero();
            fill(store);
            assertThat(store.purge(GOES, PurgeOptions.standard()).events()).isOne();
            append(store, "it.stays");

            List<Long> given = new ArrayList<>();
            while (given.isEmpty() || given.get(given.size() - 1) < MANY + 1) {
                given.add(offsetOf(tail));
            }
            assertThat(given)
                    .isEqualTo(
                            LongStream.rangeClosed(1, MANY + 1)
                                    .filter(o -> o != MANY)
                                    .boxed()
                                    .toList());
        }
        assertThat(problems).extracting(StoreProblem::offset).containsExactly(Offset.of(MANY));
    }

    @Test
    @DisplayName(
            "STO-7 a process goes on behind a tail that others have filled, closed and removed")
    void writerOfARemovedSegment() throws Exception {
        StoreCore idle =
                new StoreCore(Contexts.of(bus(), Contexts.format(), InstantSource.system()));
        try (EventStore busy = open()) {
            assertThat(append(idle)).isZero();
            fill(busy);
            busy.purge(Selection.all(), PurgeOptions.standard());
            assertThat(append(idle)).isEqualTo(MANY + 1);
            assertThat(append(busy, "it.stays")).isEqualTo(MANY + 2);
        } finally {
            idle.close();
        }
    }

    /** Appends events, each as a batch of its own, and last the one that goes. */
    private static void fill(EventStore store) {
        for (int i = 1; i < MANY; i++) {
            append(store, "it.stays");
        }
        append(store, "it.goes");
    }

    private static long append(EventStore store, String topic) {
        Event event = Event.builder(topic).source("test").build();
        return store.appendAndWait(List.of(event), Level.OS, Duration.ofSeconds(30)).value();
    }

    /** Appends as another process does, which has a writer of its own. */
    private static long append(StoreCore core) {
        Event event = Event.builder("it.stays").source("test").build();
        LineBuffer lines =
                new LineEncoder(Contexts.format(), StoreConfig.DEFAULT_MAX_EVENT)
                        .encode(List.of(event));
        return core.committer()
                .appendAndWait(lines.array(), lines.length(), 1, Level.OS, Duration.ofSeconds(30))
                .value();
    }

    private static long offsetOf(EventTail tail) throws InterruptedException {
        StoredEvent event = tail.next(Duration.ofSeconds(30));
        assertThat(event).isNotNull();
        return event.offset().value();
    }

    private EventStore open() {
        return Contexts.open(bus(), InstantSource.system());
    }

    private Path bus() {
        return temp.resolve("bus");
    }
}
