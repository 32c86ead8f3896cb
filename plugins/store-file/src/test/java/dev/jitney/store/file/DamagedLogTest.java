// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static dev.jitney.store.file.TestLog.line;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.spi.Position;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreProblem;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log whose files are not as they were written. */
class DamagedLogTest {

    private static final int LINE = line("a").length() + 1;

    @TempDir Path directory;
    private TestLog log;
    private TestLog.Batch batch;

    @BeforeEach
    void write() throws IOException {
        log = new TestLog(directory);
        log.events("a", "b");
        batch = log.events("c", "d", "e", "f");
        log.events("g");
    }

    @Test
    @DisplayName(
            "STO-8 a flipped byte that leaves an event behind is damage of the batch; its events are returned")
    void flippedInPayload() throws IOException {
        log.overwrite(
                log.tail(),
                batch.position() + line("c").indexOf("test"),
                "tEst".getBytes(StandardCharsets.UTF_8));
        ReadOut out = ReadOut.forward(log);
        assertThat(out.events()).containsExactly("0=a", "1=b", "2=c", "3=d", "4=e", "5=f", "6=g");
        assertThat(out.places())
                .containsExactly(
                        "DAMAGED 0.jsonl@" + batch.position() + "+" + batch.length() + " #2");
        assertThat(out.problems().get(0).reason())
                .isEqualTo(
                        "The checksum of these bytes, written as 4 events, does not fit, though each"
                                + " line can be read as an event.");
        assertBackward(out);
    }

    @Test
    @DisplayName(
            "STO-8 every single flipped byte is reported, and hides no other event than its own")
    void everyByte() throws IOException {
        SegmentName name = log.tail();
        for (int at = 0; at < batch.length(); at++) {
            log.flip(name, batch.position() + at);
            ReadOut out = ReadOut.forward(log);
            assertThat(out.problems()).as("byte %d", at).isNotEmpty();
            assertThat(out.events())
                    .as("byte %d", at)
                    .contains("0=a", "1=b", "6=g")
                    .hasSizeGreaterThanOrEqualTo(5);
            ReadOut back = ReadOut.backward(log);
            assertThat(back.events()).as("byte %d", at).isEqualTo(reversed(out.events()));
            List<StoreProblem> counted = new ArrayList<>();
            assertThat(ReadOut.count(log, ReadOptions.forward(), counted))
                    .isEqualTo(out.events().size());
            assertThat(counted).isEqualTo(out.problems());
            log.flip(name, batch.position() + at);
        }
        assertThat(ReadOut.forward(log).problems()).isEmpty();
    }

    @Test
    @DisplayName("STO-8 two lines made one: the others keep their offsets")
    void merged() throws IOException {
        log.overwrite(
                log.tail(), batch.position() + 2L * LINE - 1, " ".getBytes(StandardCharsets.UTF_8));
        ReadOut out = ReadOut.forward(log);
        assertThat(out.events()).containsExactly("0=a", "1=b", "2=c", "5=f", "6=g");
        assertThat(out.places())
                .containsExactly(
                        "DAMAGED 0.jsonl@" + (batch.position() + LINE) + "+" + 2 * LINE + " #3");
        assertBackward(out);
        // An offset behind the damage is found by it.
        assertThat(
                        ReadOut.of(
                                        log,
                                        ReadOptions.forward()
                                                .withFrom(LogReaderTest.position("#5")))
                                .events())
                .containsExactly("5=f", "6=g");
    }

    @Test
    @DisplayName("STO-8 a line made two: the others keep their offsets")
    void split() throws IOException {
        log.overwrite(
                log.tail(), batch.position() + LINE + 20, "\n".getBytes(StandardCharsets.UTF_8));
        ReadOut out = ReadOut.forward(log);
        assertThat(out.events()).containsExactly("0=a", "1=b", "2=c", "4=e", "5=f", "6=g");
        assertThat(out.places())
                .containsExactly(
                        "DAMAGED 0.jsonl@" + (batch.position() + LINE) + "+21 #3",
                        "DAMAGED 0.jsonl@"
                                + (batch.position() + LINE + 21)
                                + "+"
                                + (LINE - 21)
                                + " null");
        assertBackward(out);
    }

    @Test
    @DisplayName(
            "STO-8 a damaged commit record hides nothing: the marks in the log tell where its batch is")
    void damagedSlot() throws IOException {
        for (int slot = 0; slot < 3; slot++) {
            log.damageSlot(log.tail(), slot);
            ReadOut out = ReadOut.forward(log);
            assertThat(out.events())
                    .containsExactly("0=a", "1=b", "2=c", "3=d", "4=e", "5=f", "6=g");
            assertThat(out.problems()).isEmpty();
            assertBackward(out);
            log.damageSlot(log.tail(), slot);
        }
    }

