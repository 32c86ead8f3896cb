// SPDX-License-Identifier: Apache-2.0
package dev.jitney.alerts;

import static dev.jitney.alerts.Stores.NOON;
import static dev.jitney.alerts.Stores.alert;
import static dev.jitney.alerts.Stores.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.spi.AlertStore;
import dev.jitney.spi.AlertStore.Alert;
import dev.jitney.spi.AlertStore.State;
import dev.jitney.spi.StoreUnavailableException;
import dev.jitney.spi.StoreVersionException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the file does beyond the contract: sharing, damage, tidying, failures. */
class FileAlertStoreTest {

    @TempDir private Path directory;

    /** Says whether another process would get a lock. */
    static final class Asker {
        public static void main(String[] args) throws IOException {
            try (RandomAccessFile file = new RandomAccessFile(args[0], "rw")) {
                System.out.println(file.getChannel().tryLock() != null);
            }
        }
    }

    private static boolean isFreeForOthers(Path lock) {
        try (Child child = Child.start(List.of(), Asker.class, lock)) {
            return "true".equals(child.line());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file() {
        return directory.resolve("alerts.jsonl");
    }

    @Test
    @DisplayName("ALR-1 two stores on one directory are one store")
    void twoStoresShareOneFile() {
        try (AlertStore one = Stores.open(directory, "max-alerts", "3");
                AlertStore two = Stores.open(directory, "max-alerts", "3")) {
            one.raise(alert("a", 1));
            assertThat(two.raise(alert("a", 1))).isFalse();
            two.acknowledge("a", "alice", "", NOON);
            assertThatThrownBy(() -> one.acknowledge("a", "bob", "", NOON))
                    .isInstanceOf(IllegalStateException.class);
            one.resolve("a", "bob", "", NOON);
            assertThat(two.get("a").state()).isEqualTo(State.RESOLVED);
            two.raise(alert("b", 1));
            assertThat(ids(one)).containsExactly("b", "a");
        }
    }

    @Test
    @DisplayName("ALR-1 an id that UTF-8 cannot carry is one id, whenever it is asked for")
    void idsThatCannotBeWritten() {
        String half = "a\ud83d";
        try (AlertStore store = Stores.open(directory)) {
            assertThat(store.raise(alert(half, 1))).isTrue();
            assertThat(store.acknowledge(half, "alice", "", NOON).state())
                    .isEqualTo(State.ACKNOWLEDGED);
            assertThat(store.raise(alert(half, 1))).isFalse();
            assertThat(store.get(half).state()).isEqualTo(State.ACKNOWLEDGED);
            assertThat(ids(store)).containsExactly("a?");
            assertThat(store.remove(half)).isTrue();
            assertThat(store.size()).isZero();
        }
    }

    @Test
    @DisplayName("ALR-1 an argument that is null is refused by its name, and nothing is changed")
    @SuppressWarnings("NullAway")
    void namesWhatIsNull() {
        try (AlertStore store = Stores.open(directory)) {
            store.raise(alert("a", 1));
            assertThatThrownBy(() -> store.resolve("a", "alice", null, NOON))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("note");
            assertThatThrownBy(() -> store.acknowledge("a", null, "", NOON))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("user");
            assertThatThrownBy(() -> store.note(null, "alice", "x", NOON))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("id");
            assertThat(store.get("a").state()).isEqualTo(State.NEW);
        }
    }

    @Test
    @DisplayName("ALR-1 a change may use the store, which it runs in, and keeps others out of it")
    void aChangeUsesTheStore() {
        try (AlertStore store = Stores.open(directory);
                AlertStore same = Stores.open(directory)) {
            store.raise(alert("a", 1));
            store.raise(alert("b", 1));
            Path lock = directory.resolve("alerts.jsonl.lock");
            Alert changed =
                    store.change(
                            "a",
                            alert -> {
                                store.raise(alert("c", 1));
                                same.remove("b");
                                assertThat(isFreeForOthers(lock)).isFalse();
                                return alert.noted("alice", "of " + same.size(), NOON);
                            });
            assertThat(changed.changes().get(0).note()).isEqualTo("of 2");
            assertThat(ids(store)).containsExactly("c", "a");
            assertThat(ids(same)).containsExactly("c", "a");
        }
    }

    @Test
    @DisplayName("ALR-1 a change that closes the store is not made, and harms no other alert")
    void aChangeThatClosesTheStore() {
        AlertStore store = Stores.open(directory);
        store.raise(alert("a", 1));
        assertThatThrownBy(
                        () ->
                                store.change(
                                        "a",
                                        alert -> {
                                            store.close();
                                            return alert.noted("alice", "x", NOON);
                                        }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Alert store 'file' is closed.");
        try (AlertStore again = Stores.open(directory)) {
            assertThat(again.get("a")).isEqualTo(alert("a", 1));
        }
    }

    @Test
    @DisplayName("ALR-1 whoever is told of a damaged line may raise an alert for it")
    void aWarningMayRaiseAnAlert() throws IOException {
        try (AlertStore store = Stores.open(directory)) {
            store.raise(alert("a", 1));
            Files.writeString(file(), "damaged\n{\"id\":\"torn", StandardOpenOption.APPEND);
            AtomicInteger told = new AtomicInteger();
            try (LogRecorder log =
                    new LogRecorder(
                            AlertLog.class,
                            () -> store.raise(alert("told-" + told.incrementAndGet(), 1)))) {
                store.raise(alert("b", 1));
                assertThat(log.messages()).hasSize(2);
            }
            assertThat(ids(store)).containsExactly("told-2", "told-1", "b", "a");
        }
    }

    @Test
    @DisplayName("ALR-1 a lower bound makes room for one alert more, all at once")
    void aLowerBoundDropsSeveral() {
        try (AlertStore store = Stores.open(directory)) {
            for (String id : List.of("a", "b", "c", "d")) {
                store.raise(alert(id, 1));
            }
            store.resolve("c", "alice", "", NOON);
        }
        try (AlertStore store = Stores.open(directory, "max-alerts", "3")) {
            store.raise(alert("e", 1));
            assertThat(ids(store)).containsExactly("e", "d", "b");
        }
    }

    @Test
    @DisplayName("ALR-1 the file does not grow with what is outdated, and other stores follow")
    void theFileIsTidied() throws IOException {
        try (AlertStore one = Stores.open(directory, "max-alerts", "5", "force", "true");
                AlertStore two = Stores.open(directory, "max-alerts", "5")) {
            for (int i = 0; i < 2_000; i++) {
                (i % 100 == 0 ? one : two).raise(alert("alert-" + i, 10));
            }
            assertThat(ids(one)).containsExactlyElementsOf(ids(two)).hasSize(5);
            assertThat(ids(one).get(0)).isEqualTo("alert-1999");
            assertThat(Files.readAllLines(file())).hasSizeLessThan(1_100);
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("alerts.jsonl", "alerts.jsonl.lock");
        }
    }

    @Test
    @DisplayName("ALR-1 an alert is raised also where nothing can be tidied")
    void tidyingThatFailsHarmsNoAlert() throws IOException {
        Files.createDirectories(directory.resolve("alerts.jsonl.draft/in-the-way"));
        try (AlertStore store = Stores.open(directory, "max-alerts", "5")) {
            for (int i = 0; i < 1_500; i++) {
                store.raise(alert("alert-" + i, 10));
            }
            assertThat(Files.readAllLines(file())).hasSizeGreaterThan(1_100);
            assertThat(ids(store)).hasSize(5).contains("alert-1499");
        }
    }

    @Test
    @DisplayName("ALR-1 torn and damaged lines are reported, passed over and kept aside")
    void damageIsPassedOver() throws IOException {
        try (AlertStore store = Stores.open(directory, "max-alerts", "5");
                LogRecorder log = new LogRecorder(AlertLog.class)) {
            store.raise(alert("a", 1));
            Files.writeString(
                    file(),
                    "\0\0\n{\"id\":\"x\"}\n{\"i\":\"y\"}\n{\"id\":",
                    StandardOpenOption.APPEND);
            store.raise(alert("b", 1));
            assertThat(ids(store)).containsExactly("b", "a");
            Path real = file().toRealPath();
            assertThat(log.messages()).hasSize(4);
            assertThat(log.messages().get(0))
                    .startsWith("File '" + real + "' has a damaged line of 2 bytes at byte ");
            assertThat(log.messages().get(1))
                    .endsWith(", which is passed over: 'changes' is no list");
            assertThat(log.messages().get(2))
                    .endsWith(
                            ", which is passed over: it has none of the words that lines begin with");
            assertThat(log.messages().get(3))
                    .isEqualTo(
                            "File '%s' ended in 6 bytes of a line that a process could not finish. They were cut off and are kept in '%s.damaged'."
                                    .formatted(real, real));
            for (int i = 0; i < 1_100; i++) {
                store.raise(alert("alert-" + i, 1));
            }
        }
        assertThat(directory.resolve("alerts.jsonl.damaged"))
                .hasContent("{\"id\":\n\0\0\n{\"id\":\"x\"}\n{\"i\":\"y\"}\n");
    }

    @Test
    @DisplayName("ALR-1 a full disk refuses the alert with the reason, and harms no other")
    void aFullDiskRefusesTheAlert() throws Exception {
        List<String> limited = List.of("bash", "-c", "ulimit -f 60; exec \"$@\"", "bash");
        try (Child child = Child.start(limited, Filler.class, directory)) {
            List<String> said = child.lines();
            int kept = said.size() - 2;
            assertThat(kept).isGreaterThan(2);
            assertThat(said.get(kept))
                    .startsWith("The file '" + file().toRealPath() + "' cannot be used: ")
                    .contains("File too large");
            assertThat(said.get(kept + 1)).isEqualTo("there are " + kept);
            try (AlertStore store = Stores.open(directory)) {
                assertThat(store.size()).isEqualTo(kept);
                assertThat(store.raise(alert("more", 9_000))).isTrue();
            }
        }
    }

    /** Raises alerts until that fails, and says what was kept and why it failed. */
    static final class Filler {
        public static void main(String[] args) {
            AlertStore store = Stores.open(Path.of(args[0]));
            try {
                for (int i = 0; ; i++) {
                    store.raise(alert("alert-" + i, 9_000));
                    System.out.println("alert-" + i);
                }
            } catch (UncheckedIOException e) {
                System.out.println(e.getMessage());
                System.out.println("there are " + store.size());
            }
        }
    }

    @Test
    @DisplayName("ALR-1 a lock that another process holds is waited for, with a limit")
    void aHeldLockIsReported() throws Exception {
        try (AlertStore store = Stores.open(directory, "lock-timeout", "50ms");
                Child holder = Child.start(List.of(), Holder.class, directory)) {
            assertThat(holder.line()).isEqualTo("HELD");
            assertThatThrownBy(() -> store.raise(alert("b", 1)))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageStartingWith(
                            "The lock '" + directory.toRealPath() + "/alerts.jsonl.lock' was not");
            holder.kill();
            assertThat(store.raise(alert("b", 1))).isTrue();
        }
    }

    /** Holds the lock until it is killed. */
    static final class Holder {
        public static void main(String[] args) throws IOException {
            Path lock = Path.of(args[0]).resolve("alerts.jsonl.lock");
            try (RandomAccessFile file = new RandomAccessFile(lock.toFile(), "rw");
                    FileLock held = file.getChannel().lock()) {
                System.out.println(held.isValid() ? "HELD" : "NOT");
                System.in.read();
            }
        }
    }

    @Test
    @DisplayName("ALR-1 a file of a newer format, and a change of id, are refused")
    void refusesWhatItCannotKeep() throws IOException {
        try (AlertStore store = Stores.open(directory)) {
            store.raise(alert("a", 1));
            assertThatThrownBy(() -> store.change("a", any -> alert("b", 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("A change of alert 'a' gave it id 'b'. Keep its id.");
        }
        Files.writeString(file(), "{\"format\":2}\n");
        try (AlertStore store = Stores.open(directory)) {
            assertThatThrownBy(store::size)
                    .isInstanceOf(StoreVersionException.class)
                    .hasMessage(
                            "The file '%s' has format 2, which this program does not know (1). Use a newer version of Jitney.",
                            file().toRealPath());
        }
    }
}
