// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Offset;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CursorProcessTest {

    @TempDir Path temp;

    @Test
    @DisplayName("STO-5 processes that save one cursor and are killed never move it back")
    void processesNeverMoveACursorBack() throws Exception {
        Path bus = temp.resolve("bus");
        StoreContext context = Contexts.of(bus, Contexts.format(), InstantSource.system());
        List<Process> savers = new ArrayList<>();
        long seen = 0;
        try (FileCursors cursors = new FileCursors(context, () -> Long.MAX_VALUE)) {
            for (int i = 0; i < 2; i++) {
                savers.add(start(bus, i));
            }
            for (Process saver : savers) {
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(
                                        saver.getInputStream(), StandardCharsets.US_ASCII));
                for (int i = 0; i < 100; i++) {
                    long saved = Long.parseLong(lines.readLine());
                    long found = cursors.find("shared").checkpoint().value();
                    assertThat(found).isGreaterThanOrEqualTo(Math.max(seen, saved));
                    seen = found;
                }
            }
            for (Process saver : savers) {
                saver.destroyForcibly().waitFor();
            }
            assertThat(cursors.find("shared").checkpoint().value()).isGreaterThanOrEqualTo(seen);
            long next = cursors.find("shared").checkpoint().value() + 1;
            assertThat(cursors.save("shared", Offset.of(next)).checkpoint().value())
                    .isEqualTo(next);
        } finally {
            savers.forEach(Process::destroyForcibly);
        }
    }

    private static Process start(Path bus, int first) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Saver.class.getName(),
                        bus.toString(),
                        String.valueOf(first))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Saves every other number until it is killed, and says so after each. */
    static final class Saver {
        public static void main(String[] args) throws IOException {
            StoreContext context =
                    Contexts.of(Path.of(args[0]), Contexts.format(), InstantSource.system());
            try (FileCursors cursors = new FileCursors(context, () -> Long.MAX_VALUE)) {
                for (long n = Long.parseLong(args[1]); ; n += 2) {
                    cursors.save("shared", Offset.of(n));
                    System.out.println(n);
                }
            }
        }
    }
}
