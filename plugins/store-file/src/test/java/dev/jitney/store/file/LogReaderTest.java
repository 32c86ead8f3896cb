// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static dev.jitney.store.file.TestLog.line;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.Position;
import dev.jitney.spi.ReadOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A whole log: three segments, seven events, offsets 4 and 5 purged. */
class LogReaderTest {

    @TempDir Path directory;
    private TestLog log;
    private SegmentName first;
    private SegmentName second;

    @BeforeEach
    void write() throws IOException {
        log = new TestLog(directory);
        log.at(1_000).events("a", "b");
        log.at(2_000).events("c");
        first = log.roll();
        log.at(3_000).events("d");
        log.skip(2);
        log.at(4_000).lines(line("g", "other.topic"));
        second = log.roll();
        log.at(4_000).events("h");
        log.at(6_000).events("i");
    }

    @Test
    @DisplayName("STO-6 a read goes on where an interrupt hits a segment that a purge has replaced")
    void replacedAndInterrupted() throws IOException {
        AtomicBoolean purge = new AtomicBoolean();
        Disk disk =
                new ForwardingDisk(log.disk) {
                    @Override
                    public StoreFile open(String name, boolean writable) throws IOException {
                        StoreFile file = super.open(name, writable);
                        return name.equals(first.log()) ? gone(file, name, 0) : file;
                    }

                    @Override
                    public Words mapAll(String name, int unit, boolean writable)
                            throws IOException {
                        Words words = super.mapAll(name, unit, writable);
                        if (name.equals(first.sidecar()) && purge.getAndSet(false)) {
                            log.rewrite(first, 3, () -> log.events("a", "b", "c"));
                        }
                        return words;
                    }
                };
        List<String> ids = new ArrayList<>();
        try (LogReader reader =
                LogReader.open(
                        Contexts.on(log.context, disk), ReadOptions.forward(), view -> null)) {
            purge.set(true);
            for (StoredEvent e = reader.next(); e != null; e = reader.next()) {
                ids.add(e.event().id().toString());
            }
        }
        assertThat(ids).containsExactly("a", "b", "c", "d", "g", "h", "i");
    }

    @ParameterizedTest(name = "from {0}")
    @DisplayName("STO-3, STO-11 a read goes forward from any position")
    @CsvSource(
            delimiter = '|',
            value = {
                "start | 0=a 1=b 2=c 3=d 6=g 7=h 8=i",
                "end | ''",
                "#0 | 0=a 1=b 2=c 3=d 6=g 7=h 8=i",
                "#1 | 1=b 2=c 3=d 6=g 7=h 8=i",
                "#3 | 3=d 6=g 7=h 8=i",
                "#4 | 6=g 7=h 8=i",
                "#5 | 6=g 7=h 8=i",
                "#6 | 6=g 7=h 8=i",
                "#8 | 8=i",
                "#9 | ''",
                "#999 | ''",
                "@0 | 0=a 1=b 2=c 3=d 6=g 7=h 8=i",
                "@1000 | 0=a 1=b 2=c 3=d 6=g 7=h 8=i",
                "@1001 | 2=c 3=d 6=g 7=h 8=i",
                "@4000 | 6=g 7=h 8=i",
                "@4001 | 8=i",
                "@6001 | ''",
                "last 0 | ''",
                "last 1 | 8=i",
                "last 3 | 6=g 7=h 8=i",
                "last 4 | 3=d 6=g 7=h 8=i",
                "last 6 | 1=b 2=c 3=d 6=g 7=h 8=i",
                "last 100 | 0=a 1=b 2=c 3=d 6=g 7=h 8=i",
            })
    void forward(String from, String expected) {
        ReadOut out = ReadOut.of(log, ReadOptions.forward().withFrom(position(from)));
        assertThat(String.join(" ", out.events())).isEqualTo(expected);
        assertThat(
                        ReadOut.count(
                                log,
                                ReadOptions.forward().withFrom(position(from)),
                                new ArrayList<>()))
                .isEqualTo(out.events().size());
        assertThat(out.scanned()).isEqualTo(out.events().size());
    }

    @ParameterizedTest(name = "from {0}")
    @DisplayName("STO-3, STO-11 a read goes backward from any position")
    @CsvSource(
            delimiter = '|',
            value = {
                "start | ''",
                "end | 8=i 7=h 6=g 3=d 2=c 1=b 0=a",
                "#0 | ''",
                "#1 | 0=a",
                "#2 | 1=b 0=a",
                "#3 | 2=c 1=b 0=a",
                "#5 | 3=d 2=c 1=b 0=a",
                "#7 | 6=g 3=d 2=c 1=b 0=a",
                "#999 | 8=i 7=h 6=g 3=d 2=c 1=b 0=a",
                "@4000 | 3=d 2=c 1=b 0=a",
                "@6001 | 8=i 7=h 6=g 3=d 2=c 1=b 0=a",
                "last 2 | 6=g 3=d 2=c 1=b 0=a",
            })
    void backward(String from, String expected) {
        ReadOptions options = ReadOptions.newestFirst().withFrom(position(from));
        ReadOut out = ReadOut.of(log, options);
        assertThat(String.join(" ", out.events())).isEqualTo(expected);
        assertThat(ReadOut.count(log, options, new ArrayList<>())).isEqualTo(out.events().size());
    }

