// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.FindOptions
import dev.jitney.Publication
import dev.jitney.event.Event
import java.time.Duration
import java.time.Instant
import java.time.InstantSource
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage
import java.util.concurrent.ConcurrentSkipListMap
import java.util.concurrent.Executor
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.atomic.AtomicReference

/**
 * Finds events among those in flight, those completed and those to come (HIS-1, HIS-2).
 *
 * INVARIANTS: a search that waits is in [waiters], and counted in [waiting], before it looks back, and a
 * publisher must let an event be seen by [inFlight] before it offers it: so none falls between. One that
 * completes must be in the history before it leaves [inFlight]. Whoever settles a waiter takes it out and
 * closes its timer.
 *
 * @param inFlight the publications that are pending or running
 * @param schedule runs a task once after a delay unless what it returns is closed before
 * @param executor hands results to those who wait, so that a publisher never runs their code; predicates apart
 */
internal class Findings(
    private val clock: InstantSource,
    private val history: History,
    private val inFlight: () -> Collection<Publication>,
    private val schedule: (Duration, Runnable) -> AutoCloseable,
    private val executor: Executor,
) {
    private val waiters = ConcurrentSkipListMap<Long, Waiter>()
    private val numbers = AtomicLong()
    private val count = AtomicInteger()

    @Volatile
    private var closed = false

    /** How many searches wait for an event. */
    val waiting: Int get() = count.get()

    /** Returns the newest match by the time of the events, or null; throws what the predicate throws. */
    fun newest(options: FindOptions): Publication? = matches(options).firstOrNull()

    /** Returns at most [limit] matches in flight or completed, the newest first. Never waits. */
    fun filter(options: FindOptions, limit: Int): List<Publication> {
        require(limit >= 0) { "Limit '$limit' is negative. Use zero or more." }
        return matches(options).take(limit).toList()
    }

    /** The predicate is asked last, the newest event first, and no more often than somebody wants to know. */
    private fun matches(options: FindOptions): Sequence<Publication> {
        if (options.past().isZero) return emptySequence()
        val now = clock.instant()
        val known = known()
        val causality = lazy(LazyThreadSafetyMode.NONE) { Causality(known) }
        val topical = known.filterTo(ArrayList()) { isWithin(options, it.event(), now) }
        // Nearly in this order as they are.
        topical.sortWith(NewestFirst)
        return topical.asSequence().filter { accepts(options, it.event(), causality) }
    }

    private fun isWithin(options: FindOptions, event: Event, now: Instant): Boolean =
        options.pattern().matches(event.topic()) &&
            (options.past() == FindOptions.UNLIMITED || Duration.between(event.time(), now) <= options.past())

    private fun known(): List<Publication> = allKnown(inFlight(), history)

    private fun accepts(options: FindOptions, event: Event, causality: Lazy<Causality>): Boolean {
        val ancestor = options.childOf()
        if (ancestor != null && !descends(event, ancestor, causality)) return false
        return options.predicate()?.test(event) ?: true
    }

    private fun descends(event: Event, ancestor: Event, causality: Lazy<Causality>): Boolean {
        val cause = event.causationId() ?: return false
        // The common case, which needs no index of all that is known.
        if (cause == ancestor.id()) return event.id() != cause
        return causality.value.isDescendantOf(event, ancestor)
    }

    /**
     * Finds the newest match in the past, else, with [beyond], in the store, else waits for one to come. The
     * future gives null when there is none, and fails with what the predicate or the store throws. Cancelling
     * it ends the search. The future window begins when the past has been searched.
     */
    fun find(
        options: FindOptions,
        beyond: ((FindOptions) -> CompletionStage<out Event?>)? = null,
    ): CompletableFuture<Event?> {
        val waiter = Waiter(options)
        try {
            if (!options.future().isZero) enter(waiter)
            val found = newest(options)
            when {
                found != null -> waiter.settle(found.event(), by = null)
                beyond == null || !options.reachIntoStore() || options.past().isZero -> waiter.await(by = null)
                else -> beyond(options).whenComplete { event, error -> waiter.goOn(event, error) }
            }
        } catch (e: Throwable) {
            waiter.settle(null, e, by = null)
        }
        return waiter.result
    }

    private fun enter(waiter: Waiter) {
        waiters[waiter.number] = waiter
        count.incrementAndGet()
        if (closed) waiter.settle(null, by = null)
    }

    /**
     * Offers an event to all who wait, at publish and before it is handled. Throws nothing: a predicate that
     * throws ends its own search only. Costs one volatile read when nobody waits.
     */
    fun offer(publication: Publication) {
        if (count.get() != 0) offerToAll(publication.event())
    }

    private fun offerToAll(event: Event) {
        val causality = lazy(LazyThreadSafetyMode.NONE) { Causality(known()) }
        for (waiter in waiters.values) waiter.consider(event, causality)
    }

    /** Ends all searches that wait, and those to come, with null. */
    fun close() {
        closed = true
        for (waiter in waiters.values) waiter.settle(null, by = null)
    }

    private inner class Waiter(private val options: FindOptions) : Runnable {
        val number: Long = numbers.incrementAndGet()
        val result = CompletableFuture<Event?>()
        private val settled = AtomicBoolean()
        private val timer = AtomicReference<AutoCloseable?>()

        init {
            // Its holder may complete or cancel it.
            result.whenComplete { _, _ -> if (settled.compareAndSet(false, true)) leave() }
        }

        fun consider(event: Event, causality: Lazy<Causality>) {
            if (settled.get()) return
            try {
                val matches = options.pattern().matches(event.topic()) && accepts(options, event, causality)
                if (matches) settle(event)
            } catch (e: Throwable) {
                settle(null, e)
            }
        }

        /** The store has answered. */
        fun goOn(event: Event?, error: Throwable?) {
            if (event != null || error != null) settle(event, error) else await(executor)
        }

        /** Waits as long as the future window says. */
        fun await(by: Executor?) {
            val window = options.future()
            if (window.isZero) return settle(null, by = by)
            if (window == FindOptions.UNLIMITED || settled.get()) return
            try {
                val started = schedule(window, this)
                // Settled meanwhile: then nobody else will close it.
                if (!timer.compareAndSet(null, started)) started.close()
            } catch (e: Throwable) {
                settle(null, e)
            }
        }

        /** The future window has passed. */
        override fun run() = settle(null)

        fun settle(event: Event?, error: Throwable? = null, by: Executor? = executor) {
            if (!settled.compareAndSet(false, true)) return
            leave()
            if (by == null) return complete(event, error)
            try {
                by.execute { complete(event, error) }
            } catch (_: RejectedExecutionException) {
                complete(event, error)
            }
        }

        private fun complete(event: Event?, error: Throwable?) {
            if (error == null) result.complete(event) else result.completeExceptionally(error)
        }

        private fun leave() {
            if (waiters.remove(number) != null) count.decrementAndGet()
            try {
                timer.getAndSet(Ended)?.close()
            } catch (e: Exception) {
                engineLog.warn("A time limit of a search could not be taken back", e)
            }
        }
    }

    /** Makes no object for most comparisons. */
    private object NewestFirst : Comparator<Publication> {
        override fun compare(one: Publication, other: Publication): Int {
            val a = one.event()
            val b = other.event()
            val millis = b.timeMillis().compareTo(a.timeMillis())
            return if (millis != 0) millis else b.time().compareTo(a.time())
        }
    }

    /** Stands where a timer is to be taken back no more. */
    private object Ended : AutoCloseable {
        override fun close() = Unit
    }
}