    @Test
    @DisplayName("STO-8 neighbouring commit records damaged and zeroed hide nothing")
    void damagedSlots() throws IOException {
        log.events("h");
        log.events("i");
        log.damageSlot(log.tail(), 1);
        log.damageSlot(log.tail(), 2);
        zero(log.tail().sidecar(), 4 * Sidecar.SLOT, Sidecar.SLOT);
        ReadOut out = ReadOut.forward(log);
        assertThat(out.events())
                .containsExactly("0=a", "1=b", "2=c", "3=d", "4=e", "5=f", "6=g", "7=h", "8=i");
        assertBackward(out);
        try (SegmentView view = SegmentView.open(log.disk, log.tail())) {
            assertThat(view.damagedSlots()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName(
            "STO-8 where the commit record and its batch are damaged, the neighbours still tell where it is")
    void damagedSlotAndBatch() throws IOException {
        log.damageSlot(log.tail(), 1);
        log.overwrite(
                log.tail(), batch.position() + LINE + 5, "???".getBytes(StandardCharsets.UTF_8));
        ReadOut out = ReadOut.forward(log);
        assertThat(out.events()).containsExactly("0=a", "1=b", "2=c", "4=e", "5=f", "6=g");
        assertThat(out.places())
                .containsExactly(
                        "DAMAGED 0.jsonl@" + (batch.position() + LINE) + "+" + LINE + " #3");
        assertBackward(out);
    }

    @Test
    @DisplayName(
            "STO-8 without the commit records all lines are read, and it is said once that none is checked")
    void noSidecar() throws IOException {
        SegmentName name = log.roll();
        log.events("h");
        log.disk.delete(name.sidecar());
        ReadOut out = ReadOut.forward(log);
        assertThat(out.events())
                .containsExactly("0=a", "1=b", "2=c", "3=d", "4=e", "5=f", "6=g", "7=h");
        assertThat(out.problems()).hasSize(1);
        assertThat(out.problems().get(0).kind()).isEqualTo(StoreProblem.Kind.UNVERIFIABLE);
        assertThat(out.problems().get(0).reason())
                .isEqualTo(
                        "The checksums in 'store/00000000000000000000.sum' are missing or do not fit this"
                                + " file: its lines are read as they are, and their offsets are counted from #0.");
        assertBackward(out);
    }

    @Test
    @DisplayName("STO-8 a log that was edited is read line by line, unverifiable")
    void edited() throws IOException {
        SegmentName name = log.roll();
        log.events("h");
        log.edit(name, log.text(name).replace("\"id\":\"b\"", "\"id\":\"better\""));
        ReadOut out = ReadOut.forward(log);
        assertThat(out.events())
                .containsExactly("0=a", "1=better", "2=c", "3=d", "4=e", "5=f", "6=g", "7=h");
        assertThat(out.problems())
                .extracting(StoreProblem::kind)
                .containsExactly(StoreProblem.Kind.UNVERIFIABLE);
        assertBackward(out);
        // A line taken away: what follows is counted down, and the next segment is right again.
        log.edit(name, log.text(name).replace(line("c") + "\n", ""));
        assertThat(ReadOut.forward(log).events())
                .containsExactly("0=a", "1=better", "2=d", "3=e", "4=f", "5=g", "7=h");
        assertThat(ReadOut.forward(log).problems()).hasSize(1);
        assertThat(ReadOut.backward(log).problems()).hasSize(1);
    }

    @Test
    @DisplayName("STO-8 an edited log whose last line break is gone loses no line")
    void noLastBreak() throws IOException {
        SegmentName name = log.roll();
        log.events("h");
        log.edit(name, (line("a") + "\n" + line("b") + "\n" + line("z")));
        assertThat(ReadOut.forward(log).events()).containsExactly("0=a", "1=b", "2=z", "7=h");
        assertThat(ReadOut.backward(log).events()).containsExactly("7=h", "2=z", "1=b", "0=a");
    }

    @Test
    @DisplayName(
            "STO-8 commit records cut off in a segment that is not the last make it unverifiable")
    void cutSidecar() throws IOException {
        SegmentName name = log.roll();
        log.events("h");
        log.truncate(name.sidecar(), 2L * Sidecar.SLOT);
        ReadOut out = ReadOut.forward(log);
        assertThat(out.events())
                .containsExactly("0=a", "1=b", "2=c", "3=d", "4=e", "5=f", "6=g", "7=h");
        assertThat(out.problems())
                .extracting(StoreProblem::kind)
                .containsExactly(StoreProblem.Kind.UNVERIFIABLE);
        log.truncate(name.sidecar(), 0);
        assertThat(ReadOut.forward(log)).isEqualTo(out);
        zeroAll(name);
        assertThat(ReadOut.forward(log)).isEqualTo(out);
    }

    @Test
    @DisplayName(
            "STO-8 of a log that was cut off the rest is read, and what is missing is said once")
    void truncated() throws IOException {
        SegmentName name = log.roll();
        log.events("h");
        log.truncate(name.log(), batch.position() + 2L * LINE + 10);
        ReadOut out = ReadOut.forward(log);
        assertThat(out.events()).containsExactly("0=a", "1=b", "2=c", "3=d", "7=h");
        long size = batch.position() + 2L * LINE + 10;
        long end = batch.position() + batch.length() + LINE + 32;
        assertThat(out.places())
                .containsExactly(
                        "DAMAGED 0.jsonl@" + size + "+" + (end - size) + " #2",
                        "DAMAGED 0.jsonl@" + (size - 10) + "+10 #4");
        assertThat(out.problems().get(0).reason())
                .isEqualTo(
                        "The file ends "
                                + (end - size)
                                + " bytes too early: of the events from #2 to #6 some are missing.");
        ReadOut back = ReadOut.backward(log);
        assertThat(back.events()).isEqualTo(reversed(out.events()));
        assertThat(back.problems()).isEqualTo(out.problems());
    }

    @Test
    @DisplayName("STO-8 empty files are an empty segment that cannot be checked, and no error")
    void emptyFiles() throws IOException {
        SegmentName name = log.roll();
        log.events("h");
        log.truncate(name.log(), 0);
        assertThat(ReadOut.forward(log).events()).containsExactly("7=h");
        assertThat(ReadOut.backward(log).events()).containsExactly("7=h");
        log.truncate(name.sidecar(), 0);
        assertThat(ReadOut.forward(log).events()).containsExactly("7=h");
        assertThat(ReadOut.of(log, ReadOptions.forward().withFrom(Position.last(5))).events())
                .containsExactly("7=h");
    }

    @Test
    @DisplayName("STO-8 a line of 100 MB is reported and passed over in little memory")
    void hugeLine() throws IOException {
        SegmentName name = log.roll();
        log.events("h");
        long size = log.text(name).length();
        long huge = 100L << 20;
        // A hole in the file: bytes that are all zero and take no room.
        try (RandomAccessFile file =
                new RandomAccessFile(directory.resolve(name.log()).toFile(), "rw")) {
            file.seek(size + huge);
            file.write(("\n" + line("z") + "\n").getBytes(StandardCharsets.UTF_8));
        }
        log.disk.delete(name.sidecar());
        TestLog small = new TestLog(directory, 1 << 20);
        ReadOut out = ReadOut.forward(small);
        assertThat(out.events()).startsWith("0=a").endsWith("6=g", "6=z", "7=h").hasSize(9);
        assertThat(out.problems().get(1).reason())
                .isEqualTo(
                        "The line has 104857601 bytes, more than an event may have here (1114112); it is"
                                + " passed over. A larger 'max-event-size' reads it, if it is an event.");
        assertThat(out.places().get(1))
                .isEqualTo("DAMAGED 0.jsonl@" + size + "+" + (huge + 1) + " null");
        ReadOut back = ReadOut.backward(small);
        assertThat(back.events()).isEqualTo(reversed(out.events()));
    }

    @Test
    @DisplayName("STO-3 events of all sizes up to the limit are read in both directions")
    void largeEvents() throws IOException {
        TestLog large = new TestLog(directory.resolve("large"), 2 << 20);
        for (int size : new int[] {200, 64 << 10, 256 << 10, (256 << 10) + 1, 1 << 20, 2 << 20}) {
            String pad = "x".repeat(size - line("").length() - 10);
            large.lines(line("s" + size), line(size + pad), line("e" + size));
        }
        List<String> forward = ReadOut.forward(large).events();
        assertThat(forward).hasSize(18);
        assertThat(ReadOut.forward(large).problems()).isEmpty();
        assertThat(ReadOut.backward(large).events()).isEqualTo(reversed(forward));
        assertThat(IntStream.range(0, 18).allMatch(i -> forward.get(i).startsWith(i + "=")))
                .isTrue();
        assertThat(ReadOut.count(large, ReadOptions.forward(), new ArrayList<>())).isEqualTo(18);
    }

    private void assertBackward(ReadOut forward) {
        ReadOut back = ReadOut.backward(log);
        assertThat(back.events()).isEqualTo(reversed(forward.events()));
        assertThat(back.problems()).containsExactlyInAnyOrderElementsOf(forward.problems());
        List<StoreProblem> counted = new ArrayList<>();
        assertThat(ReadOut.count(log, ReadOptions.forward(), counted))
                .isEqualTo(forward.events().size());
        assertThat(counted).isEqualTo(forward.problems());
    }

    private static List<String> reversed(List<String> list) {
        List<String> copy = new ArrayList<>(list);
        Collections.reverse(copy);
        return copy;
    }

    private void zero(String file, long at, int length) throws IOException {
        try (StoreFile open = log.disk.open(file, true)) {
            open.write(java.nio.ByteBuffer.allocate(length), at);
        }
    }

    private void zeroAll(SegmentName name) throws IOException {
        zero(name.sidecar(), 0, 32 * 1024);
    }
}
