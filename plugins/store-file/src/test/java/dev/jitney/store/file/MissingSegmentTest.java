// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.Position;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreProblem;
import dev.jitney.spi.TailOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Segments that somebody has emptied or deleted, and not a purge. */
@Timeout(60)
class MissingSegmentTest {

    private static final String MISSING =
            "The events from #2 to #3 are missing: no segment holds them.";

    @TempDir Path directory;
    private TestLog log;
    private SegmentName first;
    private SegmentName second;

    @BeforeEach
    void write() throws IOException {
        log = new TestLog(directory);
        log.events("a", "b");
        first = log.roll();
        log.events("c");
        log.events("d");
        second = log.roll();
        log.events("e");
    }

    @Test
    @DisplayName("STO-8 a segment deleted between others is damage, not retention")
    void deleted() throws Exception {
        log.remove(second);
        ReadOut out = ReadOut.forward(log);
        assertThat(out.events()).containsExactly("0=a", "1=b", "4=e");
        assertThat(out.places()).containsExactly("DAMAGED 4.jsonl@-1+-1 #2");
        assertThat(out.problems().get(0).reason()).isEqualTo(MISSING);
        assertThat(ReadOut.backward(log).problems()).isEqualTo(out.problems());
        assertThat(tailed(Position.start())).containsExactly("0=a", "1=b", MISSING, "4=e");
    }

    @Test
    @DisplayName("STO-8 of a deleted segment a reader reports what it asked for")
    void deletedFromWithin() throws Exception {
        log.remove(second);
        Position from = Position.at(Offset.of(3));
        String missing = "The events from #3 to #3 are missing: no segment holds them.";
        ReadOut out = ReadOut.of(log, ReadOptions.forward().withFrom(from));
        assertThat(out.problems()).extracting(StoreProblem::reason).containsExactly(missing);
        assertThat(tailed(from)).containsExactly(missing, "4=e");
    }

    @Test
    @DisplayName("STO-8 a deleted segment is reported where an index passes over its neighbours")
    void deletedBesideOthersPassedOver() throws IOException {
        log.remove(second);
        SegmentHints nothing =
                new SegmentHints() {
                    @Override
                    public boolean mayHold(Selection selection) {
                        return false;
                    }

                    @Override
                    public int nextRegion(int region, Selection selection) {
                        return Integer.MAX_VALUE;
                    }

                    @Override
                    public int previousRegion(int region, Selection selection) {
                        return -1;
                    }
                };
        for (ReadOptions options : List.of(ReadOptions.forward(), ReadOptions.newestFirst())) {
            ReadOut out = ReadOut.of(log, options, view -> nothing);
            assertThat(out.problems()).extracting(StoreProblem::reason).containsExactly(MISSING);
        }
    }

    @Test
    @DisplayName("STO-8 a first segment that was emptied is reported, with its events")
    void emptiedFirst() throws Exception {
        log.truncate(first.log(), 0);
        assertCut(
                "The file ends 226 bytes too early: of the events from #0 to #1 some are missing.");
    }

    @Test
    @DisplayName("STO-8 an emptied segment between others is reported, with its events")
    void emptiedBetween() throws Exception {
        log.truncate(second.log(), 0);
        assertCut(
                "The file ends 258 bytes too early: of the events from #2 to #3 some are missing.");
    }

    @Test
    @DisplayName("STO-8 a last segment that was emptied is reported, and its offsets stay given")
    void emptiedLast() throws Exception {
        log.truncate(log.tail().log(), 0);
        assertCut(
                "The file ends 129 bytes too early: of the events from #4 to #4 some are missing.");
        assertThat(Log.endOffset(log.disk)).isEqualTo(5);
    }

    @Test
    @DisplayName("STO-1 the offsets of a last segment that was deleted are not given again")
    void deletedLast() throws Exception {
        Path bus = directory.resolve("bus");
        for (String kept : new String[] {"one segment", "none before it"}) {
            try (EventStore store = StoreChildren.open(bus, "segment-size", "4k")) {
                long next = append(store, 3000) + 1;
                assertThat(append(store, 3000)).isEqualTo(next);
            }
            List<SegmentName> segments = Segments.list(new NioDisk(bus));
            SegmentName last = segments.get(segments.size() - 1);
            Path records = bus.resolve(last.sidecar());
            byte[] before = Files.readAllBytes(records);
            Files.delete(bus.resolve(last.log()));
            if (kept.startsWith("none")) {
                for (SegmentName other : Segments.list(new NioDisk(bus))) {
                    Files.delete(bus.resolve(other.log()));
                }
            }
            try (EventStore store = StoreChildren.open(bus, "segment-size", "4k")) {
                assertThat(append(store, 10)).isEqualTo(last.base() + 1);
                assertThat(Files.readAllBytes(records)).isEqualTo(before);
            }
        }
    }

    private static long append(EventStore store, int bytes) {
        return store.appendAndWait(
                        List.of(StoreChildren.event("a", 1, bytes)),
                        Level.DISK,
                        Duration.ofSeconds(20))
                .value();
    }

    private void assertCut(String reason) throws Exception {
        ReadOut out = ReadOut.forward(log);
        assertThat(out.problems()).extracting(StoreProblem::reason).containsExactly(reason);
        assertThat(ReadOut.backward(log).problems()).isEqualTo(out.problems());
        assertThat(tailed(Position.start())).containsOnlyOnce(reason);
    }

    /** Returns the events and problems of a tail, in order. */
    private List<String> tailed(Position from) throws InterruptedException {
        List<String> all = new ArrayList<>();
        TailOptions options = TailOptions.from(from).withOnProblem(p -> all.add(p.reason()));
        try (Wakeups wakeups = new Wakeups(directory.resolve(SegmentName.FOLDER));
                LogTail tail = LogTail.open(log.context, options, wakeups, ReadOut.NO_HINTS)) {
            StoredEvent event = tail.next(Duration.ZERO);
            while (event != null) {
                all.add(event.offset().value() + "=" + event.event().id());
                event = tail.next(Duration.ZERO);
            }
        }
        return all;
    }
}
