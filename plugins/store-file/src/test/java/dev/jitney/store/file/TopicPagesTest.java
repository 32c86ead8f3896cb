// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicPagesTest {

    @TempDir Path temp;

    private final Random random = new Random(7);

    private record Counts(long events, long bytes, long lastMillis) {}

    @Test
    @DisplayName("STO-11 topics are counted exactly and come out in order of name")
    void countsAndSorts() throws IOException {
        TreeMap<String, Counts> expected = new TreeMap<>();
        TopicTable table = new TopicTable();
        fill(table, expected, 20_000);

        assertThat(table.count()).isEqualTo(expected.size());
        assertThat(read(table.sorted())).isEqualTo(List.copyOf(expected.entrySet()));

        table.clear();
        assertThat(read(table.sorted())).isEmpty();
        expected.clear();
        fill(table, expected, 300);
        assertThat(read(table.sorted())).isEqualTo(List.copyOf(expected.entrySet()));
    }

    @Test
    @DisplayName("STO-11 a topic is found in its page, and so is the next one when it is not there")
    void findsTopics() throws IOException {
        TreeMap<String, Counts> expected = new TreeMap<>();
        TopicTable table = new TopicTable();
        fill(table, expected, 5_000);
        try (StoreFile file = new NioDisk(temp).create("topics")) {
            TopicPages pages =
                    new TopicPages(file, 100, TopicPages.write(file, 100, table.sorted()).pages());
            assertThat(file.size()).isEqualTo(100 + (long) pages.pages() * TopicPage.BYTES);
            assertThat(pages.pages()).isGreaterThan(5);
            assertThat(read(pages.all())).isEqualTo(List.copyOf(expected.entrySet()));
            for (String topic : expected.keySet()) {
                assertThat(first(pages, topic)).isEqualTo(topic);
                assertThat(first(pages, topic + "!")).isEqualTo(expected.higherKey(topic));
            }
            assertThat(first(pages, "")).isEqualTo(expected.firstKey());
            assertThat(first(pages, "~")).isNull();
        }
    }

    @Test
    @DisplayName("STO-11 no topics are no pages")
    void emptyIsEmpty() throws IOException {
        try (StoreFile file = new NioDisk(temp).create("topics")) {
            assertThat(TopicPages.write(file, 0, new TopicTable().sorted()))
                    .isEqualTo(new TopicPages.Written(0, 0));
            assertThat(first(new TopicPages(file, 0, 0), "a")).isNull();
        }
    }

    @Test
    @DisplayName("STO-11 a page in which any bit has changed is refused")
    void damagedPagesAreRefused() throws IOException {
        TopicTable table = new TopicTable();
        fill(table, new TreeMap<>(), 60);
        try (StoreFile file = new NioDisk(temp).create("topics")) {
            int count = TopicPages.write(file, 0, table.sorted()).pages();
            byte[] page = new byte[TopicPage.BYTES];
            file.read(ByteBuffer.wrap(page), 0);
            for (int i = 0; i < page.length; i++) {
                page[i] ^= (byte) (1 << i % 8);
                file.write(ByteBuffer.wrap(page), 0);
                page[i] ^= (byte) (1 << i % 8);
                assertThatThrownBy(() -> new TopicPages(file, 0, count).all().advance())
                        .isInstanceOf(DamagedIndexException.class)
                        .hasMessage("a page of topics has a wrong checksum");
            }
        }
    }

    private void fill(TopicTable table, TreeMap<String, Counts> expected, int lines) {
        for (int i = 0; i < lines; i++) {
            String topic = topic();
            long bytes = 100 + random.nextInt(1000);
            long millis = random.nextInt(9) == 0 ? Long.MIN_VALUE : random.nextInt(1 << 30);
            byte[] line = ("{" + topic + "}").getBytes(US_ASCII);
            table.add(line, 1, line.length - 1, bytes, millis);
            expected.merge(
                    topic,
                    new Counts(1, bytes, millis),
                    (a, b) ->
                            new Counts(
                                    a.events + 1, a.bytes + bytes, Math.max(a.lastMillis, millis)));
        }
    }

    private String topic() {
        int n = random.nextInt(4000);
        return switch (random.nextInt(5)) {
            case 0 -> "orders.placed." + n;
            case 1 -> "orders.paid.tenant-" + n % 50 + ".eu";
            case 2 -> String.valueOf((char) ('a' + n % 26));
            case 3 -> "x".repeat(1 + n % TopicPage.MOST_NAME);
            default -> "a" + n + ".b";
        };
    }

    private static String first(TopicPages pages, String name) throws IOException {
        TopicPages.Cursor cursor = pages.from(name.getBytes(US_ASCII));
        return cursor.advance()
                ? new String(cursor.name(), 0, cursor.nameLength(), US_ASCII)
                : null;
    }

    private static List<java.util.Map.Entry<String, Counts>> read(TopicSource topics)
            throws IOException {
        List<java.util.Map.Entry<String, Counts>> all = new ArrayList<>();
        while (topics.advance()) {
            all.add(
                    java.util.Map.entry(
                            new String(topics.name(), 0, topics.nameLength(), US_ASCII),
                            new Counts(topics.events(), topics.bytes(), topics.lastMillis())));
        }
        return all;
    }
}
