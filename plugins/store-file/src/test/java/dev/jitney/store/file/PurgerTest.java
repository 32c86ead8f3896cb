// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.spi.PurgeOptions;
import dev.jitney.spi.PurgeReport;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PurgerTest {

    @TempDir Path temp;

    private final Contexts.TestClock clock = new Contexts.TestClock();
    private StoreContext context;
    private TestWriter writer;
    private FileCursors cursors;
    private Indexes indexes;
    private Purger purger;

    @BeforeEach
    void open() {
        context = Contexts.of(temp.resolve("bus"), Contexts.format(), clock);
        writer = new TestWriter(context);
        cursors = new FileCursors(context, writer::end);
        indexes = new Indexes(context);
        purger = new Purger(context, writer, cursors, indexes);
    }

    @AfterEach
    void close() throws IOException {
        cursors.close();
    }

    /** Three sealed segments and a tail, in batches of 1 to 4 events of three topics. */
    private void fill() {
        int second = 0;
        for (int segment = 0; segment < 4; segment++) {
            for (int batch = 0; batch < 10; batch++) {
                clock.advance(Duration.ofMillis(7));
                Event[] events = new Event[1 + batch % 4];
                for (int i = 0; i < events.length; i++) {
                    String topic =
                            switch (second % 5) {
                                case 0 -> "users.login";
                                case 1 -> "users.logout";
                                default -> "orders.placed";
                            };
                    events[i] = Contents.event(topic, second++);
                }
                writer.append(events);
            }
            if (segment < 3) {
                writer.roll();
            }
        }
    }

    @Test
    @DisplayName("STO-6 what is selected is gone, byte for byte, and the rest is as it was")
    void removesWhatIsSelected() throws IOException {
        fill();
        TreeMap<Long, String> expected = Contents.of(context).events();
        long users = expected.values().stream().filter(e -> e.startsWith("users.")).count();
        expected.values().removeIf(e -> e.startsWith("users."));

        PurgeReport report = purger.purge(topic("users.*"), PurgeOptions.standard());

        assertThat(Contents.of(context).events()).isEqualTo(expected);
        assertThat(Contents.of(context).problems())
                .allMatch(p -> p.kind() == dev.jitney.spi.StoreProblem.Kind.GAP);
        assertThat(report.events()).isEqualTo(users);
        assertThat(report.byTopic()).containsOnlyKeys("users.login", "users.logout");
        assertThat(report.kept()).isZero();
        assertThat(report.dryRun()).isFalse();
        assertThat(Contents.anyFileHolds(temp, "users.log")).isFalse();
        assertThat(writer.append(Contents.event("users.login", 1000)))
                .isEqualTo(writer.end() - 1)
                .isGreaterThan(expected.lastKey());
    }

    @Test
    @DisplayName("STO-6 counting says the same as removing, and changes nothing")
    void dryRunCounts() throws IOException {
        fill();
        TreeMap<Long, String> before = Contents.of(context).events();
        PurgeReport counted = purger.purge(topic("users.*"), new PurgeOptions(true, false, 3));
        assertThat(Contents.of(context).events()).isEqualTo(before);
        assertThat(counted.dryRun()).isTrue();

        PurgeReport purged = purger.purge(topic("users.*"), new PurgeOptions(false, false, 3));
        assertThat(purged)
                .isEqualTo(
                        new PurgeReport(
                                counted.events(),
                                counted.bytes(),
                                counted.kept(),
                                counted.byTopic(),
                                false));
        assertThat(purged.kept()).isEqualTo(3);
    }

    @Test
    @DisplayName("STO-6 the newest that are to be kept are kept, the others of the selection go")
    void keepsTheNewest() {
        fill();
        TreeMap<Long, String> expected = Contents.of(context).events();
        List<Long> users =
                expected.entrySet().stream()
                        .filter(e -> e.getValue().startsWith("users."))
                        .map(Map.Entry::getKey)
                        .toList();
        for (int keep : new int[] {users.size() + 1, users.size() - 2, 17, 1}) {
            int goes = Math.max(0, users.size() - keep);
            users.subList(0, goes).forEach(expected::remove);
            PurgeReport report =
                    purger.purge(topic("users.*"), new PurgeOptions(false, false, keep));
            assertThat(report.kept()).isEqualTo(Math.min(keep, users.size()));
            assertThat(Contents.of(context).events()).isEqualTo(expected);
        }
    }

    @Test
    @DisplayName("STO-6 what a cursor needs is kept and counted unless cursors are ignored")
    void keepsWhatCursorsNeed() {
        fill();
        TreeMap<Long, String> all = Contents.of(context).events();
        cursors.save("slow", Offset.of(40));
        cursors.save("fast", Offset.of(90));

        PurgeReport report = purger.purge(Selection.all(), PurgeOptions.standard());
        assertThat(report.events()).isEqualTo(40);
        assertThat(report.kept()).isEqualTo(all.size() - 40);
        assertThat(Contents.of(context).events()).isEqualTo(all.tailMap(40L));

        report = purger.purge(Selection.all(), new PurgeOptions(false, true, 0));
        assertThat(report.events()).isEqualTo(all.size() - 40);
        assertThat(report.kept()).isZero();
        assertThat(Contents.of(context).events()).isEmpty();
    }

    @Test
    @DisplayName("STO-6 a cursor that is damaged stops a purge, which names its file")
    void damagedCursorsStopIt() throws IOException {
        fill();
        Files.writeString(context.directory().path().resolve("cursors/bad.json"), "");
        assertThatThrownBy(() -> purger.purge(topic("users.*"), PurgeOptions.standard()))
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("The cursor file 'cursors/bad.json' cannot be used: ");
        assertThat(purger.purge(topic("users.*"), new PurgeOptions(false, true, 0)).events())
                .isEqualTo(38);
    }

    @Test
    @DisplayName("STO-6 purging everything leaves one empty segment, which goes on counting")
    void purgesEverything() throws IOException {
        fill();
        long end = writer.end();
        long bytes = 0;
        for (SegmentName name : Segments.list(context.disk())) {
            bytes += Files.size(context.directory().path().resolve(name.log()));
        }
        PurgeReport report = purger.purge(Selection.all(), PurgeOptions.standard());

        assertThat(report.events()).isEqualTo(end);
        assertThat(report.bytes()).isEqualTo(bytes);
        assertThat(report.byTopic()).hasSize(3);
        assertThat(Contents.of(context).events()).isEmpty();
        assertThat(context.disk().list("store"))
                .containsExactlyInAnyOrder(
                        "00000000000000000092.jsonl", "00000000000000000092.sum");
        assertThat(context.disk().list("index")).isEmpty();
        assertThat(Log.endOffset(context.disk())).isEqualTo(end);
        assertThat(writer.append(Contents.event("a", 1))).isEqualTo(end);
    }

    @Test
    @DisplayName("STO-6 a segment emptied between others stays, empty, so that all of them adjoin")
    void segmentsGoOnAdjoining() throws IOException {
        for (String topic : List.of("a", "b", "c", "d")) {
            writer.append(Contents.event(topic, 1), Contents.event(topic, 2));
            writer.roll();
        }
        purger.purge(topic("b"), PurgeOptions.standard());
        assertThat(Segments.list(context.disk()))
                .extracting(SegmentName::log)
                .containsExactly(
                        "store/00000000000000000000.jsonl",
                        "store/00000000000000000002.1.jsonl",
                        "store/00000000000000000004.jsonl",
                        "store/00000000000000000006.jsonl",
                        "store/00000000000000000008.jsonl");
        assertThat(Contents.of(context).events()).containsOnlyKeys(0L, 1L, 4L, 5L, 6L, 7L);
        try (SegmentView empty = SegmentView.open(context.disk(), new SegmentName(2, 1))) {
            assertThat(empty.sealed()).isTrue();
            assertThat(empty.endOffset()).isEqualTo(4);
        }
        purger.purge(topic("a"), PurgeOptions.standard());
        assertThat(Segments.list(context.disk())).hasSize(3);
        assertThat(Contents.of(context).events()).containsOnlyKeys(4L, 5L, 6L, 7L);
        purger.purge(topic("nothing.*"), PurgeOptions.standard());
        assertThat(Segments.list(context.disk())).hasSize(3);
    }

    @Test
    @DisplayName("STO-6 readers that are under way read on")
    void readersReadOn() {
        fill();
        List<Long> read = new ArrayList<>();
        try (LogReader reader = LogReader.open(context, ReadOptions.forward(), view -> null)) {
            read.add(reader.next().offset().value());
            purger.purge(topic("users.*"), PurgeOptions.standard());
            for (var event = reader.next(); event != null; event = reader.next()) {
                read.add(event.offset().value());
            }
        }
        assertThat(read).isSorted().doesNotHaveDuplicates().contains(89L);
        assertThat(read).containsAll(Contents.of(context).events().keySet());
    }

    @Test
    @DisplayName(
            "STO-8 a damaged batch is never purged in part, never lost and never made to look"
                    + " whole")
    void damagedBatchesStay() throws IOException {
        writer.append(Contents.event("a", 1), Contents.event("b", 2));
        writer.append(Contents.event("a", 3), Contents.event("b", 4), Contents.event("b", 5));
        writer.append(Contents.event("b", 6));
        writer.roll();
        Path log = context.directory().path().resolve("store/00000000000000000000.jsonl");
        String text = Files.readString(log);
        String damaged = text.replace("\"id\":\"id-4\"", "\"id\":\"id-X\"");
        Files.writeString(log, damaged);
        String batch = damaged.split("\n")[2] + "\n" + damaged.split("\n")[3];

        try (LogRecorder warnings = new LogRecorder(SegmentPurge.class)) {
            PurgeReport report = purger.purge(topic("b"), PurgeOptions.standard());
            assertThat(report.events()).isEqualTo(2);
            assertThat(report.kept()).isEqualTo(2);
            assertThat(warnings.messages())
                    .containsExactly(
                            "store/00000000000000000000.jsonl: 2 events that were to be purged are"
                                    + " kept, because they lie in batches whose checksums are missing"
                                    + " or do not fit. Look at them with: bus verify. Only a purge of"
                                    + " everything removes them.");
        }
        Path next = context.directory().path().resolve("store/00000000000000000000.1.jsonl");
        assertThat(Files.readString(next)).contains(batch);
        Contents contents = Contents.of(context);
        assertThat(contents.events()).containsOnlyKeys(0L, 2L, 3L, 4L);
        assertThat(contents.problems())
                .anyMatch(p -> p.kind() == dev.jitney.spi.StoreProblem.Kind.DAMAGED);

        assertThat(purger.purge(Selection.all(), PurgeOptions.standard()).events()).isEqualTo(4);
        assertThat(Contents.of(context).problems()).isEmpty();
    }

    @Test
    @DisplayName("STO-6 a segment without checksums is left as it is unless everything goes")
    void unverifiableSegmentsStay() throws IOException {
        writer.append(Contents.event("a", 1), Contents.event("b", 2));
        writer.roll();
        Files.delete(context.directory().path().resolve("store/00000000000000000000.sum"));
        try (LogRecorder warnings = new LogRecorder(SegmentPurge.class)) {
            assertThat(purger.purge(topic("b"), PurgeOptions.standard()).kept()).isEqualTo(1);
            assertThat(warnings.messages()).hasSize(1);
        }
        assertThat(Contents.of(context).events()).hasSize(2);
        assertThat(purger.purge(Selection.all(), PurgeOptions.standard()).events()).isEqualTo(2);
        assertThat(Contents.of(context).events()).isEmpty();
    }

    private static Selection topic(String pattern) {
        return Selection.builder().pattern(pattern).build();
    }
}
