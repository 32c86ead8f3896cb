// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.Position;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.TailOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random logs, read at random, against a plain list. */
class ReadModelTest {

    private static final String[] TOPICS = {"a.one", "a.two", "b.one", "c"};

    /** An event of the list. */
    private record Row(long offset, long millis, String topic) {
        String text() {
            return offset + "=e" + offset;
        }
    }

    @TempDir Path directory;
    private final List<Row> rows = new ArrayList<>();
    private TestLog log;
    private Random random;
    private long millis = 1_000;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @DisplayName("STO-1, STO-3, STO-4, STO-11 reads and tails of random logs agree with a list")
    void agrees(long seed) throws Exception {
        random = new Random(seed);
        log = new TestLog(directory);
        Wakeups wakeups = new Wakeups(directory.resolve(SegmentName.FOLDER));
        List<String> followed = new ArrayList<>();
        try (LogTail tail =
                LogTail.open(
                        log.context,
                        TailOptions.from(Position.start()),
                        wakeups,
                        ReadOut.NO_HINTS)) {
            for (int step = 0; step < 60; step++) {
                change();
                if (random.nextInt(3) == 0) {
                    readAtRandom(step);
                }
                for (int n = random.nextInt(12); n > 0; n--) {
                    follow(tail, followed);
                }
            }
            while (follow(tail, followed)) {
                // to the end
            }
        } finally {
            wakeups.close();
        }
        assertThat(followed).isEqualTo(texts(rows, row -> true));
    }

    private static boolean follow(LogTail tail, List<String> followed) throws InterruptedException {
        StoredEvent event = tail.next(Duration.ZERO);
        if (event != null) {
            followed.add(event.offset().value() + "=" + event.event().id());
        }
        return event != null;
    }

    private void change() throws IOException {
        millis += random.nextInt(3) * 10L;
        log.at(millis);
        int kind = random.nextInt(10);
        if (kind == 0) {
            log.roll();
        } else if (kind == 1) {
            log.skip(random.nextInt(5));
        } else {
            int events = 1 + random.nextInt(random.nextInt(6) == 0 ? 400 : 6);
            String[] lines = new String[events];
            for (int i = 0; i < events; i++) {
                Row row =
                        new Row(log.endOffset() + i, millis, TOPICS[random.nextInt(TOPICS.length)]);
                rows.add(row);
                String pad = random.nextInt(40) == 0 ? " ".repeat(random.nextInt(30_000)) : "";
                lines[i] = TestLog.line("e" + row.offset, row.topic) + pad;
            }
            log.lines(lines);
        }
    }

    private void readAtRandom(int step) {
        boolean backward = random.nextBoolean();
        long end = log.endOffset();
        long boundary;
        Position from;
        switch (random.nextInt(5)) {
            case 0 -> {
                from = Position.start();
                boundary = rows.isEmpty() ? end : rows.get(0).offset;
            }
            case 1 -> {
                from = Position.end();
                boundary = end;
            }
            case 2 -> {
                boundary = random.nextLong(end + 3);
                from = Position.at(Offset.of(boundary));
            }
            case 3 -> {
                long time = 1_000 + random.nextInt((int) (millis - 900));
                from = Position.at(Instant.ofEpochMilli(time));
                boundary =
                        rows.stream()
                                .filter(r -> r.millis >= time)
                                .mapToLong(Row::offset)
                                .min()
                                .orElse(end);
            }
            default -> {
                int n = random.nextInt(rows.size() + 2);
                from = Position.last(n);
                boundary = n == 0 ? end : n >= rows.size() ? 0 : rows.get(rows.size() - n).offset;
            }
        }
        boolean topicsOnly = random.nextBoolean();
        Selection selection =
                topicsOnly ? Selection.builder().pattern("a.*").build() : Selection.all();
        long limit = random.nextInt(3) == 0 ? random.nextInt(20) : Long.MAX_VALUE;
        List<String> expected =
                texts(
                        rows,
                        r ->
                                (backward ? r.offset < boundary : r.offset >= boundary)
                                        && (!topicsOnly || r.topic.startsWith("a.")));
        if (backward) {
            Collections.reverse(expected);
        }
        expected = expected.subList(0, (int) Math.min(limit, expected.size()));
        ReadOptions options = new ReadOptions(from, backward, limit, selection, problem -> {});
        String what = "step " + step + " " + options;
        assertThat(ReadOut.of(log, options).events()).as(what).isEqualTo(expected);
        assertThat(ReadOut.count(log, options, new ArrayList<>()))
                .as(what)
                .isEqualTo(expected.size());
    }

    private static List<String> texts(List<Row> rows, Predicate<Row> which) {
        List<String> texts = new ArrayList<>();
        for (Row row : rows) {
            if (which.test(row)) {
                texts.add(row.text());
            }
        }
        return texts;
    }
}
