// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.spi.Append;
import dev.jitney.spi.Cursor;
import dev.jitney.spi.Cursors;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventTail;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreException;
import dev.jitney.spi.StoreUnavailableException;
import dev.jitney.spi.TailOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A store that fails where a test says so, and holds levels back until the test lets them go. Calls
 * are counted from 1 for each kind, over all threads.
 *
 * <p>It is strict: {@link #checkAllMet} fails for a fault that was planned and never met, and for a
 * level that is still held, as a test that plans what does not happen proves nothing.
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 */
public final class FaultyEventStore extends ForwardingEventStore {

    /** A kind of call that can fail. */
    public enum Call {
        /**
         * {@link EventStore#append} and {@link EventStore#appendAndWait}, before anything is
         * stored.
         */
        APPEND,
        /** {@link EventStore#read}, at opening. */
        READ,
        /** {@link EventStore#tail}, at opening. */
        TAIL,
        /** {@link Cursors#save} and {@link Cursors.Claim#save}. */
        SAVE
    }

    private final Map<Call, Integer> calls = new EnumMap<>(Call.class);
    private final Map<Call, Map<Integer, StoreException>> faults = new EnumMap<>(Call.class);
    private final Map<Integer, Map<Level, CompletableFuture<Void>>> gates = new TreeMap<>();
    private @Nullable StoreException broken;

    public FaultyEventStore(EventStore delegate) {
        super(delegate);
    }

    /** Fails the nth call of a kind, from 1, once. */
    public synchronized FaultyEventStore fail(Call call, int nth, StoreException with) {
        faults.computeIfAbsent(call, any -> new TreeMap<>()).put(nth, with);
        return this;
    }

    /**
     * Stores the nth batch, but fails its stage of this level: a force that went wrong. From then
     * on every append fails with the same cause (STO-9).
     */
    public synchronized FaultyEventStore failLevel(int nth, Level level, StoreException with) {
        gate(nth, level).completeExceptionally(with);
        return this;
    }

    /**
     * Holds this level of the nth append back, and {@code appendAndWait} with it, until the action
     * that is returned is run.
     */
    public synchronized Runnable hold(int nth, Level level) {
        CompletableFuture<Void> gate = gate(nth, level);
        return () -> gate.complete(null);
    }

    /** Fails if a fault that was planned was not met, or a level is still held. */
    public synchronized void checkAllMet() {
        List<String> left = new ArrayList<>();
        faults.forEach(
                (call, planned) ->
                        planned.keySet()
                                .forEach(nth -> left.add(call + " " + nth + " did not come")));
        gates.forEach(
                (nth, levels) ->
                        levels.forEach(
                                (level, gate) -> {
                                    if (nth > calls.getOrDefault(Call.APPEND, 0)) {
                                        left.add("APPEND " + nth + " did not come");
                                    } else if (!gate.isDone()) {
                                        left.add(level + " of APPEND " + nth + " is still held");
                                    }
                                }));
        if (!left.isEmpty()) {
            throw new AssertionError("Planned, but not met: " + String.join(", ", left) + ".");
        }
    }

    @Override
    public Append append(List<Event> batch, Level level) {
        int nth = enter(Call.APPEND);
        Append append = super.append(batch, level);
        Map<Level, CompletableFuture<Void>> own = gatesOf(nth);
        return own.isEmpty() ? append : new GatedAppend(append, own);
    }

    @Override
    public Offset appendAndWait(List<Event> batch, Level level, Duration limit) {
        int nth = enter(Call.APPEND);
        Offset offset = super.appendAndWait(batch, level, limit);
        CompletableFuture<Void> gate = gatesOf(nth).get(level);
        if (gate != null) {
            pass(gate, limit);
        }
        return offset;
    }

    @Override
    public EventReader read(ReadOptions options) {
        enter(Call.READ);
        return super.read(options);
    }

    @Override
    public EventTail tail(TailOptions options) {
        enter(Call.TAIL);
        return super.tail(options);
    }

    @Override
    public Cursors cursors() {
        return new ForwardingCursors(super.cursors()) {
            @Override
            public Cursor save(String name, Offset checkpoint) {
                enter(Call.SAVE);
                return super.save(name, checkpoint);
            }

            @Override
            public @Nullable Claim claim(String name) {
                Claim claim = super.claim(name);
                return claim == null ? null : new CountedClaim(claim);
            }
        };
    }

    private final class CountedClaim extends ForwardingCursors.ForwardingClaim {
        CountedClaim(Cursors.Claim delegate) {
            super(delegate);
        }

        @Override
        public Cursor save(Cursor.Progress progress) {
            enter(Call.SAVE);
            return super.save(progress);
        }
    }

    private synchronized int enter(Call call) {
        int nth = calls.merge(call, 1, Integer::sum);
        if (call == Call.APPEND && broken != null) {
            throw broken;
        }
        Map<Integer, StoreException> planned = faults.getOrDefault(call, new TreeMap<>());
        StoreException fault = planned.remove(nth);
        if (fault != null) {
            throw fault;
        }
        return nth;
    }

    private CompletableFuture<Void> gate(int nth, Level level) {
        return gates.computeIfAbsent(nth, any -> new EnumMap<>(Level.class))
                .computeIfAbsent(level, any -> new CompletableFuture<>());
    }

    private synchronized Map<Level, CompletableFuture<Void>> gatesOf(int nth) {
        Map<Level, CompletableFuture<Void>> own = gates.getOrDefault(nth, Map.of());
        for (CompletableFuture<Void> gate : own.values()) {
            if (gate.isCompletedExceptionally()) {
                broken = causeOf(gate);
            }
        }
        return own;
    }

    private static StoreException causeOf(CompletableFuture<Void> failed) {
        return failed.handle((done, e) -> (StoreException) e).join();
    }

    private static void pass(CompletableFuture<Void> gate, Duration limit) {
        try {
            if (limit.isZero()) {
                gate.get();
            } else {
                gate.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (ExecutionException e) {
            throw causeOf(gate);
        } catch (TimeoutException e) {
            throw new StoreUnavailableException("The test holds this level back.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException("Interrupted at a level that is held back.", e);
        }
    }

    /** Lets a level through when both the store has reached it and the test lets it go. */
    private record GatedAppend(Append append, Map<Level, CompletableFuture<Void>> gates)
            implements Append {

        @Override
        public CompletionStage<Offset> reached(Level level) {
            CompletionStage<Offset> stage = append.reached(level);
            CompletableFuture<Void> gate = gates.get(level);
            return gate == null ? stage : gate.thenCompose(open -> stage);
        }

        @Override
        public boolean isDone(Level level) {
            CompletableFuture<Void> gate = gates.get(level);
            return append.isDone(level) && (gate == null || gate.isDone());
        }
    }
}
