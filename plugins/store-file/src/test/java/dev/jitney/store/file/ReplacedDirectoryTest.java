// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.Append;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventTail;
import dev.jitney.spi.Position;
import dev.jitney.spi.PurgeOptions;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreFailedException;
import dev.jitney.spi.TailOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is under an open store is taken away, and maybe something else put there. */
@Timeout(60)
class ReplacedDirectoryTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir Path temp;
    private Path bus;
    private String reason;

    @BeforeEach
    void name() {
        bus = temp.resolve("bus");
        reason =
                "The bus directory '"
                        + bus
                        + "' is not the one that was opened: it, its append.lock or its log was"
                        + " removed or replaced meanwhile. Open the store again.";
    }

    @Test
    @DisplayName("STO-9 what is appended after the directory was removed is refused, at each level")
    void refusesWhenRemoved() throws Exception {
        try (EventStore store = StoreChildren.open(bus)) {
            append(store, "a");
            remove(bus);

            assertThatThrownBy(() -> append(store, "b"))
                    .isInstanceOf(StoreFailedException.class)
                    .hasMessage(reason);
            assertThatThrownBy(() -> append(store, "c"))
                    .isInstanceOf(StoreFailedException.class)
                    .hasMessage(
                            "'"
                                    + bus
                                    + "' takes no more events since a write has failed: "
                                    + reason);
        }
        assertThat(bus).doesNotExist();
    }

    @Test
    @DisplayName("STO-9 stages of an append to a directory that was removed fail, also for disk")
    void stagesFail() throws Exception {
        try (EventStore store = StoreChildren.open(bus)) {
            append(store, "a");
            remove(bus);

            Append append = store.append(List.of(event("b")), Level.MEMORY);
            for (Level level : List.of(Level.OS, Level.DISK)) {
                CompletableFuture<?> stage = append.reached(level).toCompletableFuture();
                assertThatThrownBy(() -> stage.get(20, TimeUnit.SECONDS))
                        .isInstanceOf(ExecutionException.class)
                        .cause()
                        .isInstanceOf(StoreFailedException.class)
                        .hasMessage(reason);
            }
        }
    }

    @Test
    @DisplayName("STO-9 what is written and then removed is not acknowledged as on disk")
    void notForced() throws Exception {
        try (EventStore store = StoreChildren.open(bus)) {
            append(store, "a");
            store.appendAndWait(List.of(event("b")), Level.OS, LIMIT);
            remove(bus);
            StoreCore core = ((FileEventStore) store).core();

            assertThatThrownBy(core::force)
                    .isInstanceOf(StoreFailedException.class)
                    .hasMessage(reason);
        }
    }

    @Test
    @DisplayName("STO-9 a store that has appended nothing makes nothing in place of what was there")
    void makesNothing() throws Exception {
        try (EventStore store = StoreChildren.open(bus)) {
            remove(bus);
            assertThatThrownBy(() -> append(store, "a")).hasMessage(reason);
            assertThatThrownBy(() -> store.cursors().save("mail", new Offset(0)))
                    .hasMessage(reason);
        }
        assertThat(bus).doesNotExist();
    }

    @Test
    @DisplayName("STO-7 a store that is opened on the path anew has a writer of its own")
    void newCore() throws Exception {
        EventStore old = StoreChildren.open(bus);
        append(old, "a");
        remove(bus);
        try (EventStore anew = StoreChildren.open(bus);
                EventStore third = StoreChildren.open(bus)) {
            assertThatThrownBy(() -> append(old, "b")).hasMessage(reason);
            append(anew, "c");
            append(third, "d");
            assertThatThrownBy(() -> old.cursors().save("mail", new Offset(1))).hasMessage(reason);

            assertThat(ids(anew)).containsExactly("c", "d");
            assertThat(anew.cursors().find("mail")).isNull();
            old.close();
            append(third, "e");
            assertThat(ids(anew)).containsExactly("c", "d", "e");
        } finally {
            old.close();
        }
        try (EventStore last = StoreChildren.open(bus)) {
            append(last, "f");
            assertThat(ids(last)).containsExactly("c", "d", "e", "f");
        }
    }

    @Test
    @DisplayName("STO-7 a copy of the directory in its place, with the same identity, is another")
    void restoredCopy() throws Exception {
        Path copy = temp.resolve("copy");
        try (EventStore old = StoreChildren.open(bus)) {
            append(old, "a");
            copy(bus, copy);
            append(old, "b");
            Files.move(bus, temp.resolve("away"));
            Files.move(copy, bus);

            assertThatThrownBy(() -> append(old, "c")).hasMessage(reason);
            try (EventStore anew = StoreChildren.open(bus)) {
                append(anew, "d");
                assertThat(ids(anew)).containsExactly("a", "d");
            }
        }
    }

    @Test
    @DisplayName("STO-7 without its append.lock a directory is not appended to")
    void lockRemoved() throws Exception {
        try (EventStore store = StoreChildren.open(bus)) {
            append(store, "a");
            Files.delete(bus.resolve("append.lock"));
            assertThatThrownBy(() -> append(store, "b")).hasMessage(reason);
        }
    }

    @Test
    @DisplayName("STO-9 nothing is acknowledged as on disk after the log alone was removed")
    void logRemoved() throws Exception {
        try (EventStore store = StoreChildren.open(bus)) {
            append(store, "a");
            remove(bus.resolve("store"));
            assertThatThrownBy(() -> append(store, "b"))
                    .isInstanceOf(StoreFailedException.class)
                    .hasMessage(reason);
            try (EventStore anew = StoreChildren.open(bus)) {
                append(anew, "c");
                assertThat(ids(anew)).containsExactly("c");
            }
        }
    }

    @Test
    @DisplayName("STO-9 appends at level os too are refused soon after the log alone was removed")
    void logRemovedUnforced() throws Exception {
        try (EventStore store = StoreChildren.open(bus)) {
            append(store, "a");
            remove(bus.resolve("store"));
            long begin = System.nanoTime();
            assertThatThrownBy(
                            () -> {
                                while (System.nanoTime() - begin < LIMIT.toNanos()) {
                                    store.appendAndWait(List.of(event("b")), Level.OS, LIMIT);
                                }
                            })
                    .isInstanceOf(StoreFailedException.class)
                    .hasMessage(reason);
        }
    }

    @Test
    @DisplayName("STO-6 a log that others have rolled and purged meanwhile was not removed")
    void purgedByOther() throws Exception {
        try (EventStore store = StoreChildren.open(bus)) {
            store.appendAndWait(List.of(event("a")), Level.OS, LIMIT);
            store.purge(Selection.all(), new PurgeOptions(false, false, 0));
            StoreCore core = ((FileEventStore) store).core();
            core.force();
            append(store, "b");
            assertThat(ids(store)).containsExactly("b");
            assertThat(core.replaced()).isFalse();
        }
    }

    @Test
    @DisplayName("STO-4 a tail whose log alone was removed ends and says why")
    void tailOfRemovedLogEnds() throws Exception {
        try (EventStore store = StoreChildren.open(bus);
                EventTail tail = store.tail(TailOptions.from(Position.start()))) {
            append(store, "a");
            assertThat(id(tail.next(LIMIT))).isEqualTo("a");
            remove(bus.resolve("store"));
            assertThatThrownBy(() -> tail.next(LIMIT))
                    .isInstanceOf(StoreFailedException.class)
                    .hasMessage(reason);
        }
    }

    @Test
    @DisplayName("STO-4 a tail on a directory that was removed or replaced ends and says why")
    void tailEnds() throws Exception {
        for (boolean anew : new boolean[] {false, true}) {
            try (EventStore store = StoreChildren.open(bus);
                    EventTail tail = store.tail(TailOptions.from(Position.start()))) {
                append(store, "a");
                append(store, "b");
                assertThat(id(tail.next(LIMIT))).isEqualTo("a");
                remove(bus);
                if (anew) {
                    try (EventStore other = StoreChildren.open(bus)) {
                        append(other, "c");
                    }
                }
                assertThat(id(tail.next(LIMIT))).isEqualTo("b");
                assertThatThrownBy(() -> tail.next(LIMIT))
                        .isInstanceOf(StoreFailedException.class)
                        .hasMessage(reason);
            }
            if (anew) {
                return;
            }
        }
    }

    @Test
    @DisplayName("STO-4 a tail on a bus without events sees too that it was replaced")
    void emptyTailEnds() throws Exception {
        try (EventStore store = StoreChildren.open(bus);
                EventTail tail = store.tail(TailOptions.from(Position.end()))) {
            remove(bus);
            assertThatThrownBy(() -> tail.next(LIMIT)).hasMessage(reason);
        }
    }

    @Test
    @DisplayName("STO-7 a directory that is renamed away and back is the same")
    void renamedAndBack() throws Exception {
        try (EventStore store = StoreChildren.open(bus);
                EventTail tail = store.tail(TailOptions.from(Position.start()))) {
            append(store, "a");
            Files.move(bus, temp.resolve("away"));
            Files.move(temp.resolve("away"), bus);
            append(store, "b");
            assertThat(id(tail.next(LIMIT))).isEqualTo("a");
            assertThat(id(tail.next(LIMIT))).isEqualTo("b");
        }
    }

    private static Event event(String id) {
        return Event.builder("test.event").id(id).source("test").build();
    }

    private static void append(EventStore store, String id) {
        store.appendAndWait(List.of(event(id)), Level.DISK, LIMIT);
    }

    private static String id(StoredEvent stored) {
        return stored.event().id();
    }

    private static List<String> ids(EventStore store) {
        List<String> ids = new ArrayList<>();
        try (EventReader reader = store.read(ReadOptions.forward())) {
            for (StoredEvent e = reader.next(); e != null; e = reader.next()) {
                ids.add(id(e));
            }
        }
        return ids;
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            files.forEach(
                    file -> {
                        try {
                            Files.copy(file, to.resolve(from.relativize(file)));
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
        }
    }
}
