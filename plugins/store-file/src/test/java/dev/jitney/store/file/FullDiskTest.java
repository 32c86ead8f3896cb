// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.StoreException;
import dev.jitney.spi.StoreFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file system of the machine that really runs full, where one can be mounted. */
class FullDiskTest {

    @TempDir(factory = TargetDir.class)
    Path temp;

    @Test
    @DisplayName("STO-9 a full disk is named, loses nothing acknowledged, and is got over")
    void fullDisk() throws Exception {
        // Mounted for the other process alone: the mount is gone with it, whatever happens.
        List<String> runner = List.of("unshare", "--mount", "--propagation", "private");
        String result;
        try (StoreChild child = StoreChild.startIn(runner, Child.class, temp)) {
            result = child.line();
        } catch (IOException e) {
            result = null; // there is no such command
        }
        boolean mounted = result != null && !result.equals("NOT MOUNTED");
        if (!mounted) {
            System.out.println("FullDiskTest is skipped: this user cannot mount a tmpfs");
        }
        assumeTrue(mounted, "this user cannot mount a tmpfs");
        assertThat(result).isEqualTo("DONE");
    }

    /** Mounts a small file system and fills it. */
    static final class Child {
        public static void main(String[] args) throws Exception {
            Path folder = Path.of(args[0]);
            if (!run("mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", args[0])) {
                System.out.println("NOT MOUNTED");
                return;
            }
            try {
                // Wherever the space ends: in the log, in a new sidecar, in a new log.
                for (int round = 0; round < 4; round++) {
                    fillAndRecover(folder, round);
                }
                System.out.println("DONE");
            } catch (RuntimeException | AssertionError e) {
                System.out.println(e.toString().replace('\n', ' '));
                throw e;
            }
        }
    }

    private static void fillAndRecover(Path folder, int round) throws Exception {
        Path filler = Files.write(folder.resolve("filler"), new byte[200_000 + 4096 * round]);
        Path bus = folder.resolve("bus" + round);
        Map<Long, String> acknowledged = fill(bus, 700 + 211 * round);
        assertThat(acknowledged).hasSizeGreaterThan(50);
        Files.write(filler, new byte[0]);
        long last = append(bus, "after");
        acknowledged.put(last, "after");
        ReadBack found = new ReadBack(new NioDisk(bus));
        assertThat(found.problems).isEmpty();
        acknowledged.forEach((offset, text) -> assertThat(found.lines.get(offset)).contains(text));
        assertThat(found.lines.lastKey()).isEqualTo(last);
        assertThat(run("rm", "-r", bus.toString())).isTrue();
        System.gc(); // files that are mapped keep their space
    }

    private static Map<Long, String> fill(Path bus, int bytes) {
        Map<Long, String> acknowledged = new HashMap<>();
        try (EventStore store = StoreChildren.open(bus, "segment-size", "64k")) {
            StoreException failure = null;
            for (int i = 0; failure == null; i++) {
                try {
                    acknowledged.put(append(store, i, bytes), "\"" + i + ":xx");
                } catch (StoreException e) {
                    failure = e;
                }
            }
            assertThat(failure)
                    .isInstanceOf(StoreFailedException.class)
                    .hasMessage(
                            "'"
                                    + bus
                                    + "' could not be written to: the disk is full. Nothing that was"
                                    + " acknowledged is lost; free some space and open the store"
                                    + " again.");
            assertThatThrownBy(() -> append(store, 0, 10))
                    .isInstanceOf(StoreFailedException.class)
                    .hasMessage(
                            "'"
                                    + bus
                                    + "' takes no more events since a write has failed: "
                                    + failure.getMessage())
                    .hasCause(failure);
            assertThat(store.end().value()).isEqualTo(acknowledged.size());
        }
        return acknowledged;
    }

    private static long append(EventStore store, int number, int bytes) {
        List<Event> event = List.of(StoreChildren.event("me", number, bytes));
        return store.appendAndWait(event, Level.OS, Duration.ofSeconds(30)).value();
    }

    private static long append(Path bus, String text) {
        try (EventStore store = StoreChildren.open(bus, "segment-size", "64k")) {
            Event event = Event.builder("stress.event").source("me").payload(text).build();
            return store.appendAndWait(List.of(event), Level.DISK, Duration.ofSeconds(30)).value();
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // there is no such command
        }
    }
}
