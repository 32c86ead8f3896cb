// SPDX-License-Identifier: Apache-2.0
package dev.jitney.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.spi.AlertStore;
import dev.jitney.spi.AlertStore.Alert;
import dev.jitney.spi.AlertStore.State;
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

/** Processes that are killed while they change alerts lose nothing that they were told is kept. */
@Timeout(600)
class KilledProcessTest {

    private static final int ROUNDS = Integer.getInteger("jitney.crash.rounds", 2);

    @TempDir private Path directory;

    /**
     * Raises alerts for ever, {@code NEW id}, brings each through its states, and says when it has:
     * {@code ACKNOWLEDGED id}, {@code RESOLVED id}; every second one is removed, {@code GONE id}.
     */
    static final class Worker {
        public static void main(String[] args) {
            AlertStore store = Stores.open(Path.of(args[0]), "max-alerts", "100000");
            for (int i = 0; ; i++) {
                String id = args[1] + "-" + i;
                store.raise(Stores.alert(id, 300));
                say("NEW " + id);
                store.acknowledge(id, "alice", "looking", Stores.NOON);
                say("ACKNOWLEDGED " + id);
                store.resolve(id, "bob", "", Stores.NOON);
                say("RESOLVED " + id);
                if (i % 2 == 0) {
                    store.remove(id);
                    say("GONE " + id);
                }
            }
        }

        private static void say(String line) {
            System.out.println(line);
            System.out.flush();
        }
    }

    @Test
    @DisplayName("ALR-1 two processes, killed with SIGKILL, lose no change that was made")
    void losesNothingThatWasAcknowledged() throws Exception {
        List<String> said = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            try (Child one = Child.start(List.of(), Worker.class, directory, "one" + round);
                    Child two = Child.start(List.of(), Worker.class, directory, "two" + round)) {
                read(one, 1_100 + 137 * round, said);
                read(two, 300, said);
                one.kill();
                // The other one goes on in spite of what the dead one has left.
                read(two, 500, said);
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
        Map<String, String> last = new HashMap<>();
        for (String line : said) {
            String[] words = line.split(" ");
            last.put(words[1], words[0]);
        }
        int unsaid = 0;
        try (AlertStore store = Stores.open(directory)) {
            for (Map.Entry<String, String> entry : last.entrySet()) {
                Alert alert = store.get(entry.getKey());
                boolean even = Integer.parseInt(entry.getKey().split("-")[1]) % 2 == 0;
                if (entry.getValue().equals("GONE")) {
                    assertThat(alert).as(entry.getKey()).isNull();
                } else if (alert == null) {
                    // The removal was made and not said.
                    assertThat(even && entry.getValue().equals("RESOLVED"))
                            .as("%s was removed", entry.getKey())
                            .isTrue();
                    unsaid++;
                } else {
                    State state = State.valueOf(entry.getValue());
                    assertThat(alert.state()).isGreaterThanOrEqualTo(state);
                    unsaid += alert.state() == state ? 0 : 1;
                }
            }
            for (String id : Stores.ids(store)) {
                unsaid += last.containsKey(id) ? 0 : 1;
            }
        }
        assertThat(unsaid)
                .as("changes that were made and not said: one of each process that was killed")
                .isLessThanOrEqualTo(2 * ROUNDS);
        assertThat(Files.readString(directory.resolve(AlertLog.FILE))).endsWith("}\n");
    }
}