    @Test
    @DisplayName("STO-3 no more than the limit is returned, nor looked at")
    void limit() {
        ReadOut out = ReadOut.of(log, ReadOptions.forward().withLimit(3));
        assertThat(out.events()).containsExactly("0=a", "1=b", "2=c");
        assertThat(out.scanned()).isEqualTo(3);
        assertThat(ReadOut.of(log, ReadOptions.newestFirst().withLimit(2)).events())
                .containsExactly("8=i", "7=h");
        assertThat(ReadOut.of(log, ReadOptions.forward().withLimit(0)).events()).isEmpty();
        assertThat(ReadOut.count(log, ReadOptions.forward().withLimit(3), new ArrayList<>()))
                .isEqualTo(3);
        assertThat(ReadOut.count(log, ReadOptions.newestFirst().withLimit(5), new ArrayList<>()))
                .isEqualTo(5);
    }

    @Test
    @DisplayName("STO-3 only what is selected is returned; what is looked at is counted")
    void selection() {
        Selection other = Selection.builder().pattern("other.*").build();
        ReadOut out = ReadOut.of(log, ReadOptions.forward().withSelection(other));
        assertThat(out.events()).containsExactly("6=g");
        assertThat(out.scanned()).isEqualTo(7);
        Selection byId = Selection.builder().id("b").id("h").build();
        assertThat(ReadOut.of(log, ReadOptions.newestFirst().withSelection(byId)).events())
                .containsExactly("7=h", "1=b");
        assertThat(ReadOut.count(log, ReadOptions.forward().withSelection(byId), new ArrayList<>()))
                .isEqualTo(2);
    }

    @Test
    @DisplayName("STO-3 next and count may be mixed: a count goes on from where the reader is")
    void mixed() {
        try (LogReader reader =
                LogReader.open(log.context, ReadOptions.forward().withLimit(6), ReadOut.NO_HINTS)) {
            assertThat(reader.next().event().id()).isEqualTo("a");
            assertThat(reader.next().event().id()).isEqualTo("b");
            assertThat(reader.count()).isEqualTo(4);
            assertThat(reader.next()).isNull();
            assertThat(reader.count()).isZero();
        }
    }

    @Test
    @DisplayName("STO-11 an event tells when it was stored")
    void storedAt() {
        try (LogReader reader =
                LogReader.open(log.context, ReadOptions.newestFirst(), ReadOut.NO_HINTS)) {
            assertThat(reader.next().storedAt()).isEqualTo(Instant.ofEpochMilli(6_000));
        }
    }

    @Test
    @DisplayName("STO-3 what was appended after the reader was opened is not there for it")
    void snapshot() throws IOException {
        try (LogReader reader =
                LogReader.open(log.context, ReadOptions.forward(), ReadOut.NO_HINTS)) {
            log.events("later");
            log.roll();
            log.events("much later");
            List<String> ids = new ArrayList<>();
            for (StoredEvent e = reader.next(); e != null; e = reader.next()) {
                ids.add(e.event().id());
            }
            assertThat(ids).containsExactly("a", "b", "c", "d", "g", "h", "i");
        }
    }

    @Test
    @DisplayName(
            "STO-1, STO-3 a batch that is not committed is not there, however much of it is written")
    void uncommitted() throws IOException {
        log.write(2, (line("x") + "\n" + line("y")).getBytes());
        assertThat(ReadOut.forward(log).events()).endsWith("8=i");
        assertThat(ReadOut.forward(log).places()).containsExactly("GAP 3.jsonl@-1+-1 #4");
        assertThat(ReadOut.backward(log).events()).startsWith("8=i");
    }

    @Test
    @DisplayName("STO-4 a hole is reported once, with what is missing")
    void holes() {
        ReadOut out = ReadOut.forward(log);
        assertThat(out.places()).containsExactly("GAP 3.jsonl@-1+-1 #4");
        assertThat(out.problems().get(0).reason())
                .isEqualTo("The events from #4 to #5 were removed by purge or retention.");
        assertThat(ReadOut.backward(log).problems()).isEqualTo(out.problems());
    }

    @Test
    @DisplayName(
            "STO-4 a read from an offset that retention has removed goes on at the next and says so")
    void removedFront() throws IOException {
        log.remove(first);
        ReadOut out = ReadOut.of(log, ReadOptions.forward().withFrom(Position.at(Offset.of(1))));
        assertThat(out.events()).containsExactly("3=d", "6=g", "7=h", "8=i");
        assertThat(out.problems().get(0).reason())
                .isEqualTo("The events from #1 to #2 were removed by purge or retention.");
        // Whoever reads from the start misses nothing.
        assertThat(ReadOut.forward(log).places()).containsExactly("GAP 3.jsonl@-1+-1 #4");
        assertThat(ReadOut.backward(log).places()).containsExactly("GAP 3.jsonl@-1+-1 #4");
    }

