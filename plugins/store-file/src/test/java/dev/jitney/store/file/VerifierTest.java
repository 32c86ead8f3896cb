// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.spi.PurgeOptions;
import dev.jitney.spi.StoreProblem;
import dev.jitney.spi.StoreProblem.Kind;
import dev.jitney.spi.VerifyOptions;
import dev.jitney.spi.VerifyReport;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifierTest {

    private static final String FIRST = "store/00000000000000000000";
    private static final String SECOND = "store/00000000000000000004";

    @TempDir Path temp;

    private final List<StoreProblem> problems = new ArrayList<>();
    private final List<Long> progress = new ArrayList<>();
    private StoreContext context;
    private TestWriter writer;

    @BeforeEach
    void open() {
        context = Contexts.of(temp.resolve("bus"), Contexts.format(), new Contexts.TestClock());
        writer = new TestWriter(context);
    }

    private void fill() {
        writer.append(Contents.event("a", 1), Contents.event("b", 2));
        writer.append(Contents.event("a", 3));
        writer.append(Contents.event("c", 4));
        writer.roll();
        writer.append(Contents.event("a", 5));
        writer.append(Contents.event("d", 6));
    }

    private VerifyReport verify() {
        problems.clear();
        progress.clear();
        return Verifier.verify(
                context, new VerifyOptions(problems::add, progress::add), Duration.ZERO);
    }

    private Path file(String name) {
        return context.directory().path().resolve(name);
    }

    @Test
    @DisplayName("STO-8 a log that is whole is good, before and after a purge")
    void wholeLogsAreGood() throws IOException {
        fill();
        long bytes = Files.size(file(FIRST + ".jsonl")) + Files.size(file(SECOND + ".jsonl"));
        VerifyReport report = verify();
        assertThat(problems).isEmpty();
        assertThat(report).isEqualTo(new VerifyReport(6, bytes, 0, 0));
        assertThat(report.ok()).isTrue();
        assertThat(progress).containsExactly(bytes);

        try (FileCursors cursors = new FileCursors(context, writer::end)) {
            new Purger(context, writer, cursors, new Indexes(context))
                    .purge(Selection.builder().pattern("a").build(), PurgeOptions.standard());
        }
        report = verify();
        assertThat(problems).isEmpty();
        assertThat(report.events()).isEqualTo(3);
    }

    @Test
    @DisplayName("STO-8 every flipped byte of a log is found")
    void findsEveryFlippedByteOfLogs() throws IOException {
        fill();
        for (String log : List.of(FIRST + ".jsonl", SECOND + ".jsonl")) {
            flipAll(log, 0, Files.size(file(log)), 1);
        }
    }

    @Test
    @DisplayName("STO-8 every flipped byte of a sidecar is found")
    void findsEveryFlippedByteOfSidecars() throws IOException {
        fill();
        for (String sidecar : List.of(FIRST + ".sum", SECOND + ".sum")) {
            long size = Files.size(file(sidecar));
            flipAll(sidecar, 0, 8 * Sidecar.SLOT, 1);
            // Behind, all bytes are zero and looked at by one loop.
            flipAll(sidecar, 8 * Sidecar.SLOT, size, 1009);
            flipAll(sidecar, size - 1, size, 1);
        }
    }

    private void flipAll(String name, long from, long to, int step) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(file(name).toFile(), "rw")) {
            for (long at = from; at < to; at += step) {
                file.seek(at);
                int old = file.read();
                file.seek(at);
                file.write(old ^ 1 << at % 8);
                VerifyReport report = verify();
                file.seek(at);
                file.write(old);
                assertThat(report.ok()).as(name + " byte " + at).isFalse();
                assertThat(problems)
                        .hasSize((int) (report.damaged() + report.unverifiable()))
                        .as(name + " byte " + at)
                        .allMatch(p -> p.place().startsWith(name.substring(0, 26)));
                assertThat(report.events()).as(name + " byte " + at).isGreaterThanOrEqualTo(2);
            }
        }
        assertThat(verify().ok()).isTrue();
    }

    @Test
    @DisplayName("STO-8 a log or a sidecar that is cut off anywhere is found")
    void findsEveryTruncation() throws IOException {
        fill();
        for (String log : List.of(FIRST + ".jsonl", SECOND + ".jsonl")) {
            truncateAll(log, Files.size(file(log)));
        }
        truncateAll(FIRST + ".sum", 5 * Sidecar.SLOT);
        truncateAll(SECOND + ".sum", 3 * Sidecar.SLOT);
    }

    private void truncateAll(String name, long to) throws IOException {
        byte[] whole = Files.readAllBytes(file(name));
        try (RandomAccessFile file = new RandomAccessFile(file(name).toFile(), "rw")) {
            for (long length = to - 1; length >= 0; length--) {
                file.setLength(length);
                assertThat(verify().ok()).as(name + " cut at " + length).isFalse();
            }
            file.write(whole);
        }
        assertThat(verify().ok()).isTrue();
    }

    @Test
    @DisplayName("STO-8 damage is reported with place, size and offset")
    void saysWhereDamageIs() throws IOException {
        fill();
        Path log = file(FIRST + ".jsonl");
        String text = Files.readString(log);
        int line = text.indexOf('\n') + 1;
        Files.writeString(log, text.replace("\"id-2\"", "\"id-X\""));
        assertThat(verify()).isEqualTo(new VerifyReport(4, verify().bytes(), 1, 0));
        int second = text.indexOf('\n', line) + 1;
        assertThat(problems)
                .containsExactly(
                        new StoreProblem(
                                Kind.DAMAGED,
                                FIRST + ".jsonl",
                                0,
                                second,
                                Offset.ZERO,
                                "The checksum of these bytes, written as events from #0 to #1, does"
                                        + " not fit."));
        Files.writeString(log, text.replace("\"type\":\"b\"", "\"type\":\"!\""));
        verify();
        assertThat(problems).hasSize(2);
        assertThat(problems.get(0).position()).isEqualTo(line);
        assertThat(problems.get(0).length()).isEqualTo(second - line);
        assertThat(problems.get(0).offset()).isEqualTo(Offset.of(1));
        assertThat(problems.get(0).reason()).startsWith("The line is not an event: ");
    }

    @Test
    @DisplayName("STO-8 lines that were stored wrong are found, though their checksum is right")
    void findsLinesThatAreNoEvents() {
        writer.appendLines("{\"a\":1}");
        writer.roll();
        assertThat(verify()).isEqualTo(new VerifyReport(0, verify().bytes(), 1, 0));
        assertThat(problems.get(0).reason()).startsWith("The line is not an event: ");
    }

    @Test
    @DisplayName("STO-8 where the checksums are missing it says unverifiable")
    void saysUnverifiable() throws IOException {
        fill();
        Files.delete(file(FIRST + ".sum"));
        VerifyReport report = verify();
        assertThat(report.damaged()).isZero();
        assertThat(report.unverifiable()).isEqualTo(1);
        assertThat(report.events()).isEqualTo(6);
        assertThat(problems)
                .containsExactly(
                        new StoreProblem(
                                Kind.UNVERIFIABLE,
                                FIRST + ".jsonl",
                                0,
                                Files.size(file(FIRST + ".jsonl")),
                                Offset.ZERO,
                                "The checksums in 'store/00000000000000000000.sum' are missing."));
    }

    @Test
    @DisplayName("STO-8 an incomplete end that a crash has left is torn, not damaged")
    void saysTorn() throws IOException {
        fill();
        Path log = file(SECOND + ".jsonl");
        long size = Files.size(log);
        Files.writeString(log, Files.readString(log) + "{\"specv");
        assertThat(verify().damaged()).isEqualTo(1);
        assertThat(problems)
                .containsExactly(
                        new StoreProblem(
                                Kind.TORN,
                                SECOND + ".jsonl",
                                size,
                                7,
                                Offset.of(6),
                                "An incomplete end that a crash has left; none of it was"
                                        + " acknowledged. The next publisher cuts it off and keeps it"
                                        + " aside."));
    }

    @Test
    @DisplayName("STO-8 what a live writer is about to commit is no torn end")
    void waitsForLiveWriters() throws Exception {
        fill();
        Path log = file(SECOND + ".jsonl");
        byte[] before = Files.readAllBytes(log);
        Files.write(log, java.util.Arrays.copyOf(before, before.length + 3));
        List<StoreProblem> found = new ArrayList<>();
        AtomicReference<VerifyReport> report = new AtomicReference<>();
        VerifyOptions options = new VerifyOptions(found::add, bytes -> {});
        Thread verifier =
                new Thread(
                        () -> report.set(Verifier.verify(context, options, Duration.ofSeconds(30))),
                        "verifier");
        verifier.start();
        while (verifier.getState() != Thread.State.TIMED_WAITING) {
            assertThat(verifier.isAlive()).isTrue();
            Thread.onSpinWait();
        }
        writer.append(Contents.event("late", 7));
        verifier.join(20_000);
        assertThat(found).isEmpty();
        assertThat(report.get().events()).isEqualTo(7);
    }

    @Test
    @DisplayName("STO-8 the events of a segment that is purged while it is checked count once")
    void purgedMeanwhile() throws IOException {
        fill();
        Disk hooked =
                new ForwardingDisk(context.disk()) {
                    @Override
                    public Words mapAll(String name, int unit, boolean writable)
                            throws IOException {
                        Words words = super.mapAll(name, unit, writable);
                        if (name.equals(FIRST + ".sum")) {
                            purge("b");
                        }
                        return words;
                    }
                };
        VerifyReport report =
                Verifier.verify(
                        Contexts.on(context, hooked),
                        new VerifyOptions(problems::add, progress::add),
                        Duration.ZERO);
        assertThat(Segments.list(context.disk()).get(0)).isEqualTo(new SegmentName(0, 1));
        assertThat(problems).isEmpty();
        assertThat(report.events()).isEqualTo(6);
    }

    private void purge(String pattern) throws IOException {
        try (Indexes indexes = new Indexes(context);
                FileCursors cursors = new FileCursors(context, writer::end)) {
            new Purger(context, writer, cursors, indexes)
                    .purge(Selection.builder().pattern(pattern).build(), PurgeOptions.standard());
        }
    }

    @Test
    @DisplayName("STO-8 a segment that is missing between others is found")
    void findsMissingSegments() throws IOException {
        fill();
        writer.roll();
        writer.append(Contents.event("e", 7));
        Files.delete(file(SECOND + ".jsonl"));
        verify();
        assertThat(problems)
                .extracting(StoreProblem::place, StoreProblem::reason)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "store/00000000000000000006.jsonl",
                                "The events from #4 to #5 are missing: no segment holds them."),
                        org.assertj.core.groups.Tuple.tuple(
                                SECOND + ".jsonl",
                                "The file is missing, though its commit records in '"
                                        + SECOND
                                        + ".sum' are there."));
    }

    @Test
    @DisplayName("STO-8 what a full disk leaves of a segment that was to be made is no damage")
    void emptySidecarAlone() throws IOException {
        fill();
        Files.createFile(file("store/00000000000000000099.sum"));
        assertThat(verify().damaged()).isZero();
    }

    @Test
    @DisplayName("STO-8 a descriptor that cannot be read is found")
    void findsADamagedDescriptor() throws IOException {
        fill();
        Files.writeString(file("bus.json"), "{\"name\":\"x\"}");
        assertThat(verify().damaged()).isEqualTo(1);
        assertThat(problems.get(0).reason()).isEqualTo("The file cannot be read: 'id' is missing.");
    }

    @Test
    @DisplayName("STO-8 bytes behind the end of a closed segment are damage")
    void findsBytesBehindTheSeal() throws IOException {
        fill();
        Path log = file(FIRST + ".jsonl");
        Files.writeString(log, Files.readString(log) + "{}\n");
        assertThat(verify().damaged()).isEqualTo(1);
        assertThat(problems.get(0).reason())
                .isEqualTo("3 bytes lie behind the end of a closed segment.");
    }
}
