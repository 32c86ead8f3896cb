// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import org.jspecify.annotations.Nullable;

/**
 * Takes a context that lives on the publisher's thread to wherever the event is handled (CTX-4): a
 * trace, a tenant, a security principal. The rules are proved by {@code
 * dev.jitney.tck.ContextCarrierContract}.
 *
 * <p><b>When.</b> {@link #capture} runs once per publish, on the publisher's thread. What it
 * returned is restored around every attempt of every handler and whenever a suspended handler goes
 * on, on the thread that does so, and what {@link #restore} returned is closed by the same thread
 * when it stops or suspends: restores nest. Carriers are restored in order of name, before
 * interceptors enter the attempt, and closed the other way round. The context of an event lives in
 * this process only: it is not stored, and an event that comes from a store has none.
 *
 * <p><b>Threads.</b> Safe for concurrent use. One captured value may be restored on several threads
 * at once, and so must not be changed by that. Both methods must be quick: they run for every
 * event.
 *
 * <p><b>Failures.</b> What it throws is logged, at most once a minute, and the event goes without
 * this context (ERR-6).
 */
public interface ContextCarrier extends AutoCloseable {

    /** Returns the carrier's name, always the same; that of its provider if it has one. */
    String name();

    /**
     * Says whether it does anything at all. A bus asks once, when it is built, and goes on without
     * it if not, as if it had not been asked for.
     */
    default boolean isEnabled() {
        return true;
    }

    /**
     * Returns the calling thread's context, or null if there is nothing to carry. For null nothing
     * is restored: a handler then sees what its thread has, which is nothing on the bus's threads,
     * but may be something where a caller that waits runs the handler itself (ORD-10). A carrier
     * for which that matters returns a value that stands for "empty".
     */
    @Nullable Object capture();

    /**
     * Makes a context that {@link #capture} gave the calling thread's.
     *
     * @return puts back what was there before when closed, by the same thread; null if there is
     *     nothing to put back
     */
    @Nullable AutoCloseable restore(Object captured);

    /**
     * Returns the correlation id that the calling thread's context stands for, such as a trace id,
     * or null. The bus asks for it, in order of name, when an event is published without a
     * correlation id, outside of a correlation context and of a handler (CTX-1).
     */
    default @Nullable String correlationId() {
        return null;
    }

    /** Releases its resources. Closing again has no effect. */
    @Override
    default void close() {}
}
