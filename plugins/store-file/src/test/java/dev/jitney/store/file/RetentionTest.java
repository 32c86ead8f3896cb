// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Offset;
import dev.jitney.spi.PurgeReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionTest {

    private static final Duration IDLE = Duration.ofDays(30);

    @TempDir Path temp;

    private final Contexts.TestClock clock = new Contexts.TestClock();

    /** Five sealed segments of ten events, an hour apart, and a tail of five. */
    private StoreContext fill(StoreConfig.RetentionRule rule) {
        StoreContext context = Contexts.of(temp.resolve("bus"), Contexts.format(), clock, rule);
        TestWriter writer = new TestWriter(context);
        for (int i = 0; i < 55; i++) {
            writer.append(Contents.event("t" + i % 2, i));
            if (i % 10 == 9) {
                clock.advance(Duration.ofHours(1));
                writer.roll();
            }
        }
        return context;
    }

    private PurgeReport apply(StoreContext context) throws IOException {
        TestWriter writer = new TestWriter(context);
        try (FileCursors cursors = new FileCursors(context, writer::end)) {
            return new Retention(context, writer, cursors, new Indexes(context)).apply();
        }
    }

    private static void save(StoreContext context, String name, long checkpoint)
            throws IOException {
        try (FileCursors cursors = new FileCursors(context, () -> 55)) {
            cursors.save(name, Offset.of(checkpoint));
        }
    }

    private static long start(StoreContext context) throws IOException {
        return StoreFacts.of(context).start();
    }

    @Test
    @DisplayName("STO-5 retention by age removes whole segments whose last event is too old")
    void byAge() throws IOException {
        StoreContext context =
                fill(new StoreConfig.RetentionRule(Duration.ofHours(3), 0, 0, false, IDLE));
        PurgeReport report = apply(context);
        assertThat(report.events()).isEqualTo(20);
        assertThat(report.byTopic()).containsEntry("t0", 10L).containsEntry("t1", 10L).hasSize(2);
        assertThat(report.dryRun()).isFalse();
        assertThat(Contents.of(context).events().firstKey()).isEqualTo(20);
        assertThat(context.disk().list("store")).hasSize(8);
        assertThat(apply(context).events()).isZero();

        clock.advance(Duration.ofDays(9));
        assertThat(apply(context).events()).isEqualTo(30);
        assertThat(Contents.of(context).events()).containsOnlyKeys(50L, 51L, 52L, 53L, 54L);
    }

    @Test
    @DisplayName("STO-5 what was stored while the clock was ahead is as old as its files, not kept")
    void clockWasAhead() throws IOException {
        Instant now = clock.instant();
        StoreConfig.RetentionRule rule =
                new StoreConfig.RetentionRule(Duration.ofHours(3), 0, 0, false, IDLE);
        StoreContext plain = Contexts.of(temp.resolve("bus"), Contexts.format(), clock, rule);
        TestWriter writer = new TestWriter(plain).storedAt(now.plus(Duration.ofDays(9_000)));
        for (int i = 0; i < 5; i++) {
            writer.append(Contents.event("t", i));
            writer.roll();
        }
        writer.append(Contents.event("t", 5));
        // The first was written while the clock was ahead, the others when it had been set right.
        List<Instant> written = new ArrayList<>(List.of(now.plus(Duration.ofDays(9_000))));
        for (int hours : List.of(5, 4, 2, 1, 0)) {
            written.add(now.minus(Duration.ofHours(hours)));
        }
        StoreContext context =
                Contexts.on(
                        plain,
                        new ForwardingDisk(plain.disk()) {
                            @Override
                            public long writtenMillis(String name) {
                                SegmentName segment = SegmentName.ofLog(name.substring(6));
                                return written.get((int) segment.base()).toEpochMilli();
                            }
                        });
        assertThat(apply(context).events()).isEqualTo(3);
        assertThat(start(context)).isEqualTo(3);
        clock.advance(Duration.ofHours(3));
        assertThat(apply(context).events()).isEqualTo(2);
    }

    @Test
    @DisplayName("STO-5 a segment whose files were written while the clock was ahead, too, is kept")
    void clockIsAheadStill() throws IOException {
        StoreContext context =
                fill(new StoreConfig.RetentionRule(Duration.ofHours(3), 0, 0, false, IDLE));
        Instant before = clock.instant().minus(Duration.ofDays(99));
        StoreContext back =
                new StoreContext(
                        context.disk(),
                        context.directory(),
                        context.config(),
                        context.format(),
                        () -> before);
        for (Path log : logs()) {
            Files.setLastModifiedTime(log, FileTime.from(clock.instant()));
        }
        assertThat(apply(back).events()).isZero();
    }

    private List<Path> logs() throws IOException {
        try (Stream<Path> files = Files.list(temp.resolve("bus/store"))) {
            return files.filter(file -> file.toString().endsWith(SegmentName.LOG)).toList();
        }
    }

    @Test
    @DisplayName("STO-5 retention by count leaves at least as many events as are to be kept")
    void byCount() throws IOException {
        StoreContext context =
                fill(new StoreConfig.RetentionRule(Duration.ZERO, 0, 25, false, IDLE));
        assertThat(apply(context).events()).isEqualTo(30);
        assertThat(start(context)).isEqualTo(30);
    }

    @Test
    @DisplayName("STO-5 retention by size leaves at least as many bytes as are to be kept")
    void bySize() throws IOException {
        StoreContext probe = fill(StoreConfig.RetentionRule.NONE);
        long all = StoreFacts.of(probe).bytes();
        long first =
                Files.size(temp.resolve("bus/store/00000000000000000000.jsonl"))
                        + Files.size(temp.resolve("bus/store/00000000000000000010.jsonl"));
        StoreContext context =
                Contexts.of(
                        temp.resolve("bus"),
                        Contexts.format(),
                        clock,
                        new StoreConfig.RetentionRule(Duration.ZERO, all - first, 0, false, IDLE));
        PurgeReport report = apply(context);
        assertThat(report.bytes()).isEqualTo(first);
        assertThat(start(context)).isEqualTo(20);
        assertThat(StoreFacts.of(context).bytes()).isEqualTo(all - first);
    }

    @Test
    @DisplayName("STO-5 what a cursor still needs stays until it is idle")
    void cursorsHoldBack() throws IOException {
        StoreContext context =
                fill(new StoreConfig.RetentionRule(Duration.ofHours(1), 0, 0, false, IDLE));
        save(context, "slow", 17);
        PurgeReport report = apply(context);
        assertThat(report.events()).isEqualTo(10);
        assertThat(report.kept()).isEqualTo(30);
        assertThat(start(context)).isEqualTo(10);

        clock.advance(Duration.ofDays(31));
        try (LogRecorder log = new LogRecorder(FileCursors.class)) {
            assertThat(apply(context).events()).isEqualTo(40);
            assertThat(log.messages()).hasSize(1);
        }
        assertThat(start(context)).isEqualTo(50);
    }

    @Test
    @DisplayName("STO-5 a cursor that is reset while retention waits for the lock holds back, too")
    void resetMeanwhile() throws IOException {
        StoreContext context =
                fill(new StoreConfig.RetentionRule(Duration.ZERO, 0, 1, false, IDLE));
        save(context, "replayed", 50);
        TestWriter writer = new TestWriter(context);
        try (FileCursors cursors = new FileCursors(context, writer::end)) {
            LockedLog waitedFor =
                    new LockedLog() {
                        @Override
                        public <T> T underLock(Action<T> action) throws IOException {
                            cursors.reset("replayed", Offset.of(17));
                            return writer.underLock(action);
                        }

                        @Override
                        public void roll() {
                            writer.roll();
                        }

                        @Override
                        public List<SegmentName> sealedSegments() throws IOException {
                            return writer.sealedSegments();
                        }
                    };
            new Retention(context, waitedFor, cursors, new Indexes(context)).apply();
        }
        assertThat(start(context)).isEqualTo(10);
    }

    @Test
    @DisplayName("STO-5 a cursor holds nothing back where cursors are to be ignored")
    void cursorsMayBeIgnored() throws IOException {
        StoreContext context = fill(new StoreConfig.RetentionRule(Duration.ZERO, 0, 1, true, IDLE));
        save(context, "slow", 0);
        assertThat(apply(context).events()).isEqualTo(50);
    }

    @Test
    @DisplayName("STO-5 while a cursor is damaged nothing is removed, which is said")
    void damagedCursorsHoldAllBack() throws IOException {
        StoreContext context =
                fill(new StoreConfig.RetentionRule(Duration.ZERO, 0, 1, false, IDLE));
        save(context, "bad", 50);
        Files.writeString(temp.resolve("bus/cursors/bad.json"), "{}");
        try (LogRecorder log = new LogRecorder(Retention.class)) {
            PurgeReport report = apply(context);
            assertThat(report.events()).isZero();
            assertThat(report.kept()).isEqualTo(50);
            assertThat(log.messages())
                    .containsExactly(
                            "No old events are removed: The cursor file 'cursors/bad.json' cannot"
                                    + " be used: 'checkpoint' is missing. Reset the cursor 'bad' to the"
                                    + " offset it should go on from, or remove it.");
        }
    }

    @Test
    @DisplayName("STO-6 killed at any change of the disk, retention leaves whole segments only")
    void killedAnywhere() throws IOException {
        boolean finished = false;
        for (int at = 0; !finished; at += 3) {
            StoreConfig.RetentionRule rule =
                    new StoreConfig.RetentionRule(Duration.ZERO, 0, 3, false, IDLE);
            Path bus = temp.resolve("bus" + at);
            StoreContext context = Contexts.of(bus, Contexts.format(), clock, rule);
            TestWriter writer = new TestWriter(context);
            for (int i = 0; i < 50; i += 10) {
                writer.append(Contents.event("a", i), Contents.event("a", i + 1));
                writer.roll();
            }
            CrashingDisk disk = new CrashingDisk(context.disk(), at);
            StoreContext victim = Contexts.on(context, disk);
            try (FileCursors cursors = new FileCursors(context, writer::end)) {
                new Retention(victim, writer, cursors, new Indexes(victim)).apply();
                finished = true;
            } catch (dev.jitney.spi.StoreException e) {
                assertThat(disk.crashed()).isTrue();
            }
            new TestWriter(context);
            assertThat(start(context)).isIn(0L, 6L);
            assertThat(List.copyOf(context.disk().list("store")))
                    .filteredOn(f -> !f.endsWith(".draft"))
                    .hasSize(start(context) == 0 ? 12 : 6);
        }
    }
}
