// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.spi.Append;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A batch that is visible, which is all that a memory store can reach. */
record MemoryAppend(Offset last, MemoryEventStore store) implements Append {

    @Override
    public CompletionStage<Offset> reached(Level level) {
        return store.capabilities().levels().contains(level)
                ? CompletableFuture.completedStage(last)
                : CompletableFuture.failedStage(store.unknown(level));
    }

    @Override
    public boolean isDone(Level level) {
        return true;
    }

    @Override
    public @Nullable Throwable failure(Level level) {
        return store.capabilities().levels().contains(level) ? null : store.unknown(level);
    }
}
