// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Ordering
import dev.jitney.event.Outcome
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicReferenceArray

/**
 * The lanes of a bus: those of its own way to order events, and those of the other ways for events
 * that ask for them (ORD-7). Made when they are first needed.
 */
internal class Lanes(private val settings: BusSettings, private val pool: HandlerPool, shared: Lane?) {
    @Volatile
    private var serial: Lane? = shared

    @Volatile
    private var parallel: Lane? = null
    private val keyed = AtomicReferenceArray<Lane?>(settings.lanes)
    private val turn = AtomicInteger()

    /** The one lane of a serial bus, to be shared with others (ORD-4). */
    fun serial(): Lane = serial ?: makeSerial()

    fun ordering(publication: EnginePublication): Ordering = publication.options?.ordering() ?: settings.ordering

    fun of(publication: EnginePublication): Lane = when (ordering(publication)) {
        Ordering.SERIAL -> serial()
        Ordering.KEYED -> keyed(place(publication.event().key()))
        Ordering.PARALLEL -> parallel ?: makeParallel()
    }

    /** The number of the event's lane; events that are ordered in another way than the bus's have 0. */
    fun numberOf(publication: EnginePublication): Int {
        val lane = publication.lane ?: return 0
        for (at in 0 until keyed.length()) if (keyed.get(at) === lane) return at
        return 0
    }

    /** All lanes that there are. */
    fun all(): List<Lane> {
        val made = ArrayList<Lane>()
        serial?.let(made::add)
        parallel?.let(made::add)
        for (at in 0 until keyed.length()) keyed.get(at)?.let(made::add)
        return made
    }

    /** The event of the bus that has waited longest, what is durable apart; null if none waits at the moment. */
    fun oldest(core: EngineCore): EnginePublication? =
        all().mapNotNull { it.oldest(core) }.minByOrNull { it.event().time() }

    /** Drops the [oldest] event; false if there is none. */
    fun dropOldest(core: EngineCore, reason: String): Boolean {
        val oldest = oldest(core) ?: return false
        // If someone else has begun it, there may be room.
        if (!core.runner.take(oldest)) return true
        oldest.complete(Outcome.DROPPED, reason)
        oldest.lane?.forget(oldest)
        return true
    }

    /** Cancels what waits on behalf of a closed bus; others of its group stay. */
    fun cancelQueued(core: EngineCore) {
        for (lane in all()) {
            for (queued in lane.queued()) {
                if (queued.owner === core && core.runner.take(queued)) {
                    queued.complete(Outcome.CANCELLED, CLOSED_FIRST)
                }
            }
        }
    }

    @Synchronized
    private fun makeSerial(): Lane = serial ?: Lane(1, pool, serial = true).also { serial = it }

    @Synchronized
    private fun makeParallel(): Lane = parallel ?: Lane(settings.parallelism, pool).also { parallel = it }

    // The JDK specifies a text's hash code, so a key keeps its lane everywhere.
    private fun place(key: String?): Int = Math.floorMod(key?.hashCode() ?: turn.getAndIncrement(), keyed.length())

    private fun keyed(at: Int): Lane {
        keyed.get(at)?.let { return it }
        val made = Lane(1, pool)
        return if (keyed.compareAndSet(at, null, made)) made else keyed.get(at)!!
    }
}

/** Whether it waits on this bus, and no durable subscription would miss it. */
internal fun EnginePublication.mayBeDropped(core: EngineCore): Boolean =
    owner === core && origin != Origin.DURABLE && pending
