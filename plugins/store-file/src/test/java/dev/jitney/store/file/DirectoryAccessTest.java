// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jitney.event.Level;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.StoreAccessException;
import dev.jitney.spi.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies on the way to a bus directory, or in it, that keeps a user out. */
@Timeout(60)
class DirectoryAccessTest {

    @TempDir Path temp;

    @ParameterizedTest
    @ValueSource(strings = {"store", "index", "cursors"})
    @DisplayName("STO-7 a symbolic link in place of a folder of a bus directory is refused")
    void linkedFolder(String folder) throws Exception {
        Path bus = temp.resolve("bus");
        Path other = temp.resolve("other");
        append(bus);
        append(other);
        Path own = bus.resolve(folder);
        Files.move(own, temp.resolve("away"));
        Files.createSymbolicLink(own, other.resolve(folder));

        assertThatThrownBy(() -> StoreChildren.open(bus).close())
                .isInstanceOf(StoreAccessException.class)
                .hasMessage(
                        "'"
                                + own
                                + "' is a symbolic link to '"
                                + other.resolve(folder)
                                + "', by which two bus directories could append to one log. Put a"
                                + " folder in its place; to keep the bus elsewhere, move the whole"
                                + " bus directory.");
    }

    @Test
    @DisplayName("STO-7 a link that comes between the opening and the first append is refused too")
    void linkedAfterOpening() throws Exception {
        Path bus = temp.resolve("bus");
        Path other = temp.resolve("other");
        append(other);
        try (EventStore store = StoreChildren.open(bus)) {
            Files.createSymbolicLink(bus.resolve("store"), other.resolve("store"));
            assertThatThrownBy(() -> append(store)).isInstanceOf(StoreException.class);
        }
        try (EventStore store = StoreChildren.open(other)) {
            assertThat(store.end().value()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("STO-8 a bus whose parent may not be searched is not said to be missing")
    void unsearchableParent() throws Exception {
        Path parent = Files.createDirectory(temp.resolve("parent"));
        Path bus = parent.resolve("bus");
        append(bus);
        assertRefused(bus, parent, bus);
        assertRefused(bus, bus, bus.resolve("bus.json"));
    }

    private static void assertRefused(Path bus, Path closed, Path denied) throws Exception {
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rw-------"));
        String said;
        try {
            said = openedByOther(bus);
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        }
        assertThat(said)
                .isEqualTo(
                        "The bus directory '"
                                + bus
                                + "' may not be used: access to '"
                                + denied
                                + "' is denied. This user may not search '"
                                + closed
                                + "'; its owner can allow it: chmod +x.");
    }

    /** Root may search everything, unless that is taken away from it. */
    private static String openedByOther(Path bus) throws Exception {
        List<String> runner =
                System.getProperty("user.name").equals("root")
                        ? List.of("setpriv", "--bounding-set", "-dac_override,-dac_read_search")
                        : List.of();
        String said;
        try (StoreChild child = StoreChild.startIn(runner, Opener.class, bus)) {
            said = child.line();
        } catch (IOException e) {
            said = null; // there is no such command
        }
        boolean restricted = said != null && !said.equals("SEEN");
        if (!restricted) {
            System.out.println("DirectoryAccessTest is skipped: this user may search everything");
        }
        assumeTrue(restricted, "this user may search everything");
        return said;
    }

    /** Opens a bus that is there, and says why it cannot. */
    static final class Opener {
        public static void main(String[] args) {
            Path bus = Path.of(args[0]);
            if (Files.exists(bus.resolve("bus.json"))) {
                System.out.println("SEEN");
                return;
            }
            try {
                StoreChildren.open(bus, "create", "false").close();
                System.out.println("OPENED");
            } catch (StoreException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private static void append(Path bus) {
        try (EventStore store = StoreChildren.open(bus)) {
            append(store);
            store.cursors().save("mail", store.end());
        }
    }

    private static void append(EventStore store) {
        store.appendAndWait(
                List.of(StoreChildren.event("a", 1, 1)), Level.DISK, Duration.ofSeconds(20));
    }
}
