// SPDX-License-Identifier: Apache-2.0
package dev.jitney.deadletter.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.DeadLetter;
import dev.jitney.spi.DeadLetterSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed while they keep letters lose nothing that they were told is kept. */
@Timeout(600)
class KilledProcessTest {

    private static final int ROUNDS = Integer.getInteger("jitney.crash.rounds", 2);

    @TempDir private Path directory;

    /**
     * Adds letters for ever and says so: {@code A id}; retries each twice, {@code T id retries},
     * and removes every second one, {@code R id}. So most of the file is soon outdated.
     */
    static final class Worker {
        public static void main(String[] args) {
            DeadLetterSink sink = Sinks.open(Path.of(args[0]), "max-letters", "1000000");
            for (int i = 0; ; i++) {
                String id = args[1] + "-" + i;
                sink.add(Sinks.letter(id, 2_000));
                say("A " + id);
                for (int retry = 1; retry <= 2; retry++) {
                    sink.startRetry(id, 5, Sinks.NOON);
                    say("T " + id + " " + retry);
                }
                if (i % 2 == 0) {
                    sink.remove(id);
                    say("R " + id);
                }
            }
        }

        private static void say(String line) {
            System.out.println(line);
            System.out.flush();
        }
    }

    @Test
    @DisplayName("ERR-5 two processes, killed with SIGKILL, lose no letter that was kept")
    void losesNothingThatWasAcknowledged() throws Exception {
        List<String> said = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            try (Child one = Child.start(List.of(), Worker.class, directory, "one" + round);
                    Child two = Child.start(List.of(), Worker.class, directory, "two" + round)) {
                read(one, 150 + 37 * round, said);
                read(two, 150, said);
                one.kill();
                // The other one goes on in spite of what the dead one has left.
                read(two, 300, said);
                two.kill();
                said.addAll(one.lines());
                said.addAll(two.lines());
            }
            check(said);
        }
    }

    private static void read(Child child, int lines, List<String> said) {
        for (int i = 0; i < lines; i++) {
            String line = child.line();
            assertThat(line).as("a line of a process that runs").isNotNull();
            said.add(line);
        }
    }

    private void check(List<String> said) throws IOException {
        Map<String, Integer> kept = new HashMap<>();
        Map<String, Integer> gone = new HashMap<>();
        for (String line : said) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "A" -> kept.put(words[1], 0);
                case "T" -> kept.put(words[1], Integer.parseInt(words[2]));
                case "R" -> gone.put(words[1], 0);
                default -> throw new AssertionError(line);
            }
        }
        int unsaid = 0;
        long left;
        try (DeadLetterSink sink = Sinks.open(directory)) {
            left = sink.size();
            for (String id : Sinks.ids(sink)) {
                assertThat(gone).as("letters that were removed").doesNotContainKey(id);
                unsaid += kept.containsKey(id) ? 0 : 1;
            }
            for (Map.Entry<String, Integer> entry : kept.entrySet()) {
                DeadLetter letter = sink.get(entry.getKey());
                // A removal may have happened and not been said.
                boolean even = Integer.parseInt(entry.getKey().split("-")[1]) % 2 == 0;
                if (letter == null) {
                    assertThat(even).as("%s was removed", entry.getKey()).isTrue();
                    unsaid += gone.containsKey(entry.getKey()) ? 0 : 1;
                } else {
                    assertThat(letter.retries()).isGreaterThanOrEqualTo(entry.getValue());
                }
            }
        }
        assertThat(unsaid)
                .as("changes that were made and not said")
                .isLessThanOrEqualTo(2 * ROUNDS);
        Path file = directory.resolve(FileDeadLetterSinkProvider.FILE);
        assertThat(Files.readString(file)).endsWith("}\n");
        assertThat(Files.size(file))
                .as("outdated lines were dropped, of %s letters", left)
                .isLessThan(2 * left * 2_600 + (1 << 19));
    }
}
