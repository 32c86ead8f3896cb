// SPDX-License-Identifier: Apache-2.0
package dev.jitney.worlds

import dev.jitney.EventBus
import dev.jitney.Ordering
import dev.jitney.Publication
import dev.jitney.PublishOptions
import dev.jitney.event.Event
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicLong

/** A publish that returned: who published, and in which handler, if in one. */
internal class Receipt(val bus: EventBus, val publication: Publication, val inside: Call?)

/** A part of a call in which its handler ran, from one reading of the [Journal]'s clock to another. */
internal class Span(val from: Long, val to: Long) {
    override fun toString(): String = "$from to $to"
}

/** One run of a handler: one attempt at one event. */
internal class Call(private val journal: Journal, val handler: String, val bus: EventBus, val event: Event) {
    /** When it began. */
    val begin = journal.tick()
    private var since = begin
    private val spans = ArrayList<Span>()

    val replayed: Boolean get() = event.headers().containsKey("replayof")

    /** When its handler ran, its waits for other events apart. */
    @Synchronized
    fun spans(): List<Span> = spans.toList()

    @Synchronized
    override fun toString(): String =
        "$handler at $spans with $event, key ${event.key()}, caused by ${event.causationId()}"

    /** The handler is about to return. */
    fun end() {
        leave()
        journal.running.decrementAndGet()
    }

    /** The handler is about to wait. */
    @Synchronized
    fun leave() {
        spans += Span(since, journal.tick())
    }

    /** The handler goes on. */
    @Synchronized
    fun enter() {
        since = journal.tick()
    }

    /** Waits for something within the block, when the lane is lent to others (NST-2). */
    inline fun <T> away(block: () -> T): T {
        leave()
        try {
            return block()
        } finally {
            enter()
        }
    }
}

/** What has happened in a world, written down by all its threads. */
internal class Journal {
    private val clock = AtomicLong()
    private val orderings = ConcurrentHashMap<String, Ordering>()
    private val violations = ConcurrentLinkedQueue<String>()

    /** How many calls have not ended. */
    val running = AtomicInteger()
    val receipts = ConcurrentLinkedQueue<Receipt>()
    val calls = ConcurrentLinkedQueue<Call>()
    val ways = ConcurrentLinkedQueue<Way>()

    /** A moment after all that were given before. */
    fun tick(): Long = clock.incrementAndGet()

    fun call(handler: String, bus: EventBus, event: Event): Call {
        running.incrementAndGet()
        return Call(this, handler, bus, event).also(calls::add)
    }

    /** Remembers how the event asks to be ordered, before anyone can handle it. */
    fun about(event: Event, options: PublishOptions) {
        options.ordering()?.let { orderings[event.id()] = it }
    }

    /** How the event asked to be ordered (ORD-7); null for the bus's own way. */
    fun orderingOf(event: Event): Ordering? = orderings[event.id()]

    fun published(bus: EventBus, publication: Publication, inside: Call?): Publication {
        receipts += Receipt(bus, publication, inside)
        return publication
    }

    /** Remembers that a rule does not hold. */
    fun violated(what: String) {
        violations += what
    }

    fun check(holds: Boolean, what: () -> String) {
        if (!holds) violated(what())
    }

    fun violations(): List<String> = violations.distinct()
}
