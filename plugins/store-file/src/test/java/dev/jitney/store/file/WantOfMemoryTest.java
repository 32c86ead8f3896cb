// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Level;
import dev.jitney.spi.StoreUnavailableException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a store when the JVM, and not the disk, keeps it from writing. */
class WantOfMemoryTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir Path temp;

    @ParameterizedTest
    @EnumSource(names = {"OS", "DISK"})
    @DisplayName("STO-9 an append for which there is no memory says so, and the store takes others")
    void saysWhatItIsAndGoesOn(Level level) {
        PlainLog log = new PlainLog();
        try (Committer committer = new Committer(log)) {
            for (Error error :
                    new Error[] {new OutOfMemoryError("heap"), new StackOverflowError()}) {
                log.writing = failingWith(error);
                assertThatThrownBy(() -> append(committer, level))
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessage(
                                "'plain' could not be written to for want of memory ("
                                        + error
                                        + "). The log is whole; try again.")
                        .hasCause(error);
                log.writing = PlainLog.Door.OPEN;
                append(committer, level);
            }
        }
        assertThat(log.lines()).hasSize(2);
    }

    private static PlainLog.Door failingWith(Error error) {
        return () -> {
            throw error;
        };
    }

    @Test
    @DisplayName("STO-9 what was half written when memory ran out is gone, and nothing is cut off")
    void theLogIsWhole() throws IOException {
        StoreContext context =
                Contexts.of(temp.resolve("bus"), Contexts.format(), InstantSource.system());
        AtomicReference<Error> error = new AtomicReference<>();
        StoreCore core = new StoreCore(Contexts.on(context, writingHalf(context.disk(), error)));
        try (LogRecorder log = new LogRecorder(Recovery.class)) {
            append(core.committer(), Level.OS);
            error.set(new OutOfMemoryError("heap"));
            assertThatThrownBy(() -> append(core.committer(), Level.OS))
                    .isInstanceOf(StoreUnavailableException.class);
            assertThat(append(core.committer(), Level.OS)).isEqualTo(1);
            assertThat(log.messages()).isEmpty();
        } finally {
            core.close();
        }
        ReadBack found = new ReadBack(context.disk());
        assertThat(found.problems).isEmpty();
        assertThat(found.lines).hasSize(2);
    }

    @Test
    @DisplayName(
            "STO-9 lines for which there is no memory leave no group without lines in the queue")
    void leavesNoEmptyGroup() {
        AppendQueue queue = new AppendQueue();
        try (Committer committer = new Committer(new PlainLog())) {
            assertThatThrownBy(
                            () ->
                                    queue.add(
                                            new byte[1],
                                            Integer.MAX_VALUE,
                                            1,
                                            AppendQueue.Wish.NONE,
                                            committer,
                                            Deadline.NONE))
                    .isInstanceOf(OutOfMemoryError.class);
        }
        assertThat(queue.poll()).isNull();
    }

    private static long append(Committer committer, Level level) {
        byte[] line = "{\"id\":\"1\"}\n".getBytes(StandardCharsets.UTF_8);
        return committer.appendAndWait(line, line.length, 1, level, PATIENCE).value();
    }

    /** Writes the first half of what is written to a log next, and then fails once. */
    private static Disk writingHalf(Disk real, AtomicReference<Error> error) {
        return new ForwardingDisk(real) {
            @Override
            public StoreFile create(String name) throws IOException {
                StoreFile file = super.create(name);
                return (StoreFile)
                        Proxy.newProxyInstance(
                                StoreFile.class.getClassLoader(),
                                new Class<?>[] {StoreFile.class},
                                (self, method, arguments) -> {
                                    boolean write = method.getName().equals("write");
                                    Error due = write ? error.getAndSet(null) : null;
                                    if (due != null) {
                                        ByteBuffer bytes = (ByteBuffer) arguments[0];
                                        bytes.limit(bytes.limit() / 2);
                                    }
                                    Object result = method.invoke(file, arguments);
                                    if (due != null) {
                                        throw due;
                                    }
                                    return result;
                                });
            }
        };
    }
}
