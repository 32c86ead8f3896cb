// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Appends that whoever has made them waits for, over a log in memory. */
@Timeout(60)
class CommitterAwaitTest {

    private static final int LONG = 8;

    private final PlainLog log = new PlainLog();
    private final Committer committer = new Committer(log);
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch reached = new CountDownLatch(1);

    @AfterEach
    void end() {
        held.countDown();
        committer.close();
    }

    private FileAppend append(String line, Level level) {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        return committer.appendAwaited(bytes, bytes.length, 1, level);
    }

    /** Has the writer thread stand in a write until the latch is open. */
    private void holdWriter() throws InterruptedException {
        log.writing =
                () -> {
                    reached.countDown();
                    awaitHeld();
                };
        byte[] bytes = "{0}\n".getBytes(StandardCharsets.UTF_8);
        committer.append(bytes, bytes.length, 1, Level.OS);
        assertThat(reached.await(LONG, TimeUnit.SECONDS)).isTrue();
    }

    private void awaitHeld() {
        try {
            held.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Level.class,
            names = {"OS", "DISK"})
    @DisplayName("STO-2 whoever waits writes it, and no other thread is woken for that")
    void writesHere(Level level) throws Exception {
        CompletableFuture<Thread> writer = new CompletableFuture<>();
        log.writing = () -> writer.complete(Thread.currentThread());
        FileAppend append = append("{1}", level);
        assertThat(log.lines()).isEmpty();
        assertThat(append.await(level, Duration.ZERO)).isTrue();
        assertThat(writer).isCompletedWithValue(Thread.currentThread());
        assertThat(log.lines()).containsExactly("{1}");
        assertThat(append.isDone(level)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = Level.class,
            names = {"OS", "DISK"})
    @DisplayName("STO-2 what is waited for in vain is written, and forced, by the store's threads")
    void limit(Level level) throws Exception {
        holdWriter();
        FileAppend append = append("{1}", level);
        assertThat(append.await(level, Duration.ofMillis(5))).isFalse();
        held.countDown();
        assertThat(append.reached(level).toCompletableFuture().get(LONG, TimeUnit.SECONDS).value())
                .isEqualTo(1);
    }

    @Test
    @DisplayName("STO-7 who waits for another process keeps its limit and heeds interrupts")
    void heldElsewhere() throws Exception {
        CompletableFuture<Thread> writer = new CompletableFuture<>();
        log.heldElsewhere = true;
        log.writing =
                () -> {
                    writer.complete(Thread.currentThread());
                    awaitHeld();
                };
        FileAppend append = append("{1}", Level.OS);
        assertThat(append.await(Level.OS, Duration.ofMillis(5))).isFalse();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> append.await(Level.OS, Duration.ZERO))
                .isInstanceOf(InterruptedException.class);
        held.countDown();
        assertThat(append.await(Level.OS, Duration.ZERO)).isTrue();
        assertThat(writer.get(LONG, TimeUnit.SECONDS).getName()).isEqualTo("jitney-store-writer");
    }

    @Test
    @DisplayName("STO-2 an interrupt ends the wait, and not the append")
    void interrupted() throws Exception {
        holdWriter();
        FileAppend append = append("{1}", Level.OS);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> append.await(Level.OS, Duration.ZERO))
                .isInstanceOf(InterruptedException.class);
        held.countDown();
        assertThat(
                        append.reached(Level.OS)
                                .toCompletableFuture()
                                .get(LONG, TimeUnit.SECONDS)
                                .value())
                .isEqualTo(1);
    }

    @Test
    @DisplayName("STO-2 who waits for room gets it, though none of those before has begun to wait")
    void room() throws Exception {
        String mib = "m".repeat((1 << 20) - 1);
        CompletableFuture<Void> all =
                CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; i < 12; i++) {
                                append(mib, Level.OS);
                            }
                        });
        all.get(LONG, TimeUnit.SECONDS);
        committer.close();
        assertThat(log.lines()).hasSize(12);
    }
}
