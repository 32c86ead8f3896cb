// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Nobody who asks waits for a thread of the store that rests: here their rests last an hour, so
 * that one who did would wait until the test is given up.
 */
@Timeout(60)
class CommitterRestTest {

    private static final long HOUR = TimeUnit.HOURS.toNanos(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int ROUNDS = Integer.getInteger("stress.rounds", 5_000);

    private final PlainLog log = new PlainLog();
    private final Committer committer = new Committer(log, HOUR, HOUR);

    @AfterEach
    void end() {
        committer.close();
    }

    private FileAppend append(Level level) {
        byte[] bytes = "{}\n".getBytes(StandardCharsets.UTF_8);
        return committer.append(bytes, bytes.length, 1, level);
    }

    private static long get(FileAppend append, Level level) throws Exception {
        return append.reached(level)
                .toCompletableFuture()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .value();
    }

    @Test
    @DisplayName("STO-2 who asks to be told of the disk ends the rest after a force")
    void theDiskIsReachedWhenItIsAskedFor() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            assertThat(get(append(Level.DISK), Level.DISK)).isEqualTo(i);
        }
    }

    @Test
    @DisplayName("STO-2 who asks of an append that was wanted at OS only ends the rest too")
    void theDiskIsReachedWhenItIsAskedForLater() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            FileAppend append = append(Level.OS);
            assertThat(get(append, Level.OS)).isEqualTo(i);
            assertThat(get(append, Level.DISK)).isEqualTo(i);
        }
    }

    @Test
    @DisplayName("STO-2 who waits for an append writes what the resting writer has left")
    void whoWaitsWrites() throws Exception {
        byte[] bytes = "{}\n".getBytes(StandardCharsets.UTF_8);
        List<FileAppend> stream = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            stream.add(append(Level.OS));
        }

        long last = committer.appendAndWait(bytes, bytes.length, 1, Level.OS, PATIENCE).value();

        assertThat(last).isEqualTo(ROUNDS);
        assertThat(log.lines()).hasSize(ROUNDS + 1);
        for (FileAppend append : stream) {
            assertThat(append.isDone(Level.OS)).isTrue();
        }
    }

    @Test
    @DisplayName("STO-2 closing writes and forces what was appended in a rest")
    void closingEndsTheRests() {
        List<FileAppend> stream = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            stream.add(append(Level.DISK));
        }

        committer.close();

        assertThat(log.lines()).hasSize(ROUNDS);
        assertThat(log.durable()).isEqualTo(ROUNDS);
        for (FileAppend append : stream) {
            assertThat(append.isDone(Level.DISK)).isTrue();
            assertThat(append.failure(Level.DISK)).isNull();
        }
    }
}
