// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.Event
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.yield
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.atomic.AtomicLongFieldUpdater
import java.util.concurrent.atomic.AtomicReferenceArray
import java.util.function.BooleanSupplier
import kotlin.coroutines.ContinuationInterceptor

/**
 * The newest events of a live view, and how far each collector has got in them (SUB-8).
 *
 * ```
 *            emptied     a cursor      another          head
 *               ▼            ▼            ▼               ▼
 *   …  null  null  event  event  event  event  …  event  free
 *                        └─ as far as a cursor may be behind ─┘
 * ```
 *
 * Events have numbers; the slot of one is its number modulo [SLOTS]. Feeders take turns by a lock that no collector takes,
 * and make no object. A collector that has nothing to read sleeps among the [Sleepers] of its dispatcher.
 *
 * INVARIANTS: [head] is the number of the next event. Feeders fill its slot, then count it on, under the lock, and not once
 * the ring has [ended]. A cursor that is more than [WINDOW] behind goes to the oldest event within it. There are more slots
 * than that, and who has read one looks at [head] again: one that was filled anew by then is not believed. A feeder counts
 * on and then looks for sleepers, a sleeper shows itself and then looks at [head], so one sees the other.
 * Of the slots below [emptied] none has an event of such a number; no event that a cursor still has before it is taken out.
 * [cursors] and [sleepers] are replaced under the monitor; [emptied] and [behind] belong to whoever [sweeps].
 *
 * @param lost counts what collectors were too slow for
 */
internal class LiveRing(private val lost: AtomicLong) : ShortLock() {
    private val slots = AtomicReferenceArray<Event?>(SLOTS)

    @Volatile
    private var head = 0L

    @Volatile
    private var ended = false

    @Volatile
    private var sleepers = emptyArray<Sleepers>()

    @Volatile
    private var cursors = emptyArray<Cursor>()

    private val sweeps = AtomicInteger()
    private var emptied = 0L
    private var behind = 0

    /** Events that can be reached; for tests. */
    val held: Int get() = (0 until SLOTS).count { slots.get(it) != null }

    /** Collectors that sleep; for tests. */
    val asleep: Int get() = sleepers.sumOf { it.count }

    /** Hands the event to all who have joined. */
    fun feed(event: Event) {
        locked {
            if (ended) return
            val at = head
            slots.setRelease(slot(at), event)
            // Of the last round, which nobody may read any more.
            slots.setRelease(slot(at + 1), null)
            head = at + 1
        }
        wake()
    }

    /** Who has read what is there is [over][Cursor.over] now; nothing more comes. */
    fun end() {
        locked { ended = true }
        wake()
    }

    private fun wake() {
        for (group in sleepers) group.wake()
    }

    // ---- who collects

    /** A cursor that gets what is fed from now on. */
    @Synchronized
    fun join(dispatcher: ContinuationInterceptor?): Cursor {
        var group = sleepers.find { it.dispatcher != null && it.dispatcher === dispatcher }
        if (group == null) {
            group = Sleepers(dispatcher)
            sleepers += group
        }
        group.members++
        val cursor = Cursor(group)
        cursors += cursor
        // After it can be seen: a sweep that has not seen it goes no further than this.
        cursor.position = head
        return cursor
    }

    @Synchronized
    private fun remove(cursor: Cursor) {
        cursors = cursors.filter { it !== cursor }.toTypedArray()
        if (--cursor.group.members == 0) sleepers = sleepers.filter { it !== cursor.group }.toTypedArray()
    }

    /** How far a collector has got; for one coroutine. */
    inner class Cursor(val group: Sleepers) : BooleanSupplier {
        /** The number of the event that is read next. */
        @Volatile
        @JvmField
        var position = 0L
        private var sleeper: Sleeper? = null
        private var looks = 0

        /** Whether nothing is left to be read, for ever. */
        val over: Boolean get() = ended && position == head

        /** The next event, or null if there is none yet. */
        fun poll(): Event? {
            while (true) {
                val at = oldest()
                if (at == head) return null
                val event = slots.getAcquire(slot(at))
                // The slot may be another's by now, or none's.
                if (head - at >= SLOTS - 1) continue
                POSITION.lazySet(this, at + 1)
                if (at % BATCH == 0L) sweep()
                // Null if the event was fed a round ago, too, and that one was being taken out.
                if (event != null) return event
                lost.incrementAndGet()
            }
        }

        /** Goes to the oldest event that the collector may still have. */
        private fun oldest(): Long {
            val at = position
            val first = head - WINDOW
            if (at >= first) return at
            lost.addAndGet(first - at)
            position = first
            return first
        }

        /** Whether there is something to read, or nothing any more. */
        override fun getAsBoolean(): Boolean = position != head || ended

        /** Until there may be something to read. To be followed by [rise]. */
        suspend fun await(): Unit = when {
            !group.look(this) -> sleep()

            // Others of the dispatcher get their turn though this one does not sleep.
            ++looks % YIELD == 0 -> yield()

            else -> Unit
        }

        private suspend fun sleep(): Unit = suspendCancellableCoroutine { continuation ->
            sweep()
            val own = Sleeper(continuation)
            sleeper = own
            group.add(own)
            if (asBoolean) own.wake()
        }

        /** A sleep, if there was one, is over, by whatever. */
        fun rise() {
            sleeper?.rise()
            sleeper = null
        }

        fun leave() {
            rise()
            remove(this)
            sweep()
        }
    }

    // ---- emptying

    /** Takes out what all have read. Who comes while another does makes that one look again. */
    private fun sweep() {
        if (sweeps.getAndIncrement() != 0) return
        var seen = 1
        do {
            empty(allHaveRead())
            seen = sweeps.addAndGet(-seen)
        } while (seen != 0)
    }

    private fun allHaveRead(): Long {
        // First, see join.
        var least = head
        val all = cursors
        for (i in all.indices) {
            // Begins with whoever was last behind, so that many collectors seldom look at all of them.
            val one = (behind + i) % all.size
            val position = all[one].position
            if (position <= emptied) {
                behind = one
                return emptied
            }
            least = minOf(least, position)
        }
        return least
    }

    private fun empty(end: Long) {
        for (at in maxOf(emptied, head - SLOTS + 1) until end) {
            val event = slots.getAcquire(slot(at))
            if (event != null && head - at < SLOTS) slots.compareAndSet(slot(at), event, null)
        }
        emptied = end
    }

    internal companion object {
        /** So many events a collector may be behind. */
        const val WINDOW = 1_024
        private const val SLOTS = 2 * WINDOW
        private const val BATCH = 64
        private const val YIELD = 256
        private val POSITION = AtomicLongFieldUpdater.newUpdater(Cursor::class.java, "position")

        private fun slot(number: Long): Int = number.toInt() and SLOTS - 1
    }
}