    @Test
    @DisplayName(
            "STO-4 segments that retention takes while a reader is on its way to them are a hole")
    void removedOnTheWay() throws IOException {
        List<String> gaps = new ArrayList<>();
        ReadOptions options = ReadOptions.forward().withOnProblem(p -> gaps.add(p.reason()));
        try (LogReader reader = LogReader.open(log.context, options, ReadOut.NO_HINTS)) {
            assertThat(reader.next().event().id()).isEqualTo("a");
            log.remove(first);
            log.remove(second);
            assertThat(reader.next().event().id()).isEqualTo("b");
            assertThat(reader.next().event().id()).isEqualTo("c");
            assertThat(reader.next().event().id()).isEqualTo("h");
            assertThat(gaps)
                    .containsExactly(
                            "The events from #3 to #6 were removed by purge or retention.");
        }
        assertThat(ReadOut.backward(log).events()).containsExactly("8=i", "7=h");
        assertThat(ReadOut.backward(log).problems()).isEmpty();
    }

    @Test
    @DisplayName(
            "STO-6 a segment that a purge writes again while it is read is read on; the next is read as it is")
    void purgedOnTheWay() throws IOException {
        try (LogReader reader =
                LogReader.open(log.context, ReadOptions.forward(), ReadOut.NO_HINTS)) {
            assertThat(reader.next().event().id()).isEqualTo("a");
            log.rewrite(first, 3, () -> log.events("a"));
            log.rewrite(
                    second,
                    7,
                    () -> {
                        log.skip(3);
                        log.lines(line("g", "other.topic"));
                    });
            List<String> ids = new ArrayList<>();
            for (StoredEvent e = reader.next(); e != null; e = reader.next()) {
                ids.add(e.offset() + "=" + e.event().id());
            }
            assertThat(ids).containsExactly("#1=b", "#2=c", "#6=g", "#7=h", "#8=i");
        }
        assertThat(ReadOut.forward(log).places()).containsExactly("GAP 3.1.jsonl@-1+-1 #1");
        assertThat(ReadOut.forward(log).problems().get(0).reason())
                .isEqualTo("The events from #1 to #5 were removed by purge or retention.");
    }

    @Test
    @DisplayName("STO-4 what is missing at the very end is a hole as well")
    void purgedEnd() throws IOException {
        SegmentName third = log.roll();
        log.open();
        log.rewrite(
                third,
                9,
                () -> {
                    log.at(4_000).events("h");
                });
        ReadOut out = ReadOut.of(log, ReadOptions.forward().withFrom(Position.at(Offset.of(7))));
        assertThat(out.events()).containsExactly("7=h");
        assertThat(out.problems().get(0).reason())
                .isEqualTo("The events from #8 to #8 were removed by purge or retention.");
        assertThat(ReadOut.of(log, ReadOptions.newestFirst().withLimit(1)).problems())
                .isEqualTo(out.problems());
        assertThat(Log.endOffset(log.disk)).isEqualTo(9);
        assertThat(Log.startOffset(log.disk)).isZero();
    }

    @Test
    @DisplayName("STO-3 an interrupted thread reads all and stays interrupted")
    void interrupted() {
        try (LogReader reader =
                LogReader.open(log.context, ReadOptions.forward(), ReadOut.NO_HINTS)) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                Thread.currentThread().interrupt();
                ids.add(reader.next().event().id());
                assertThat(Thread.interrupted()).isTrue();
            }
            assertThat(ids).containsExactly("a", "b", "c", "d", "g", "h", "i");
        }
    }

    @Test
    @DisplayName(
            "STO-1 the start is the first event stored, the end the next offset, also of nothing")
    void ends() throws IOException {
        assertThat(Log.startOffset(log.disk)).isZero();
        assertThat(Log.endOffset(log.disk)).isEqualTo(9);
        log.remove(first);
        assertThat(Log.startOffset(log.disk)).isEqualTo(3);
        TestLog empty = new TestLog(directory.resolve("empty"));
        assertThat(Log.startOffset(empty.disk)).isZero();
        assertThat(Log.endOffset(empty.disk)).isZero();
        assertThat(ReadOut.forward(empty).events()).isEmpty();
        assertThat(ReadOut.backward(empty).events()).isEmpty();
        empty.skip(5);
        empty.open();
        assertThat(Log.startOffset(empty.disk)).isEqualTo(5);
        assertThat(Log.endOffset(empty.disk)).isEqualTo(5);
        assertThat(ReadOut.forward(empty).events()).isEmpty();
    }

    static Position position(String text) {
        if (text.startsWith("#")) {
            return Position.at(Offset.of(Long.parseLong(text.substring(1))));
        } else if (text.startsWith("@")) {
            return Position.at(Instant.ofEpochMilli(Long.parseLong(text.substring(1))));
        } else if (text.startsWith("last ")) {
            return Position.last(Long.parseLong(text.substring(5)));
        }
        return text.equals("start") ? Position.start() : Position.end();
    }
}
