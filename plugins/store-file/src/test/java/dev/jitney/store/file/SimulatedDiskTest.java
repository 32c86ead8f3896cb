// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.spi.StoreException;
import dev.jitney.store.file.SimulatedDisk.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short run over small segments, with a fault at every single step of it. */
class SimulatedDiskTest {

    private static final int APPENDS = 30;
    private static final int SEEDS = 3;
    private static final String NEW = "{\"n\":\"new\"}";

    @TempDir Path directory;

    /** What one run did before it was stopped. */
    private static final class Run {
        final List<List<String>> batches = new ArrayList<>();
        final Map<Integer, Long> disk = new HashMap<>();
        final Map<Integer, Long> os = new HashMap<>();
        StoreException failure;
    }

    @Test
    @DisplayName(
            "STO-2, STO-8 what was acknowledged at DISK survives a loss of power at every step")
    void diskSurvivesLossOfPower() throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) {
            int steps = stepsOf(seed);
            for (int at = 0; at < steps; at++) {
                SimulatedDisk disk = new SimulatedDisk(seed);
                disk.strike(Fault.POWER_LOSS, at);
                Run run = run(disk, seed);
                SimulatedDisk restarted = disk.afterPowerLoss();
                ReadBack found = reopen(restarted);
                check(run, run.disk, found, "power lost at step " + at + ", seed " + seed);
            }
        }
    }

    @Test
    @DisplayName("STO-2, STO-8 what was acknowledged at OS survives a kill at every step")
    void osSurvivesKill() throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) {
            int steps = stepsOf(seed);
            for (int at = 0; at < steps; at++) {
                SimulatedDisk disk = new SimulatedDisk(seed);
                disk.strike(Fault.KILL, at);
                Run run = run(disk, seed);
                ReadBack found = reopen(disk.afterKill());
                check(run, run.os, found, "killed at step " + at + ", seed " + seed);
            }
        }
    }

    @Test
    @DisplayName("STO-8 a second loss of power during recovery loses nothing either")
    void recoverySurvivesLossOfPower() throws IOException {
        Random random = new Random(7);
        int steps = stepsOf(1);
        for (int round = 0; round < 300; round++) {
            SimulatedDisk disk = new SimulatedDisk(1);
            disk.strike(Fault.POWER_LOSS, random.nextInt(steps));
            Run run = run(disk, 1);
            SimulatedDisk second = disk.afterPowerLoss();
            second.strike(Fault.POWER_LOSS, random.nextInt(40));
            try {
                reopen(second);
                continue; // recovery was over before the fault struck
            } catch (SimulatedDisk.Stopped e) {
                // as meant
            }
            check(run, run.disk, reopen(second.afterPowerLoss()), "round " + round);
        }
    }

    @Test
    @DisplayName(
            "STO-9 after a failed force nothing more is appended, and nothing acknowledged is lost")
    void failedForceStopsTheStore() throws IOException {
        int steps = stepsOf(2);
        int failures = 0;
        for (int at = 0; at < steps; at++) {
            SimulatedDisk disk = new SimulatedDisk(2);
            disk.strike(Fault.FORCE_FAILS, at);
            Run run = run(disk, 2);
            if (run.failure == null) {
                continue;
            }
            failures++;
            assertThat(run.failure).hasMessageContaining("Input/output error");
            check(run, run.disk, reopen(disk.afterPowerLoss()), "force failed at step " + at);
        }
        assertThat(failures).as("forces that were made to fail").isGreaterThan(10);
    }

    @Test
    @DisplayName("STO-9 a full disk is named, and nothing acknowledged is lost")
    void fullDiskLosesNothing() throws IOException {
        int steps = stepsOf(3);
        int failures = 0;
        for (int at = 0; at < steps; at++) {
            SimulatedDisk disk = new SimulatedDisk(3);
            disk.strike(Fault.DISK_FULL, at);
            Run run = run(disk, 3);
            if (run.failure == null) {
                continue;
            }
            failures++;
            assertThat(run.failure).hasMessageContaining("the disk is full");
            check(run, run.os, reopen(disk.afterKill()), "disk full at step " + at);
        }
        assertThat(failures).as("runs that met the full disk").isGreaterThan(10);
    }

    @Test
    @DisplayName("STO-2 a commit at DISK is one force, but for the first of a segment")
    void oneForceACommit() throws IOException {
        SimulatedDisk disk = new SimulatedDisk(5);
        StoreCore core = core(disk, 64 << 10);
        appendOne(core, "{\"first\":true}", Level.DISK); // its folder and the state file, too
        int before = disk.forces();
        for (int i = 0; i < 50; i++) {
            appendOne(core, "{\"i\":" + i + "}", Level.DISK);
        }
        assertThat(disk.forces() - before).isEqualTo(50);
        core.close();
    }

    // ---- the run --------------------------------------------------------------------------------

    private int stepsOf(long seed) throws IOException {
        SimulatedDisk disk = new SimulatedDisk(seed);
        Run run = run(disk, seed);
        assertThat(run.batches).hasSize(APPENDS);
        assertThat(run.failure).isNull();
        return disk.steps();
    }

    private Run run(SimulatedDisk disk, long seed) throws IOException {
        Random random = new Random(seed * 31 + 1);
        Run run = new Run();
        StoreCore core = core(disk, 4 << 10);
        try {
            for (int i = 0; i < APPENDS; i++) {
                List<String> batch = new ArrayList<>();
                int events = 1 + (random.nextInt(4) == 0 ? random.nextInt(4) : 0);
                for (int e = 0; e < events; e++) {
                    int filler = random.nextInt(10) == 0 ? 3000 : random.nextInt(600);
                    batch.add(
                            "{\"n\":\"" + i + "." + e + "\",\"f\":\"" + "x".repeat(filler) + "\"}");
                }
                run.batches.add(batch);
                Level level = random.nextInt(3) == 0 ? Level.DISK : Level.OS;
                long last = append(core, batch, level).value();
                run.os.put(i, last);
                if (level == Level.DISK) {
                    run.disk.put(i, last);
                    // DISK covers all that was written before it
                    run.disk.putAll(run.os);
                }
            }
        } catch (SimulatedDisk.Stopped e) {
            return run; // the process is gone: nothing is closed
        } catch (StoreException e) {
            run.failure = e;
            if (e.getCause() instanceof SimulatedDisk.Stopped) {
                run.failure = null;
                return run;
            }
            assertRefuses(core);
        }
        closeQuietly(core);
        return run;
    }

    private static void assertRefuses(StoreCore core) {
        try {
            appendOne(core, "{\"after\":true}", Level.OS);
        } catch (StoreException e) {
            assertThat(e).hasMessageContaining("takes no more events since a write has failed");
            return;
        }
        throw new AssertionError("STO-9: an append succeeded after a failed write or force");
    }

    /** A new process: recovers by appending one event, then everything is read back. */
    private ReadBack reopen(SimulatedDisk disk) throws IOException {
        StoreCore core = core(disk, 4 << 10);
        try {
            appendOne(core, NEW, Level.DISK);
        } catch (StoreException e) {
            if (e.getCause() instanceof SimulatedDisk.Stopped stopped) {
                throw stopped;
            }
            throw e;
        }
        closeQuietly(core);
        return new ReadBack(disk);
    }

    private static void check(
            Run run, Map<Integer, Long> acknowledged, ReadBack found, String when) {
        assertThat(found.problems).as(when).isEmpty();
        List<String> expected = new ArrayList<>();
        run.batches.forEach(expected::addAll);
        assertThat(found.lines.lastEntry().getValue()).as(when).isEqualTo(NEW);
        int kept = found.lines.size();
        while (kept > 0 && found.lines.get((long) kept - 1).equals(NEW)) {
            kept--; // one from each process that came after
        }
        assertThat(found.lines.keySet().stream().toList())
                .as(when + ": dense offsets")
                .isEqualTo(
                        java.util.stream.LongStream.range(0, found.lines.size()).boxed().toList());
        assertThat(new ArrayList<>(found.lines.headMap((long) kept).values()))
                .as(when + ": a prefix of what was appended")
                .isEqualTo(expected.subList(0, Math.min(kept, expected.size())));
        long highest = acknowledged.values().stream().mapToLong(Long::longValue).max().orElse(-1);
        assertThat((long) kept).as(when + ": acknowledged events").isGreaterThan(highest);
        int events = 0;
        for (List<String> batch : run.batches) {
            boolean half = kept > events && kept < events + batch.size();
            assertThat(half).as(when + ": half of the batch at offset " + events).isFalse();
            events += batch.size();
        }
    }

    private StoreCore core(Disk disk, long segmentBytes) {
        StoreConfig config =
                new StoreConfig(
                        directory.resolve("bus"),
                        true,
                        "test",
                        segmentBytes,
                        1 << 20,
                        Duration.ofSeconds(5),
                        StoreConfig.RetentionRule.NONE,
                        false);
        BusDirectory bus = BusDirectory.open(config, Instant.EPOCH);
        return new StoreCore(
                new StoreContext(disk, bus, config, TestFormats.none(), InstantSource.system()));
    }

    private static Offset appendOne(StoreCore core, String line, Level level) {
        return append(core, List.of(line), level);
    }

    private static Offset append(StoreCore core, List<String> lines, Level level) {
        byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        return core.committer()
                .appendAndWait(bytes, bytes.length, lines.size(), level, Duration.ZERO);
    }

    private static void closeQuietly(StoreCore core) {
        try {
            core.close();
        } catch (StoreException | SimulatedDisk.Stopped e) {
            // a store that has failed may fail to close
        }
    }
}
