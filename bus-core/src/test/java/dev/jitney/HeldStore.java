// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.spi.Append;
import dev.jitney.spi.StoreCapabilities;
import dev.jitney.tck.ForwardingEventStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A memory store behind a disk that the test owns: an append is visible to readers at once, but no
 * level is reached before the test says so.
 */
final class HeldStore extends ForwardingEventStore {

    private final Deque<Held> waiting = new ArrayDeque<>();

    HeldStore() {
        super(EventBusBuilder.create("held").store("memory:").openStore());
    }

    /** Lets the oldest append reach the level OS. */
    synchronized void release() {
        Held held = waiting.removeFirst();
        held.stage.complete(held.offset);
    }

    /** Lets the oldest append fail. */
    synchronized void fail(RuntimeException cause) {
        waiting.removeFirst().stage.completeExceptionally(cause);
    }

    synchronized int held() {
        return waiting.size();
    }

    @Override
    public synchronized Append append(List<Event> batch, Level level) {
        Held held = new Held(delegate().appendAndWait(batch, Level.OS, Duration.ZERO));
        waiting.addLast(held);
        return held;
    }

    private static final class Held implements Append {

        private final Offset offset;
        private final CompletableFuture<Offset> stage = new CompletableFuture<>();

        private Held(Offset offset) {
            this.offset = offset;
        }

        @Override
        public CompletionStage<Offset> reached(Level level) {
            return stage;
        }

        @Override
        public boolean isDone(Level level) {
            return stage.isDone();
        }
    }

    @Override
    public StoreCapabilities capabilities() {
        return new StoreCapabilities(
                Set.of(Level.OS, Level.DISK), true, true, true, true, true, false, false);
    }

    @Override
    public Offset appendAndWait(List<Event> batch, Level level, Duration limit) {
        return delegate().appendAndWait(batch, Level.OS, limit);
    }
}
