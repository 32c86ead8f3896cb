// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.spi.EventStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A last segment whose commit records are gone, on a machine that was not started again. */
class UnverifiableTailTest {

    private static final String HALF = "{\"id\":\"half";

    @TempDir Path temp;

    @Test
    @DisplayName("STO-8 half a line in a tail without commit records is kept aside, and reported")
    void halfALine() throws IOException {
        try (EventStore store = open()) {
            append(store);
            StoreCore core = ((FileEventStore) store).core();
            core.underLock(
                    () -> {
                        core.roll();
                        return 0;
                    });
        }
        SegmentName tail = new SegmentName(1, 0);
        Files.delete(path(tail.sidecar()));
        Files.writeString(path(tail.log()), HALF);
        try (LogRecorder log = new LogRecorder(Recovery.class);
                EventStore store = open()) {
            assertThat(append(store)).isEqualTo(Offset.of(1));
            assertThat(log.messages())
                    .containsExactly(
                            "store/00000000000000000001.jsonl: an incomplete end of 11 bytes at byte"
                                    + " 0, left by a crash, was cut off and is kept in"
                                    + " store/00000000000000000001.jsonl@0.torn. Nothing of it was"
                                    + " acknowledged.");
        }
        assertThat(path(tail.log() + "@0.torn")).hasContent(HALF);
        assertThat(Files.readAllLines(path(tail.log()))).hasSize(1);
    }

    @Test
    @DisplayName("STO-8 what is cut at a byte where something was cut before is kept beside that")
    void cutTwiceAtOneByte() throws IOException {
        try (EventStore store = open()) {
            append(store);
        }
        Path log = path(new SegmentName(0, 0).log());
        long end = Files.size(log);
        for (String torn : List.of("{\"id\":\"one", "{\"id\":\"two")) {
            Files.writeString(log, torn, StandardOpenOption.APPEND);
            try (EventStore store = open()) {
                // Looks at the end, as an append does, and stores nothing there.
                ((FileEventStore) store).core().underLock(() -> 0);
            }
            assertThat(log).hasSize(end);
        }
        assertThat(log.resolveSibling(log.getFileName() + "@" + end + ".torn"))
                .hasContent("{\"id\":\"one");
        assertThat(log.resolveSibling(log.getFileName() + "@" + end + ".2.torn"))
                .hasContent("{\"id\":\"two");
    }

    @Test
    @DisplayName(
            "STO-8 half a line where events were forced is damage, and stays; so do their offsets")
    void halfAForcedLine() throws IOException {
        try (EventStore store = open()) {
            append(store);
        }
        SegmentName tail = new SegmentName(0, 0);
        Files.delete(path(tail.sidecar()));
        Files.writeString(path(tail.log()), HALF);
        try (LogRecorder log = new LogRecorder(LogWriter.class);
                EventStore store = open()) {
            assertThat(append(store)).isEqualTo(Offset.of(1));
            assertThat(log.messages())
                    .containsExactly(
                            "The commit records of store/00000000000000000000.jsonl are missing or"
                                    + " damaged; it is kept as it is, unverifiable, with its 0"
                                    + " lines, and a new segment begins.");
        }
        assertThat(path(tail.log())).hasContent(HALF);
    }

    private EventStore open() {
        return Contexts.open(temp.resolve("bus"), InstantSource.system());
    }

    private Path path(String file) {
        return temp.resolve("bus").resolve(file);
    }

    private static Offset append(EventStore store) {
        return store.appendAndWait(
                List.of(StoreChildren.event("a", 1, 1)), Level.DISK, Duration.ofSeconds(20));
    }
}
