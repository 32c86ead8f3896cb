// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Offset;
import dev.jitney.spi.Cursors;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.StoreClosedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
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
