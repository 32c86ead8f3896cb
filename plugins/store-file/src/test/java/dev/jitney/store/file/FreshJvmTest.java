// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Level;
import dev.jitney.event.Selection;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.ReadOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a short program loads on its way through a store: each of these would cost it from one to
 * ten milliseconds, of some hundred. Found by having a process of its own tell what it loads.
 */
class FreshJvmTest {

    private static final List<String> NOT_NEEDED =
            List.of(
                    "java.lang.ProcessHandle",
                    "java.lang.System$Logger",
                    "java.time.format.DateTimeFormatter",
                    "java.util.Formatter",
                    "java.util.regex.Pattern",
                    own("Failures"),
                    own("FileCursors"),
                    own("IndexBuilder"),
                    own("NewDirectory"),
                    own("Pace"),
                    own("PseudoRegions"),
                    own("Recovery"),
                    own("Upkeep"),
                    own("Wakeups"));

    private static final ReadOptions NOTHING =
            ReadOptions.forward().withSelection(Selection.builder().pattern("nothing.*").build());

    @TempDir Path directory;

    /** Reads the newest event, asks for a topic that is not there, and appends an event. */
    static final class Program {

        private Program() {}

        public static void main(String[] args) {
            try (EventStore store = open(args[0])) {
                StoredEvent newest = first(store, ReadOptions.newestFirst().withLimit(1));
                if (newest == null || first(store, NOTHING) != null) {
                    throw new AssertionError("another log was expected");
                }
                store.appendAndWait(List.of(newest.event()), Level.DISK, Duration.ZERO);
            }
            System.out.println("done");
        }

        private static EventStore open(String directory) {
            return Contexts.open(Path.of(directory), InstantSource.system());
        }

        private static StoredEvent first(EventStore store, ReadOptions options) {
            try (EventReader reader = store.read(options)) {
                return reader.next();
            }
        }
    }

    @Test
    @DisplayName("a short program loads neither what is rare nor what is slow to load")
    void loadsLittle() throws Exception {
        try (EventStore store = StoreChildren.open(directory, "segment-size", "4096")) {
            for (int i = 0; i < 20; i++) {
                store.appendAndWait(
                        List.of(StoreChildren.event("test", i, 500)), Level.DISK, Duration.ZERO);
            }
            assertThat(Program.first(store, NOTHING)).isNull(); // makes the indexes
        }

        List<String> lines = run();

        assertThat(lines).contains("done");
        List<String> loaded =
                lines.stream()
                        .filter(line -> line.contains(" source: "))
                        .map(line -> line.substring(0, line.indexOf(' ')))
                        .toList();
        assertThat(loaded).contains(own("LogWriter"), own("SegmentIndex"));
        assertThat(loaded).doesNotContainAnyElementsOf(NOT_NEEDED);
    }

    private static String own(String name) {
        return FreshJvmTest.class.getPackageName() + "." + name;
    }

    private List<String> run() throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xlog:class+load:stdout:none",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Program.class.getName(),
                                directory.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            byte[] said = process.getInputStream().readAllBytes();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            return new String(said, StandardCharsets.UTF_8).lines().toList();
        } finally {
            process.destroyForcibly();
        }
    }
}
