// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Selection;
import dev.jitney.spi.PurgeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreFactsTest {

    @TempDir Path temp;

    @Test
    @DisplayName("STO-10 facts are those of the log, before and after a purge")
    void factsAreThoseOfTheLog() throws IOException {
        StoreContext context =
                Contexts.of(temp.resolve("bus"), Contexts.format(), new Contexts.TestClock());
        assertThat(StoreFacts.of(context)).isEqualTo(new StoreFacts(0, 0, 0, 0, 0, 0, 0));

        TestWriter writer = new TestWriter(context);
        writer.append(Contents.event("a", 1), Contents.event("b", 2));
        writer.roll();
        writer.append(Contents.event("a", 3));
        writer.append(Contents.event("b", 4));
        Path store = temp.resolve("bus/store");
        Files.writeString(store.resolve("00000000000000000002.jsonl@9.torn"), "{");
        SharedState state = SharedState.openLocked(context.disk());
        state.raiseDurable(3);

        assertThat(StoreFacts.of(context))
                .isEqualTo(new StoreFacts(0, 4, 3, 4, bytes(store, "0", "2"), 2, 1));

        try (FileCursors cursors = new FileCursors(context, writer::end)) {
            new Purger(context, writer, cursors, new Indexes(context))
                    .purge(Selection.builder().pattern("a").build(), PurgeOptions.standard());
        }
        assertThat(StoreFacts.of(context))
                .isEqualTo(new StoreFacts(1, 4, 3, 2, bytes(store, "0.1", "2.1", "4"), 3, 1));
    }

    private static long bytes(Path store, String... names) throws IOException {
        long bytes = 0;
        for (String name : names) {
            bytes += Files.size(store.resolve("0".repeat(19) + name + ".jsonl"));
        }
        return bytes;
    }
}
