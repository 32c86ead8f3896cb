// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import java.time.Duration;
import java.util.List;

/**
 * An append-only log of events that outlives the process: one total order, offsets from 0. The
 * rules STO-1 to STO-11 hold; {@code dev.jitney.tck.EventStoreContract} proves them.
 *
 * <p><b>Threads.</b> Safe for concurrent use. A reader or a tail belongs to one thread at a time.
 *
 * <p><b>Failures.</b> {@link StoreUnavailableException} means "try again"; any other {@link
 * StoreException} is final for the call. After a failed write or force every further append fails
 * with the first cause (STO-9), while reading goes on. After {@link #close} every method but {@link
 * #capabilities} and {@link #close} throws {@link StoreClosedException}.
 *
 * <p><b>Limits.</b> An event is at most as large as the store's configuration says. A store whose
 * {@link #capabilities} lack something throws {@link UnsupportedOperationException} where it is
 * asked for, and changes nothing.
 */
public interface EventStore extends AutoCloseable {

    /** Returns what this store can do. The contract tests follow it (STO-10). */
    StoreCapabilities capabilities();

    /**
     * Appends a batch whole: after a crash a reader finds all of it or none (STO-1). Returns at
     * once unless the store's queue is full, in which case it waits for room.
     *
     * @param batch one or more events in the order in which readers see them; each has a source
     * @param level how far the store drives the batch by itself
     * @throws IllegalArgumentException if the batch is empty, or an event has no source; nothing of
     *     the batch is stored
     * @throws UnsupportedOperationException if the store does not reach this level; nothing of the
     *     batch is stored
     * @throws EventTooLargeException if an event is larger than the store takes; nothing of the
     *     batch is stored
     * @throws EventFormatException if an event cannot be encoded; nothing of the batch is stored
     * @throws StoreException if the store is closed or has failed
     */
    Append append(List<Event> batch, Level level);

    /**
     * As {@link #append}, by a caller that calls {@link Append#await} next: the store may leave the
     * writing to that call. So a bus keeps its order of appends and yet needs no other thread for
     * an event that its publisher waits for.
     */
    default Append appendAwaited(List<Event> batch, Level level) {
        return append(batch, level);
    }

    /**
     * Appends a batch and waits until the level is reached. The calling thread may do the writing
     * itself, which makes this much cheaper than waiting for {@link #append}'s stage.
     *
     * @param limit the longest to wait; zero waits without limit
     * @return the offset of the batch's last event
     * @throws StoreUnavailableException if the limit passes first, naming what it waited for; the
     *     batch may still be stored
     * @throws StoreException as {@link #append}
     */
    Offset appendAndWait(List<Event> batch, Level level, Duration limit);

    /**
     * Opens a reader over what is stored now; it never waits for new events (STO-3).
     *
     * @throws UnsupportedOperationException if it is to read backward and the store cannot
     */
    EventReader read(ReadOptions options);

    /** Opens a tail, which gives every event from its position on and waits for more (STO-4). */
    EventTail tail(TailOptions options);

    /**
     * Opens a reader over the topics that have events, in order of name, with their counts. Only
     * patterns and exclusions of the selection are looked at.
     */
    TopicReader topics(Selection selection);

    /** Returns the offset of the first event that is still stored, or {@link #end} if none is. */
    Offset start();

    /** Returns the offset that the next event will be given; a purge does not change it (STO-1). */
    Offset end();

    /** Returns what this store is and holds. */
    StoreInfo info();

    /**
     * Removes the bytes of the events selected (STO-6). Other readers go on during and after it,
     * and a kill at any point leaves the old state or the new one.
     *
     * @throws UnsupportedOperationException if the store is not purgeable
     */
    PurgeReport purge(Selection selection, PurgeOptions options);

    /**
     * Removes the oldest events as the configured retention says, but none that a cursor still
     * needs unless the configuration says so. Stores also do this by themselves as they grow.
     */
    PurgeReport applyRetention();

    /**
     * Returns the named cursors of this store.
     *
     * @throws UnsupportedOperationException if the store has none
     */
    Cursors cursors();

    /** Checks every stored byte and changes nothing (STO-8). */
    VerifyReport verify(VerifyOptions options);

    /**
     * Waits for accepted appends to reach their level, then releases all resources. Open tails end:
     * their next call returns null, and a thread that waits in one is woken. Open readers that have
     * not come to their end throw {@link StoreClosedException}. Closing again has no effect, and
     * does not wait for a close that is under way.
     */
    @Override
    void close();
}
