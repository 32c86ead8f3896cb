// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.spi.Cursors;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreClosedException;
import dev.jitney.spi.StoreException;
import dev.jitney.spi.TopicReader;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a store's parts do that are used on after it was closed. A lock's file that they opened
 * again nobody would close, and when it is collected some systems drop the lock that a later store
 * of this JVM has on the same file.
 */
class ClosedStoreTest {

    @TempDir Path temp;

    @Test
    @DisplayName("STO-7 a purge or retention that a close overtakes does not open the append lock")
    void appendLockStaysClosed() {
        EventStore store = open();
        StoreCore core = ((FileEventStore) store).core();
        store.close();
        assertThatThrownBy(() -> core.underLock(() -> "purged"))
                .isInstanceOf(StoreClosedException.class)
                .hasMessage("The store '" + bus() + "' is closed.");
        assertThat(bus().resolve("append.lock")).doesNotExist();
    }

    @Test
    // What a process has open is read from /proc.
    @EnabledOnOs(OS.LINUX)
    @DisplayName("DSU-3 cursors and claims that are used after their store was closed open no lock")
    void cursorLocksStayClosed() throws IOException {
        EventStore store = open();
        Cursors cursors = store.cursors();
        Cursors.Claim claim = cursors.claim("owned");
        assertThat(claim).isNotNull();
        assertThat(openFiles()).isNotEmpty();
        store.close();
        assertThatThrownBy(() -> cursors.save("free", Offset.ZERO))
                .isInstanceOf(StoreClosedException.class)
                .hasMessage("The store '" + bus() + "' is closed.");
        assertThatThrownBy(() -> claim.reset(Offset.ZERO)).isInstanceOf(StoreClosedException.class);
        claim.close();
        assertThat(openFiles()).isEmpty();
    }

    @Test
    @DisplayName("STO-5 a list of cursors that a close overtakes fails, and warns of none")
    void overtakenList() {
        EventStore store = open();
        Cursors cursors = store.cursors();
        cursors.save("mail", Offset.ZERO);
        store.close();
        try (LogRecorder log = new LogRecorder(FileCursors.class)) {
            assertThatThrownBy(cursors::list).isInstanceOf(StoreClosedException.class);
            assertThat(log.messages()).isEmpty();
        }
    }

    @Test
    // As above.
    @EnabledOnOs(OS.LINUX)
    @DisplayName(
            "STO-10 readers that a close of their store overtakes say so, and leave nothing open")
    void overtakenReaders() throws IOException {
        EventStore store = open();
        append(store);
        EventReader reader = store.read(ReadOptions.forward());
        TopicReader topics = store.topics(Selection.all());
        store.close();
        assertThatThrownBy(reader::next)
                .isInstanceOf(StoreClosedException.class)
                .hasMessage("The store '" + bus() + "' is closed.");
        assertThatThrownBy(topics::next).isInstanceOf(StoreClosedException.class);
        assertThat(openFiles()).isEmpty();
    }

    @Test
    // As above.
    @EnabledOnOs(OS.LINUX)
    @DisplayName("DSU-3 a claim that a close of its store overtakes leaves no lock open")
    void overtakenClaim() throws IOException {
        StoreContext context = Contexts.of(bus(), Contexts.format(), InstantSource.system());
        CursorLocks locks = new CursorLocks(context);
        context.directory().makeFolders();
        assertThat(locks.locked(() -> locks.claim("owned"))).isTrue();
        locks.close();
        locks.release("owned");
        assertThat(openFiles()).isEmpty();
    }

    @Test
    // As above.
    @EnabledOnOs(OS.LINUX)
    @DisplayName("STO-7 a store whose parts fail to close closes all the others, and tells of each")
    void failingParts() throws IOException {
        AtomicBoolean failing = new AtomicBoolean();
        StoreContext sound = Contexts.of(bus(), Contexts.format(), InstantSource.system());
        StoreContext context = Contexts.on(sound, failingToClose(sound.disk(), failing));
        FileEventStore store = new FileEventStore(context, SharedCores.borrow(context));
        append(store);
        store.core()
                .underLock(
                        () -> {
                            store.core().roll();
                            return 0;
                        });
        append(store);
        assertThat(store.cursors().claim("owned")).isNotNull();
        TopicReader topics = store.topics(Selection.all());
        assertThat(topics.next()).isNotNull();
        failing.set(true);
        assertThatThrownBy(store::close)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("index/topics.idx")
                .satisfies(
                        e ->
                                assertThat(e.getSuppressed())
                                        .singleElement()
                                        .asInstanceOf(InstanceOfAssertFactories.THROWABLE)
                                        .hasMessage(
                                                "'"
                                                        + bus()
                                                        + "' could not be closed: "
                                                        + "store/00000000000000000001.jsonl."));
        assertThat(openFiles()).isEmpty();
    }

    private static void append(EventStore store) {
        store.appendAndWait(
                List.of(StoreChildren.event("a", 1, 1)), Level.OS, Duration.ofSeconds(20));
    }

    /** Its files are closed, and say that they are not, as soon as that is wanted. */
    private static Disk failingToClose(Disk real, AtomicBoolean failing) {
        return new ForwardingDisk(real) {
            @Override
            public StoreFile open(String name, boolean writable) throws IOException {
                return failing(super.open(name, writable), name);
            }

            @Override
            public StoreFile create(String name) throws IOException {
                return failing(super.create(name), name);
            }

            private StoreFile failing(StoreFile file, String name) {
                return (StoreFile)
                        Proxy.newProxyInstance(
                                StoreFile.class.getClassLoader(),
                                new Class<?>[] {StoreFile.class},
                                (self, method, arguments) -> {
                                    Object result = method.invoke(file, arguments);
                                    if (method.getName().equals("close") && failing.get()) {
                                        throw new IOException(name);
                                    }
                                    return result;
                                });
            }
        };
    }

    private List<Path> openFiles() throws IOException {
        List<Path> open = new ArrayList<>();
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            for (Path file : files.toList()) {
                try {
                    Path target = Files.readSymbolicLink(file);
                    if (target.startsWith(temp.toRealPath())) {
                        open.add(target);
                    }
                } catch (NoSuchFileException e) {
                    continue; // the one that lists
                }
            }
        }
        return open;
    }

    private EventStore open() {
        return Contexts.open(bus(), InstantSource.system());
    }

    private Path bus() {
        return temp.resolve("bus");
    }
}
