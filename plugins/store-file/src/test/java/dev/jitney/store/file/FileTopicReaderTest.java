// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.Selection;
import dev.jitney.spi.PurgeOptions;
import dev.jitney.spi.TopicStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTopicReaderTest {

    @TempDir Path temp;

    private final TreeMap<String, TopicStats> expected = new TreeMap<>();
    private StoreContext context;
    private TestWriter writer;
    private Indexes indexes;
    private int second;

    @BeforeEach
    void open() {
        context = Contexts.of(temp.resolve("bus"), Contexts.format(), new Contexts.TestClock());
        writer = new TestWriter(context);
        indexes = new Indexes(context);
    }

    private void append(String... topics) {
        for (String topic : topics) {
            Event event = Contents.event(topic, second++);
            long bytes = context.format().encode(event).length + BatchMark.TRAILER;
            writer.append(event);
            count(topic, bytes, event);
        }
    }

    private void count(String topic, long bytes, Event event) {
        expected.merge(
                topic,
                new TopicStats(topic, 1, bytes, event.time()),
                (a, b) ->
                        new TopicStats(
                                topic,
                                a.events() + 1,
                                a.bytes() + b.bytes(),
                                a.lastTime().isAfter(b.lastTime()) ? a.lastTime() : b.lastTime()));
    }

    private void fill() {
        append("b", "a", "users.login", "b");
        writer.roll();
        append("users.logout", "b");
        writer.roll();
        append("users.login", "c.d.e", "a");
        writer.roll();
        append("z", "b");
    }

    private List<TopicStats> read(Selection selection) {
        return read(context, indexes, selection);
    }

    private static List<TopicStats> read(
            StoreContext context, Indexes indexes, Selection selection) {
        List<TopicStats> all = new ArrayList<>();
        try (FileTopicReader reader = FileTopicReader.open(context, indexes, selection)) {
            for (TopicStats next = reader.next(); next != null; next = reader.next()) {
                all.add(next);
            }
            assertThat(reader.next()).isNull();
            assertThat(reader.count()).isEqualTo(all.size());
        }
        return all;
    }

    private List<TopicStats> all() {
        return List.copyOf(expected.values());
    }

    private List<String> topics(String... patterns) {
        Selection.Builder builder = Selection.builder();
        for (String pattern : patterns) {
            if (pattern.startsWith("-")) {
                builder.exclude(pattern.substring(1));
            } else {
                builder.pattern(pattern);
            }
        }
        return read(builder.build()).stream().map(TopicStats::topic).toList();
    }

    @Test
    @DisplayName("STO-11 topics come in order of name, with exact counts over all segments")
    void countsTopics() {
        fill();
        assertThat(read(Selection.all())).isEqualTo(all());
        assertThat(FileTopicReader.count(context, indexes)).isEqualTo(6);
        assertThat(read(context, new Indexes(context), Selection.all())).isEqualTo(all());
        append("a", "new");
        assertThat(read(Selection.all())).isEqualTo(all());
        writer.roll();
        assertThat(read(Selection.all())).isEqualTo(all());
        assertThat(FileTopicReader.count(context, indexes)).isEqualTo(7);
    }

    @Test
    @DisplayName("STO-11 an empty log has no topics")
    void emptyLogsHaveNone() {
        assertThat(read(Selection.all())).isEmpty();
        assertThat(FileTopicReader.count(context, indexes)).isZero();
    }

    @Test
    @DisplayName("STO-11 patterns and exclusions select topics")
    void selectsTopics() {
        fill();
        for (int i = 0; i < 2; i++) {
            assertThat(topics("users.*")).containsExactly("users.login", "users.logout");
            assertThat(topics("b")).containsExactly("b");
            assertThat(topics("users")).isEmpty();
            assertThat(topics("nothing.*")).isEmpty();
            assertThat(topics("*.login", "a")).containsExactly("a", "users.login");
            assertThat(topics("c.*.e", "z")).containsExactly("c.d.e", "z");
            assertThat(topics("*", "-users.*", "-b")).containsExactly("a", "c.d.e", "z");
            assertThat(topics("-a")).hasSize(5);
            append("users.zz");
            expected.clear();
            purge("users.zz");
        }
    }

    @Test
    @DisplayName("STO-11 the last time of a topic whose events carry none is not known")
    void timesMayBeUnknown() {
        writer.append(Event.builder("a").source("s").payload("x").noTime().build());
        assertThat(read(Selection.all()).get(0).lastTime()).isNull();
        writer.roll();
        assertThat(read(Selection.all()).get(0).lastTime()).isNull();
    }

    @Test
    @DisplayName("STO-11 a summary of segments that are gone is not trusted")
    void summariesAreNotTrustedBlindly() throws IOException {
        fill();
        assertThat(read(Selection.all())).hasSize(6);
        assertThat(context.disk().exists(TopicSummary.FILE)).isTrue();
        byte[] old = Files.readAllBytes(temp.resolve("bus/index/topics.idx"));
        purge("users.*");
        assertThat(context.disk().exists(TopicSummary.FILE)).isFalse();
        Files.write(temp.resolve("bus/index/topics.idx"), old);
        assertThat(topics()).containsExactly("a", "b", "c.d.e", "z");
        assertThat(Contents.anyFileHolds(temp.resolve("bus"), "users")).isFalse();
    }

    @Test
    @DisplayName(
            "STO-11 a summary that another reader puts in the place of one's own is not taken for it")
    void summariesOfOthersAreToldApart() throws IOException {
        fill();
        assertThat(read(Selection.all())).isEqualTo(all());
        byte[] theirs = Files.readAllBytes(temp.resolve("bus/index/topics.idx"));
        append("a", "new");
        writer.roll();
        append("b");
        writer.roll();
        append("c");
        Disk shared =
                new ForwardingDisk(context.disk()) {
                    @Override
                    public void rename(String from, String to) throws IOException {
                        super.rename(from, to);
                        if (to.equals(TopicSummary.FILE)) {
                            Files.write(temp.resolve("bus").resolve(to), theirs);
                        }
                    }
                };
        StoreContext both = Contexts.on(context, shared);
        assertThat(read(both, new Indexes(both), Selection.all())).isEqualTo(all());
    }

    @Test
    @DisplayName("STO-11 topics are read on where an interrupt hits a summary that a purge removes")
    void summariesMayVanish() throws IOException {
        fill();
        assertThat(read(Selection.all())).isEqualTo(all());
        AtomicInteger opened = new AtomicInteger();
        Disk disk =
                new ForwardingDisk(context.disk()) {
                    @Override
                    public StoreFile open(String name, boolean writable) throws IOException {
                        StoreFile file = super.open(name, writable);
                        boolean vanishes =
                                name.equals(TopicSummary.FILE) && opened.incrementAndGet() == 1;
                        // Its head takes two reads.
                        return vanishes ? gone(file, name, 2) : file;
                    }
                };
        StoreContext interrupted = Contexts.on(context, disk);
        assertThat(read(interrupted, new Indexes(interrupted), Selection.all())).isEqualTo(all());
        assertThat(opened).hasValueGreaterThan(1);
    }

    @Test
    @DisplayName("STO-11 the end of the tail is counted once, in the summary or read, across rolls")
    void theTailIsCountedOnce() {
        String filler = "f".repeat(1000);
        for (int i = 0; i < 8; i++) {
            // Enough to be worth a summary each time, and a little more.
            for (int j = 0; j < 12; j++) {
                Event[] batch = new Event[100];
                for (int k = 0; k < batch.length; k++) {
                    batch[k] =
                            Contents.event("t" + k % 7, second++).toBuilder()
                                    .subject(filler)
                                    .build();
                    String topic = batch[k].topic();
                    long bytes = context.format().encode(batch[k]).length + 1;
                    bytes += k == batch.length - 1 ? BatchMark.LENGTH : 0;
                    count(topic, bytes, batch[k]);
                }
                writer.append(batch);
                if (i % 3 == 2 && j == 5) {
                    writer.roll();
                }
            }
            append("only" + i);
            assertThat(read(Selection.all())).isEqualTo(all());
            assertThat(FileTopicReader.count(context, indexes)).isEqualTo(expected.size());
            if (i % 4 == 3) {
                writer.roll();
            }
            append("more" + i % 2);
            assertThat(read(Selection.all())).isEqualTo(all());
        }
    }

    @Test
    @DisplayName("STO-11 a summary or an index in which any byte has changed is made again")
    void damageIsRepaired() throws IOException {
        fill();
        assertThat(read(Selection.all())).isEqualTo(all());
        for (String name : List.of("topics.idx", "00000000000000000004.idx")) {
            Path file = temp.resolve("bus/index").resolve(name);
            byte[] whole = Files.readAllBytes(file);
            for (int i = 0; i < whole.length; i += i < 280 ? 7 : 401) {
                byte[] changed = whole.clone();
                changed[i] ^= (byte) (1 << i % 8);
                Files.write(file, changed);
                if (!name.startsWith("topics")) {
                    Files.delete(temp.resolve("bus/index/topics.idx"));
                }
                assertThat(read(context, new Indexes(context), Selection.all()))
                        .as(name + " byte " + i)
                        .isEqualTo(all());
                assertThat(file).hasBinaryContent(whole);
            }
        }
    }

    @Test
    @DisplayName("STO-11 damage that shows half-way neither repeats nor loses a topic")
    void goesOnBehindDamage() throws IOException {
        for (int i = 0; i < 4; i++) {
            Event[] batch = new Event[800];
            for (int j = 0; j < batch.length; j++) {
                batch[j] = Contents.event("t" + (j * 4 + i), j);
            }
            writer.append(batch);
            writer.roll();
        }
        List<TopicStats> whole = read(Selection.all());
        assertThat(whole).hasSize(3200);
        Path file = temp.resolve("bus/index/topics.idx");
        byte[] damaged = Files.readAllBytes(file);
        damaged[damaged.length - 9] ^= 1;
        Files.write(file, damaged);
        assertThat(read(context, new Indexes(context), Selection.all())).isEqualTo(whole);
    }

    @Test
    @DisplayName(
            "STO-8 topics are counted on a disk that takes no index, damaged ones there or not")
    void readOnlyDisksWork() throws IOException {
        fill();
        StoreContext readOnly = Contexts.on(context, new ReadOnlyDisk(context.disk()));
        try (LogRecorder log = new LogRecorder(Indexes.class)) {
            Indexes none = new Indexes(readOnly);
            assertThat(read(readOnly, none, Selection.all())).isEqualTo(all());
            assertThat(context.disk().list("index")).isEmpty();
            assertThat(log.messages()).hasSize(1);
            assertThat(read(Selection.all())).isEqualTo(all());
            for (String name : context.disk().list("index")) {
                Path file = temp.resolve("bus/index").resolve(name);
                byte[] damaged = Files.readAllBytes(file);
                damaged[damaged.length - 9] ^= 1;
                Files.write(file, damaged);
            }
            assertThat(read(readOnly, new Indexes(readOnly), Selection.all())).isEqualTo(all());
        }
    }

    @Test
    @DisplayName("STO-11 lines that are damaged are not counted")
    void damagedLinesAreNotCounted() {
        append("a", "b");
        writer.appendLines("{\"type\":\"c\"}", "nonsense");
        assertThat(read(Selection.all())).isEqualTo(all());
        writer.roll();
        assertThat(read(Selection.all())).isEqualTo(all());
    }

    private void purge(String pattern) {
        try (FileCursors cursors = new FileCursors(context, writer::end)) {
            new Purger(context, writer, cursors, indexes)
                    .purge(Selection.builder().pattern(pattern).build(), PurgeOptions.standard());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
