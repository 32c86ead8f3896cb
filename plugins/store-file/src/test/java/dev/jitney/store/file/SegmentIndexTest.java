// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.Selection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentIndexTest {

    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

    @TempDir Path temp;

    private StoreContext context;
    private TestWriter writer;
    private Indexes indexes;

    @BeforeEach
    void open() {
        context = Contexts.of(temp.resolve("bus"), Contexts.format(), new Contexts.TestClock());
        writer = new TestWriter(context);
        indexes = new Indexes(context);
    }

    @Test
    @DisplayName("STO-11 selecting by time finds every event in the range, in any order of times")
    void timesAreNotMonotonic() throws IOException {
        Random random = new Random(1);
        List<Instant> times = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            Instant time = START.plusNanos(i * 1_000_000_000L + random.nextInt(1_000_000_000));
            // Now and then an import of something old.
            times.add(i % 500 == 77 ? time.minusSeconds(1_000_000 + i) : time);
            writer.append(event("a.b", times.get(i)));
        }
        writer.roll();
        try (SegmentView view = first()) {
            SegmentHints hints = hints(view);
            assertThat(indexes.indexOf(view).head().blocks).isGreaterThan(5);
            for (int i = 0; i < 3000; i += 13) {
                Selection exactly =
                        Selection.builder()
                                .since(times.get(i))
                                .until(times.get(i).plusNanos(1))
                                .build();
                assertThat(hints.mayHold(exactly)).isTrue();
                assertThat(hints.nextRegion(i, exactly)).isEqualTo(i);
                assertThat(hints.previousRegion(i, exactly)).isEqualTo(i);
                assertThat(hints.nextRegion(0, exactly)).isLessThanOrEqualTo(i);
                assertThat(hints.previousRegion(2999, exactly)).isGreaterThanOrEqualTo(i);
            }
            Selection later = Selection.builder().since(START.plusSeconds(3001)).build();
            assertThat(hints.mayHold(later)).isFalse();
            assertThat(hints.nextRegion(7, later)).isEqualTo(3000);
            assertThat(hints.previousRegion(7, later)).isEqualTo(-1);
            Selection nearEnd = Selection.builder().since(START.plusSeconds(2995)).build();
            assertThat(hints.nextRegion(0, nearEnd)).isGreaterThan(2000);
            assertThat(hints.mayHold(Selection.builder().until(Instant.MIN).build())).isFalse();
            assertThat(hints.mayHold(Selection.builder().since(Instant.MIN).build())).isTrue();
        }
    }

    @Test
    @DisplayName("STO-11 events without a time may be of any")
    void untimedEventsMayBeOfAnyTime() throws IOException {
        writer.append(Event.builder("a").source("s").payload("x").noTime().build());
        writer.roll();
        try (SegmentView view = first()) {
            assertThat(hints(view).mayHold(Selection.builder().since(START).build())).isTrue();
            assertThat(hints(view).mayHold(Selection.builder().until(START).build())).isTrue();
        }
    }

    @Test
    @DisplayName("STO-11 a segment that has no topic of a selection is known not to")
    void knowsTopics() throws IOException {
        for (int i = 0; i < 400; i++) {
            writer.append(event("orders.placed." + i, START), event("users.login", START));
        }
        writer.roll();
        try (SegmentView view = first()) {
            SegmentHints hints = hints(view);
            for (String there :
                    List.of(
                            "users.login",
                            "orders.placed.17",
                            "orders.*",
                            "*.login",
                            "*",
                            "orders.*.399",
                            "*.placed.*")) {
                assertThat(hints.mayHold(topic(there))).as(there).isTrue();
                assertThat(hints.nextRegion(3, topic(there))).as(there).isEqualTo(3);
            }
            for (String absent :
                    List.of(
                            "users",
                            "users.login.x",
                            "orders.placed",
                            "order.*",
                            "orders.*.400",
                            "*.logout",
                            "orders.placed.400",
                            "nothing.*")) {
                assertThat(hints.mayHold(topic(absent))).as(absent).isFalse();
                assertThat(hints.nextRegion(3, topic(absent))).as(absent).isEqualTo(400);
                assertThat(hints.previousRegion(3, topic(absent))).as(absent).isEqualTo(-1);
            }
            assertThat(hints.mayHold(Selection.builder().exclude("*").build())).isFalse();
            assertThat(hints.mayHold(excluding("orders.*", "users.*"))).isFalse();
            assertThat(hints.mayHold(excluding("orders.*", "users.logout"))).isTrue();
            Selection both = Selection.builder().pattern("x").pattern("users.*").build();
            assertThat(hints.mayHold(both)).isTrue();
        }
    }

    @Test
    @DisplayName("STO-8 a block with a damaged line is read whatever is looked for")
    void damagedBlocksAreRead() throws IOException {
        for (int i = 0; i < 700; i++) {
            writer.append(event("a", START));
        }
        long bad = writer.appendLines("{\"no\":\"event\"}");
        for (int i = 0; i < 700; i++) {
            writer.append(event("a", START));
        }
        writer.roll();
        try (SegmentView view = first()) {
            IndexHead head = indexes.indexOf(view).head();
            assertThat(head.events).isEqualTo(1400);
            assertThat(head.damagedRegions).isEqualTo(1);
            SegmentHints hints = hints(view);
            int next = hints.nextRegion(0, topic("b"));
            assertThat((long) next).isLessThanOrEqualTo(bad).isGreaterThan(300);
            int last = hints.previousRegion(1400, topic("b"));
            assertThat((long) last).isGreaterThanOrEqualTo(bad).isLessThan(1100);
            assertThat(hints.nextRegion(last + 1, topic("b"))).isEqualTo(1401);
            Selection later = Selection.builder().since(START.plusSeconds(9)).build();
            assertThat(hints.nextRegion(0, later)).isEqualTo(next);
        }
    }

    @Test
    @DisplayName("STO-11 an index that is missing, or in which any byte has changed, is made again")
    void damagedIndexesAreMadeAgain() throws IOException {
        for (int i = 0; i < 50; i++) {
            writer.append(event("a." + i, START.plusSeconds(i)));
        }
        writer.roll();
        Path file = context.directory().path().resolve("index/00000000000000000000.idx");
        try (SegmentView view = first()) {
            hints(view);
            byte[] whole = Files.readAllBytes(file);
            assertThat(Files.getPosixFilePermissions(file))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            // Every byte of the head, and some of the page, which has a test of its own.
            for (int i = 0; i < whole.length; i += i < 200 ? 1 : 211) {
                byte[] changed = whole.clone();
                changed[i] ^= (byte) (1 << i % 8);
                check(view, file, changed, whole);
            }
            for (int length = 0; length < whole.length; length += 197) {
                check(view, file, Arrays.copyOf(whole, length), whole);
            }
            check(view, file, Arrays.copyOf(whole, whole.length + 1), whole);
            Files.delete(file);
            assertThat(new Indexes(context).hintsFor(view)).isNotNull();
            assertThat(file).hasBinaryContent(whole);
        }
    }

    // What is damaged is not trusted, and gone or good again after it was used twice.
    private void check(SegmentView view, Path file, byte[] content, byte[] whole)
            throws IOException {
        Files.write(file, content);
        Indexes fresh = new Indexes(context);
        for (int i = 0; i < 2; i++) {
            SegmentHints hints = fresh.hintsFor(view);
            assertThat(hints).isNotNull();
            assertThat(hints.mayHold(topic("a.49"))).isTrue();
            hints.mayHold(topic("b"));
            hints.mayHold(topic("*.b"));
        }
        SegmentHints last = fresh.hintsFor(view);
        assertThat(last).isNotNull();
        assertThat(last.mayHold(topic("b"))).isFalse();
        assertThat(file).hasBinaryContent(whole);
    }

    @Test
    @DisplayName("STO-11 an index of another content of a segment is not trusted")
    void indexesOfAnotherContentAreNotTrusted() throws IOException {
        writer.append(event("aaa", START));
        writer.roll();
        try (SegmentView view = first()) {
            assertThat(hints(view).mayHold(topic("bbb"))).isFalse();
        }
        Path index = context.directory().path().resolve("index/00000000000000000000.idx");
        byte[] old = Files.readAllBytes(index);
        context = Contexts.of(temp.resolve("bus2"), Contexts.format(), new Contexts.TestClock());
        writer = new TestWriter(context);
        writer.append(event("bbb", START));
        writer.roll();
        Files.write(context.directory().path().resolve("index/00000000000000000000.idx"), old);
        indexes = new Indexes(context);
        try (SegmentView view = first()) {
            assertThat(hints(view).mayHold(topic("bbb"))).isTrue();
            assertThat(hints(view).mayHold(topic("aaa"))).isFalse();
        }
    }

    @Test
    @DisplayName("STO-8 on a disk that takes no index the segment is read without")
    void readOnlyDisksHaveNone() throws IOException {
        writer.append(event("a", START));
        writer.roll();
        try (SegmentView view = first();
                LogRecorder log = new LogRecorder(Indexes.class)) {
            Indexes none = new Indexes(Contexts.on(context, new CrashingDisk(context.disk(), 0)));
            assertThat(none.hintsFor(view)).isNull();
            assertThat(none.writable()).isFalse();
            assertThat(none.hintsFor(view)).isNull();
            assertThat(log.messages())
                    .containsExactly(
                            "The index index/00000000000000000000.idx cannot be written (killed)."
                                    + " Segments are read without.");
        }
    }

    @Test
    @DisplayName("STO-11 the tail and an edited segment have no index")
    void onlySealedSegmentsAreIndexed() throws IOException {
        writer.append(event("a", START));
        try (SegmentView view = first()) {
            assertThat(indexes.hintsFor(view)).isNull();
        }
        writer.roll();
        Path log = context.directory().path().resolve("store/00000000000000000000.jsonl");
        Files.writeString(log, Files.readString(log) + "{}\n");
        try (SegmentView view = first()) {
            assertThat(indexes.hintsFor(view)).isNull();
        }
    }

    @Test
    @DisplayName("STO-11 topics that do not fit into memory are counted all the same")
    void countsMoreTopicsThanFit() throws IOException {
        for (int i = 0; i < 200; i++) {
            Event[] batch = new Event[20];
            for (int j = 0; j < batch.length; j++) {
                batch[j] = event("t" + (i * 31 + j * 7) % 1500, START);
            }
            writer.append(batch);
        }
        writer.roll();
        byte[] spilled;
        Path file = context.directory().path().resolve("index/00000000000000000000.idx");
        try (SegmentView view = first()) {
            assertThat(new Indexes(context, 100_000).indexOf(view)).isNotNull();
            spilled = Files.readAllBytes(file);
            Files.delete(file);
            hints(view);
            assertThat(file).hasBinaryContent(spilled);
            assertThat(context.disk().list("index")).hasSize(1);
        }
    }

    private SegmentView first() throws IOException {
        return SegmentView.open(context.disk(), Segments.list(context.disk()).get(0));
    }

    private SegmentHints hints(SegmentView view) {
        SegmentHints hints = indexes.hintsFor(view);
        assertThat(hints).isNotNull();
        return hints;
    }

    private static Event event(String topic, Instant time) {
        return Event.builder(topic).source("test").time(time).payload("x").build();
    }

    private static Selection topic(String pattern) {
        return Selection.builder().pattern(pattern).build();
    }

    private static Selection excluding(String... patterns) {
        Selection.Builder builder = Selection.builder();
        for (String pattern : patterns) {
            builder.exclude(pattern);
        }
        return builder.build();
    }
}
