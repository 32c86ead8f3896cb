// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static dev.jitney.store.file.TestLog.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.Position;
import dev.jitney.spi.TailOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LogTailTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir Path directory;
    private TestLog log;
    private Wakeups wakeups;
    private ExecutorService other;
    private final List<String> problems = new ArrayList<>();

    @BeforeEach
    void begin() throws IOException {
        log = new TestLog(directory);
        wakeups = new Wakeups(directory.resolve(SegmentName.FOLDER));
        other = Executors.newSingleThreadExecutor();
    }

    @AfterEach
    void end() {
        wakeups.close();
        other.shutdownNow();
    }

    @Test
    @DisplayName("STO-4 a tail gives what is there and then waits for more, over rolls")
    void overRolls() throws Exception {
        log.events("a", "b");
        try (LogTail tail = tail(Position.start())) {
            assertThat(all(tail)).containsExactly("#0=a", "#1=b");
            log.roll();
            assertThat(all(tail)).isEmpty();
            log.events("c");
            assertThat(all(tail)).containsExactly("#2=c");
            log.events("d");
            log.roll();
            log.events("e");
            log.roll();
            log.roll();
            log.events("f");
            assertThat(all(tail)).containsExactly("#3=d", "#4=e", "#5=f");
            assertThat(tail.position()).isEqualTo(Offset.of(6));
        }
        assertThat(problems).isEmpty();
    }

    @Test
    @DisplayName("STO-4 a tail begins at any position")
    void positions() throws Exception {
        log.at(1_000).events("a", "b");
        log.roll();
        log.at(2_000).events("c");
        assertThat(all(Position.start())).containsExactly("#0=a", "#1=b", "#2=c");
        assertThat(all(Position.end())).isEmpty();
        assertThat(all(Position.at(Offset.of(1)))).containsExactly("#1=b", "#2=c");
        assertThat(all(Position.last(2))).containsExactly("#1=b", "#2=c");
        assertThat(all(Position.at(Instant.ofEpochMilli(1_001)))).containsExactly("#2=c");
        assertThat(problems).isEmpty();
    }

    @Test
    @DisplayName(
            "STO-4, STO-11 a tail from an offset or a time to come passes over what is before it")
    void future() throws Exception {
        log.at(1_000).events("a");
        try (LogTail byOffset = tail(Position.at(Offset.of(3)));
                LogTail byTime = tail(Position.at(Instant.ofEpochMilli(3_000)))) {
            assertThat(byOffset.position()).isEqualTo(Offset.of(3));
            log.at(2_000).events("b");
            assertThat(all(byOffset)).isEmpty();
            assertThat(all(byTime)).isEmpty();
            log.at(3_000).events("c", "d");
            log.events("e");
            assertThat(all(byOffset)).containsExactly("#3=d", "#4=e");
            assertThat(all(byTime)).containsExactly("#2=c", "#3=d", "#4=e");
        }
        assertThat(problems).isEmpty();
    }

    @Test
    @DisplayName(
            "STO-4 a tail is opened before anything is: it begins at 0 and waits for the folder too")
    void nothingYet() throws Exception {
        try (LogTail tail = tail(Position.end())) {
            assertThat(tail.position()).isEqualTo(Offset.ZERO);
            Future<String> next = other.submit(() -> text(tail.next(LONG)));
            log.events("a");
            assertThat(next.get(30, TimeUnit.SECONDS)).isEqualTo("#0=a");
        }
    }

    @Test
    @DisplayName(
            "STO-1, STO-4 a batch that is half written, or written and not committed, is waited for")
    void halfWritten() throws Exception {
        log.events("a");
        try (LogTail tail = tail(Position.end())) {
            byte[] text = (line("b") + "\n" + line("c")).getBytes(StandardCharsets.UTF_8);
            TestLog.Batch batch = log.write(2, text);
            log.truncate(log.tail().log(), batch.position() + 20);
            assertThat(tail.next(Duration.ZERO)).isNull();
            log.write(2, text);
            assertThat(tail.next(Duration.ZERO)).isNull();
            // The system tells of bytes, never of the commit.
            Future<String> next = other.submit(() -> text(tail.next(LONG)));
            log.commit(batch);
            assertThat(next.get(30, TimeUnit.SECONDS)).isEqualTo("#1=b");
            assertThat(all(tail)).containsExactly("#2=c");
        }
    }

    @Test
    @DisplayName("STO-4 a tail that waits is given each of many events, once and in order")
    void many() throws Exception {
        int batches = 3_000;
        try (LogTail tail = tail(Position.end())) {
            Callable<List<Long>> reading =
                    () -> {
                        List<Long> offsets = new ArrayList<>();
                        while (offsets.size() < 2 * batches) {
                            StoredEvent event = tail.next(LONG);
                            assertThat(event).isNotNull();
                            assertThat(event.event().id()).isEqualTo("e" + event.offset().value());
                            offsets.add(event.offset().value());
                        }
                        return offsets;
                    };
            Future<List<Long>> read = other.submit(reading);
            for (int i = 0; i < batches; i++) {
                log.events("e" + 2 * i, "e" + (2 * i + 1));
                if (i % 100 == 99) {
                    log.roll();
                }
            }
            List<Long> offsets = read.get(50, TimeUnit.SECONDS);
            for (int i = 0; i < offsets.size(); i++) {
                assertThat(offsets.get(i)).isEqualTo(i);
            }
        }
        assertThat(problems).isEmpty();
    }

    @Test
    @DisplayName(
            "STO-4 a tail whose position was removed goes on at the next event and reports the gap")
    void removed() throws Exception {
        log.events("a", "b");
        SegmentName first = log.roll();
        log.events("c");
        log.remove(first);
        assertThat(all(Position.at(Offset.of(1)))).containsExactly("#2=c");
        assertThat(problems)
                .containsExactly("The events from #1 to #1 were removed by purge or retention.");
    }

    @Test
    @DisplayName(
            "STO-4 a tail that is overtaken by retention reads on what it has open, then reports the gap")
    void overtaken() throws Exception {
        log.events("a");
        log.events("b");
        SegmentName first = log.roll();
        log.events("c");
        SegmentName second = log.roll();
        log.events("d");
        try (LogTail tail = tail(Position.start())) {
            assertThat(text(tail.next(Duration.ZERO))).isEqualTo("#0=a");
            log.remove(first);
            log.remove(second);
            assertThat(all(tail)).containsExactly("#1=b", "#3=d");
        }
        assertThat(problems)
                .containsExactly("The events from #2 to #2 were removed by purge or retention.");
    }

    @Test
    @DisplayName(
            "STO-4, STO-6 a tail goes on in a segment that a purge writes again, and reports what is gone")
    void purged() throws Exception {
        log.events("a");
        SegmentName first = log.roll();
        log.events("b", "c");
        SegmentName second = log.roll();
        log.events("d");
        try (LogTail tail = tail(Position.start())) {
            assertThat(text(tail.next(Duration.ZERO))).isEqualTo("#0=a");
            log.rewrite(first, 1, () -> {});
            log.rewrite(
                    second,
                    3,
                    () -> {
                        log.skip(1);
                        log.events("c");
                    });
            assertThat(all(tail)).containsExactly("#2=c", "#3=d");
        }
        assertThat(problems)
                .containsExactly("The events from #1 to #1 were removed by purge or retention.");
    }

    @Test
    @DisplayName("STO-4 a tail whose seal is damaged goes on all the same")
    void damagedSeal() throws Exception {
        log.events("a");
        SegmentName first = log.roll();
        log.damageSlot(first, 1);
        log.events("b");
        try (LogTail tail = tail(Position.start())) {
            assertThat(text(tail.next(LONG))).isEqualTo("#0=a");
            assertThat(text(tail.next(LONG))).isEqualTo("#1=b");
        }
    }

    @Test
    @DisplayName("STO-4, STO-8 a tail reports a damaged line and goes on behind it")
    void damaged() throws Exception {
        TestLog.Batch batch = log.events("a", "b", "c");
        log.overwrite(
                log.tail(),
                batch.position() + line("a").length() + 3,
                "?".getBytes(StandardCharsets.UTF_8));
        try (LogTail tail = tail(Position.start())) {
            assertThat(all(tail)).containsExactly("#0=a", "#2=c");
            log.events("d");
            assertThat(all(tail)).containsExactly("#3=d");
        }
        assertThat(problems).hasSize(1);
        assertThat(problems.get(0)).startsWith("The line is not an event: ");
    }

    @Test
    @DisplayName("STO-8 a tail follows a log whose commit records are missing, line by line")
    void noSidecar() throws Exception {
        log.events("a");
        log.disk.delete(log.tail().sidecar());
        try (LogTail tail = tail(Position.start())) {
            assertThat(all(tail)).containsExactly("#0=a");
            TestLog.Batch half = log.write(1, line("b").getBytes(StandardCharsets.UTF_8));
            long end = half.position() + half.length();
            log.truncate(log.tail().log(), end - 5);
            assertThat(all(tail)).isEmpty();
            log.write(1, line("b").getBytes(StandardCharsets.UTF_8));
            assertThat(all(tail)).containsExactly("#1=b");
        }
        assertThat(problems).hasSize(1);
    }

    @Test
    @DisplayName("STO-4 only what is selected is returned; the position moves over the rest")
    void selection() throws Exception {
        log.lines(line("a", "x.y"), line("b"), line("c", "x.y"), line("d"));
        TailOptions options =
                TailOptions.from(Position.start())
                        .withSelection(Selection.builder().pattern("x.*").build());
        try (LogTail tail = LogTail.open(log.context, options, wakeups, ReadOut.NO_HINTS)) {
            assertThat(text(tail.next(Duration.ZERO))).isEqualTo("#0=a");
            assertThat(tail.position()).isEqualTo(Offset.of(1));
            assertThat(text(tail.next(Duration.ZERO))).isEqualTo("#2=c");
            assertThat(tail.position()).isEqualTo(Offset.of(3));
            assertThat(tail.next(Duration.ZERO)).isNull();
            assertThat(tail.position()).isEqualTo(Offset.of(4));
        }
    }

    @Test
    @DisplayName("STO-4 an interrupt ends the wait and loses nothing, at whatever moment it comes")
    void interrupted() throws Exception {
        log.events("a", "b");
        log.roll();
        log.events("c");
        try (LogTail tail = tail(Position.start())) {
            List<String> seen = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> tail.next(LONG)).isInstanceOf(InterruptedException.class);
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
                seen.add(text(tail.next(LONG)));
            }
            assertThat(seen).containsExactly("#0=a", "#1=b", "#2=c");
        }
    }

    @Test
    @DisplayName(
            "STO-4 interrupts that come while a tail reads and waits lose nothing and repeat nothing")
    void interruptedWhileReading() throws Exception {
        try (LogTail tail = tail(Position.start())) {
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 4_000; i++) {
                expected.add("#" + i + "=e" + i);
            }
            Thread[] reader = new Thread[1];
            Future<List<String>> read =
                    other.submit(
                            () -> {
                                synchronized (reader) {
                                    reader[0] = Thread.currentThread();
                                    reader.notifyAll();
                                }
                                List<String> seen = new ArrayList<>();
                                while (seen.size() < 4_000) {
                                    try {
                                        seen.add(text(tail.next(LONG)));
                                    } catch (InterruptedException e) {
                                        // read on
                                    }
                                }
                                return seen;
                            });
            synchronized (reader) {
                while (reader[0] == null) {
                    reader.wait();
                }
            }
            for (int i = 0; i < 4_000; i += 4) {
                log.events("e" + i, "e" + (i + 1), "e" + (i + 2), "e" + (i + 3));
                if (i % 12 == 0) {
                    reader[0].interrupt();
                }
                if (i % 400 == 0) {
                    log.roll();
                }
            }
            assertThat(read.get(50, TimeUnit.SECONDS)).isEqualTo(expected);
        }
    }

    @Test
    @DisplayName("STO-4 closing a tail ends the wait of another thread")
    void closedWhileWaiting() throws Exception {
        log.events("a");
        LogTail tail = tail(Position.end());
        Future<StoredEvent> next = other.submit(() -> tail.next(Duration.ofDays(99_999)));
        assertThat(next.isDone()).isFalse();
        tail.close();
        assertThat(next.get(30, TimeUnit.SECONDS)).isNull();
        tail.close();
        assertThat(tail.next(LONG)).isNull();
    }

    @Test
    @DisplayName("STO-4 several tails of one store share one watch, and each gets everything")
    void shared() throws Exception {
        log.events("a");
        ExecutorService pool = Executors.newFixedThreadPool(5);
        List<LogTail> tails = new ArrayList<>();
        try {
            List<Future<Integer>> counts = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                LogTail tail = tail(Position.end());
                tails.add(tail);
                counts.add(
                        pool.submit(
                                () -> {
                                    int n = 0;
                                    while (n < 500 && tail.next(LONG) != null) {
                                        n++;
                                    }
                                    return n;
                                }));
            }
            for (int i = 0; i < 500; i++) {
                log.events("e" + i);
            }
            for (Future<Integer> count : counts) {
                assertThat(count.get(50, TimeUnit.SECONDS)).isEqualTo(500);
            }
        } finally {
            tails.forEach(LogTail::close);
            pool.shutdownNow();
        }
    }

    @Test
    @DisplayName("STO-4 where no watch is to be had, looking now and then does")
    void unwatched() throws Exception {
        wakeups.close();
        log.events("a");
        try (LogTail tail = tail(Position.end())) {
            Future<String> next = other.submit(() -> text(tail.next(LONG)));
            log.events("b");
            assertThat(next.get(30, TimeUnit.SECONDS)).isEqualTo("#1=b");
            assertThat(wakeups.watching()).isFalse();
        }
    }

    private LogTail tail(Position from) {
        TailOptions options = TailOptions.from(from).withOnProblem(p -> problems.add(p.reason()));
        return LogTail.open(log.context, options, wakeups, ReadOut.NO_HINTS);
    }

    private List<String> all(Position from) throws InterruptedException {
        try (LogTail tail = tail(from)) {
            return all(tail);
        }
    }

    private static List<String> all(LogTail tail) throws InterruptedException {
        List<String> seen = new ArrayList<>();
        StoredEvent event = tail.next(Duration.ZERO);
        while (event != null) {
            seen.add(text(event));
            event = tail.next(Duration.ZERO);
        }
        return seen;
    }

    private static String text(StoredEvent event) {
        return event == null ? "nothing" : event.offset() + "=" + event.event().id();
    }
}
