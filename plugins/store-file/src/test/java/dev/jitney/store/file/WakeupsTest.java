// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.WatchService;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class WakeupsTest {

    @TempDir private Path folder;

    @Test
    @DisabledOnOs(OS.MAC)
    @DisplayName("LIF-3 a store that is closed while its first tail begins to wait leaves no watch")
    void closedWhileTheWatchBegins() throws Exception {
        AtomicReference<WatchService> begun = new AtomicReference<>();
        AtomicReference<Thread> closing = new AtomicReference<>();
        AtomicReference<Wakeups> wakeups = new AtomicReference<>();
        wakeups.set(
                new Wakeups(
                        folder,
                        () -> {
                            begun.set(folder.getFileSystem().newWatchService());
                            closing.set(new Thread(wakeups.get()::close));
                            closing.get().start();
                            awaitEndOrWait(closing.get());
                            return begun.get();
                        }));

        wakeups.get().await(wakeups.get().epoch(), 0);
        closing.get().join();

        assertThatThrownBy(begun.get()::poll).isInstanceOf(ClosedWatchServiceException.class);
    }

    private static void awaitEndOrWait(Thread thread) {
        while (thread.isAlive() && thread.getState() != Thread.State.BLOCKED) {
            Thread.onSpinWait();
        }
    }
}
