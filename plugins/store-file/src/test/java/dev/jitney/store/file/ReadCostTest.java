// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.jitney.event.Selection;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.ReadOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reading costs, in things that can be counted. */
class ReadCostTest {

    private static final int BATCHES = 400;
    private static final int BATCH = 250;

    @TempDir Path directory;
    private TestLog log;

    @BeforeEach
    void write() throws IOException {
        log = new TestLog(directory);
        String[] lines = new String[BATCH];
        for (int i = 0; i < BATCH; i++) {
            lines[i] = TestLog.line("e" + i, i % 2 == 0 ? "a.one" : "b.two");
        }
        for (int i = 0; i < BATCHES; i++) {
            log.lines(lines);
        }
    }

    @Test
    @DisplayName("STO-3 a line that is rejected costs at most 16 bytes of memory")
    void allocation() {
        ReadOptions options =
                ReadOptions.forward()
                        .withSelection(Selection.builder().pattern("nothing.*").build());
        long lines = (long) BATCHES * BATCH;
        read(options); // classes are loaded, buffers outside the heap made
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThat(read(options)).isEqualTo(lines);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(bytes).isLessThanOrEqualTo(16 * lines);
    }

    @Test
    @DisplayName(
            "STO-3 what an index rules out is not read: of a segment not a line, of the rest only regions")
    void hints() throws IOException {
        log.roll();
        log.lines(TestLog.line("x", "nothing.here"));
        log.roll();
        log.lines(TestLog.line("y"));
        List<String> asked = new ArrayList<>();
        SegmentHints.Source source =
                view -> {
                    asked.add(view.name().log());
                    return new Only(view.name().base() == 0 ? -1 : 0, view.regions());
                };
        ReadOptions options =
                ReadOptions.forward()
                        .withSelection(Selection.builder().pattern("nothing.*").build());
        long first = (long) BATCHES * BATCH;
        ReadOut out = ReadOut.of(log, options, source);
        assertThat(out.events()).containsExactly(first + "=x");
        assertThat(out.scanned()).isEqualTo(2);
        assertThat(out.problems()).isEmpty();
        // The last segment grows, and has no index.
        assertThat(asked).hasSize(2);

        SegmentHints.Source middle = view -> new Only(7, view.regions());
        for (boolean backward : new boolean[] {false, true}) {
            ReadOptions all = backward ? ReadOptions.newestFirst() : ReadOptions.forward();
            ReadOut some = ReadOut.of(log, all, middle);
            assertThat(some.events())
                    .hasSize(BATCH + 1)
                    .contains(7 * BATCH + "=e0", 8 * BATCH - 1 + "=e249");
            assertThat(some.scanned()).isEqualTo(BATCH + 1);
            assertThat(some.problems()).isEmpty();
        }
    }

    private long read(ReadOptions options) {
        try (LogReader reader = LogReader.open(log.context, options, ReadOut.NO_HINTS)) {
            StoredEvent event = reader.next();
            assertThat(event).isNull();
            return reader.scanned();
        }
    }

    /** Says that one region may hold what is looked for, or none if it is -1. */
    private record Only(int region, int regions) implements SegmentHints {
        @Override
        public boolean mayHold(Selection selection) {
            return region >= 0;
        }

        @Override
        public int nextRegion(int from, Selection selection) {
            return from <= region && region < regions ? region : regions;
        }

        @Override
        public int previousRegion(int from, Selection selection) {
            return from >= region && region < regions ? region : -1;
        }
    }
}
