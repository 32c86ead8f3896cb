// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cursor and a log that lose power together. */
class CursorPowerLossTest {

    private static final int SEEDS = 20;

    @TempDir Path directory;

    @Test
    @DisplayName(
            "DSU-2 after a loss of power no cursor is ahead of its log, so that nothing stored next is missed")
    void noCursorIsAhead() throws IOException {
        int ahead = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            for (int events : new int[] {1, 5, 30}) {
                String when = events + " events, seed " + seed;
                assertThat(endAfterPowerLoss(seed, events, true))
                        .as(when)
                        .isGreaterThanOrEqualTo(events);
                if (endAfterPowerLoss(seed, events, false) < events) {
                    ahead++;
                }
            }
        }
        assertThat(ahead).as("logs that lose events which no cursor was saved for").isPositive();
    }

    /** Returns the offset that the next event has after the loss. */
    private long endAfterPowerLoss(long seed, int events, boolean save) throws IOException {
        SimulatedDisk disk = new SimulatedDisk(seed);
        StoreContext context = context(disk);
        StoreCore core = new StoreCore(context);
        for (int n = 0; n < events; n++) {
            append(core, "{\"n\":" + n + ",\"f\":\"" + "x".repeat(500) + "\"}");
        }
        if (save) {
            new FileCursors(context, () -> events, core.cursorLocks())
                    .save("mail", Offset.of(events));
        }
        SimulatedDisk restarted = disk.afterPowerLoss();
        StoreCore again = new StoreCore(context(restarted));
        long next = append(again, "{\"n\":\"new\"}").value();
        again.close();
        core.cursorLocks().close();
        return next;
    }

    private StoreContext context(Disk disk) {
        StoreConfig config =
                new StoreConfig(
                        directory.resolve("bus"),
                        true,
                        "test",
                        4 << 10,
                        1 << 20,
                        Duration.ofSeconds(5),
                        StoreConfig.RetentionRule.NONE,
                        false);
        BusDirectory bus = BusDirectory.open(config, Instant.EPOCH);
        return new StoreContext(disk, bus, config, TestFormats.none(), InstantSource.system());
    }

    private static Offset append(StoreCore core, String line) {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        return core.committer().appendAndWait(bytes, bytes.length, 1, Level.OS, Duration.ZERO);
    }
}
