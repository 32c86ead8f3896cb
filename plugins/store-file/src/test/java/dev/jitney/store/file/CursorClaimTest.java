// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Offset;
import dev.jitney.spi.Cursor.Progress;
import dev.jitney.spi.Cursor.Range;
import dev.jitney.spi.Cursors.Claim;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.StoreException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The locks of the system under claimed cursors, and what their files say. */
@Timeout(60)
class CursorClaimTest {

    @TempDir(factory = TargetDir.class)
    Path temp;

    private EventStore open() {
        return StoreChildren.open(temp.resolve("bus"));
    }

    /** Claims a cursor, says so or that it could not, and keeps it until it is told something. */
    static final class Claimer {
        public static void main(String[] args) throws IOException {
            try (EventStore store = StoreChildren.open(Path.of(args[0]))) {
                Claim claim = store.cursors().claim("mail");
                System.out.println(claim == null ? "REFUSED" : "CLAIMED");
                System.out.flush();
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                        .readLine();
            }
        }
    }

    private StoreChild claimer() throws IOException {
        return StoreChild.start(Claimer.class, temp.resolve("bus"));
    }

    @Test
    @DisplayName(
            "DSU-3 a cursor has one owner over processes, and is free at once when that is killed")
    void overProcesses() throws Exception {
        try (EventStore store = open();
                StoreChild child = claimer()) {
            assertThat(child.line()).isEqualTo("CLAIMED");
            assertThat(store.cursors().claim("mail")).isNull();
            assertThatThrownBy(() -> store.cursors().save("mail", Offset.of(3)))
                    .isInstanceOf(StoreException.class)
                    .hasMessage(
                            "The cursor 'mail' has an owner, which alone may change it. Close its"
                                    + " durable subscription first.");
            child.kill();
            Claim claim = store.cursors().claim("mail");
            assertThat(claim).isNotNull();
            try (StoreChild other = claimer()) {
                assertThat(other.line()).isEqualTo("REFUSED");
            }
            claim.close();
            try (StoreChild other = claimer()) {
                assertThat(other.line()).isEqualTo("CLAIMED");
            }
        }
    }

    @Test
    @DisplayName(
            "DSU-3 no other store of the process drops the lock, whatever it does with the cursor")
    void nothingDropsTheLock() throws Exception {
        try (EventStore store = open()) {
            Claim claim = store.cursors().claim("mail");
            try (EventStore other = open()) {
                assertThat(other.cursors().claim("mail")).isNull();
                assertThatThrownBy(() -> other.cursors().save("mail", Offset.of(1)));
                other.cursors().save("other", Offset.of(1));
            }
            try (StoreChild child = claimer()) {
                assertThat(child.line()).isEqualTo("REFUSED");
            }
            claim.close();
        }
    }

    /** A store as another class loader has it; told apart by types of the JDK alone. */
    public static final class Peer implements Callable<Boolean>, AutoCloseable {
        private final EventStore store;

        public Peer(String directory) {
            store = StoreChildren.open(Path.of(directory));
        }

        /** Claims the cursor, or gives up. */
        @Override
        public Boolean call() {
            return store.cursors().claim("mail") != null;
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private static URLClassLoader otherLoader() throws IOException {
        List<URL> urls = new ArrayList<>();
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(Path.of(path).toUri().toURL());
        }
        return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    @SuppressWarnings("unchecked")
    private Callable<Boolean> peer(ClassLoader loader) throws ReflectiveOperationException {
        Class<?> type = loader.loadClass(Peer.class.getName());
        assertThat(type).isNotSameAs(Peer.class);
        return (Callable<Boolean>)
                type.getConstructor(String.class).newInstance(temp.resolve("bus").toString());
    }

    @Test
    @DisplayName(
            "DSU-3 stores of two class loaders have one owner among them, and closing one keeps the other's lock")
    void overClassLoaders() throws Exception {
        try (URLClassLoader loader = otherLoader();
                EventStore store = open()) {
            Claim claim = store.cursors().claim("mail");
            Callable<Boolean> peer = peer(loader);
            assertThat(peer.call()).isFalse();
            // Its file stays open: closing it would drop the lock, and let others in.
            ((AutoCloseable) peer).close();
            try (StoreChild child = claimer()) {
                assertThat(child.line()).isEqualTo("REFUSED");
            }
            Callable<Boolean> second = peer(loader);
            assertThat(second.call()).isFalse();
            claim.close();
            assertThat(second.call()).isTrue();
            assertThat(store.cursors().claim("mail")).isNull();
            ((AutoCloseable) second).close();
            assertThat(store.cursors().claim("mail")).isNotNull();
        }
    }

    @Test
    @DisplayName("DSU-2 what is done above a checkpoint is written as people would")
    void theFile() throws IOException {
        try (EventStore store = open()) {
            Claim claim = store.cursors().claim("mail");
            claim.save(
                    new Progress(
                            Offset.of(4),
                            List.of(
                                    new Range(Offset.of(6), Offset.of(9)),
                                    new Range(Offset.of(12), Offset.of(13)))));
            Path file = temp.resolve("bus/cursors/mail.json");
            assertThat(Files.readString(file))
                    .startsWith("{\"name\":\"mail\",\"checkpoint\":4,\"done\":\"6-8,12\",");
            for (String wrong : List.of("6-", "-6", "x", "6,,7", "8-6", "6-7-8", ",")) {
                Files.writeString(
                        file,
                        "{\"name\":\"mail\",\"checkpoint\":4,\"done\":\""
                                + wrong
                                + "\",\"lastUsed\":\"2026-01-01T00:00:00Z\"}\n");
                assertThatThrownBy(() -> claim.find(), wrong)
                        .isInstanceOf(StoreException.class)
                        .hasMessageStartingWith(
                                "The cursor file 'cursors/mail.json' cannot be used: ");
            }
            assertThat(claim.reset(Offset.of(2)).checkpoint()).isEqualTo(Offset.of(2));
            claim.close();
            assertThatThrownBy(() -> claim.save(Progress.below(Offset.of(3))))
                    .hasMessage("The cursor 'mail' cannot be saved: this claim to it has ended.");
        }
    }
}
