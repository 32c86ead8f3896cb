// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.spi.StoreAccessException;
import dev.jitney.spi.StoreFailedException;
import dev.jitney.spi.StoreNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the file system refuses, in words; files that root may not read are hard to come by. */
class FailuresTest {

    private static final Path BUS = Path.of("/bus");

    @Test
    @DisplayName("STO-8 what may not be read is not called unwritable")
    void deniedReading() {
        IOException denied = new AccessDeniedException("/bus/cursors");
        assertThat(Failures.ofReading("The cursors cannot be listed", denied))
                .isInstanceOf(StoreAccessException.class)
                .hasMessage("The cursors cannot be listed: access to '/bus/cursors' is denied.");
        assertThat(Failures.of("The cursor 'c' cannot be saved", denied))
                .isInstanceOf(StoreAccessException.class)
                .hasMessage("The cursor 'c' cannot be saved: it is not writable (/bus/cursors).");
        assertThat(Failures.ofReading("'/bus' could not be read", new IOException("Bad sector")))
                .isInstanceOf(StoreFailedException.class)
                .hasMessage("'/bus' could not be read: Bad sector.");
    }

    @Test
    @DisplayName("STO-6 a purge on a full disk says why it needs room, and where some can be had")
    void purgeOnFullDisk() {
        assertThat(Failures.purging(BUS, new IOException("No space left on device")))
                .isInstanceOf(StoreFailedException.class)
                .hasMessage(
                        "The bus '/bus' cannot be purged: the disk is full, and a purge writes what"
                                + " stays before it removes anything. Free some space first, if only"
                                + " by deleting what is in '/bus/index', which is made again.");
        assertThat(Failures.purging(BUS, new IOException("Bad sector")))
                .hasMessage("The bus '/bus' cannot be purged: Bad sector.");
    }

    @Test
    @DisplayName("STO-8 a directory that cannot be made says what is in its way")
    void inTheWay() {
        assertThat(Failures.opening(BUS, new FileAlreadyExistsException("/file")))
                .isInstanceOf(StoreNotFoundException.class)
                .hasMessage("'/file' is not a directory.");
        assertThat(Failures.opening(BUS, new NoSuchFileException("/bus/store")))
                .isInstanceOf(StoreFailedException.class)
                .hasMessage(
                        "The bus directory '/bus' cannot be opened: '/bus/store' does not exist.");
    }
}
