// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater
import java.util.concurrent.atomic.AtomicReference
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater
import java.util.function.BooleanSupplier
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.resume

/**
 * The collectors of a live view that have nothing to read, of one dispatcher. Whoever has something for them wakes the
 * newest, which wakes the next before it reads, and so on: a publisher pays for one wake, however many sleep. And one of
 * them [looks][look] for a moment before it sleeps; meanwhile a publisher pays for none.
 *
 * One dispatcher, since a chain stops where its dispatcher is held up: who sleeps behind would be held up by that anyway.
 *
 * ```
 *   top ─▶ newest ─▶ … ─▶ oldest          asleep
 *   null   woken ─▶ next ─▶ … ─▶ oldest   after a wake: the chain belongs to those who are in it
 * ```
 *
 * INVARIANTS: a sleeper has its continuation until it is woken or goes by itself, and loses it in one exchange; it stands
 * in one chain, once. Of a chain that was taken off, all before the one that was woken last have been woken or have gone,
 * and that one will wake the [next][Sleeper.rise]. A sleeper that has gone stays where it is and is passed over; on top
 * it is dropped by the next that comes.
 * While one is [looking] a wake is [owed] by it. Whoever leaves a wake to it looks once more whether it is still there,
 * and it stops looking before it looks for what it owes, so one sees the other.
 *
 * @property dispatcher of all that sleep here; null, for one collector, where it has none
 */
internal class Sleepers(val dispatcher: ContinuationInterceptor?) {
    @Volatile
    private var top: Sleeper? = null

    @Volatile
    private var looking = 0

    @Volatile
    private var owed = false
    private val look = Looking(moment = MOMENT_NANOS, pauses = PAUSES)

    // Without a dispatcher of its own a collector is run by who feeds it, who has nothing to look for.
    private val mayLook = dispatcher is CoroutineDispatcher && dispatcher !== Dispatchers.Unconfined

    /** How many collectors may sleep here; guarded by the ring's monitor. */
    var members = 0

    /** For tests. */
    val count: Int get() = generateSequence(top) { it.next }.count { it.get() != null }

    /** From now on [wake] reaches the sleeper. It looks whether it has come too late after this. */
    fun add(sleeper: Sleeper) {
        do {
            val before = top
            sleeper.next = before?.orNext()
        } while (!TOP.compareAndSet(this, before, sleeper))
    }

    /** A field is read if nobody sleeps. */
    fun wake() {
        if (top == null) return
        if (looking == SOMEONE) {
            // Nothing is written for all events but the first.
            if (!owed) owed = true
            if (looking == SOMEONE) return
        }
        wakeNewest()
    }

    private fun wakeNewest() {
        TOP.getAndSet(this, null)?.wakeOne()
    }

    /** Looks for a moment instead of sleeping, if no other does. Returns whether [found] has said so. */
    fun look(found: BooleanSupplier): Boolean {
        if (!mayLook || !LOOKING.compareAndSet(this, NOBODY, SOMEONE)) return false
        val comes = look.look(found)
        looking = NOBODY
        if (owed) {
            owed = false
            wakeNewest()
        }
        return comes
    }

    private companion object {
        const val NOBODY = 0
        const val SOMEONE = 1

        // Some half of what a wake costs the publisher, and a look each quarter of a microsecond.
        const val MOMENT_NANOS = 2_000L
        const val PAUSES = 20
        val TOP: AtomicReferenceFieldUpdater<Sleepers, Sleeper> =
            AtomicReferenceFieldUpdater.newUpdater(Sleepers::class.java, Sleeper::class.java, "top")
        val LOOKING: AtomicIntegerFieldUpdater<Sleepers> =
            AtomicIntegerFieldUpdater.newUpdater(Sleepers::class.java, "looking")
    }
}

/** One sleep of one collector. */
internal class Sleeper(continuation: CancellableContinuation<Unit>) :
    AtomicReference<CancellableContinuation<Unit>?>(continuation) {
    /** Set before others see the sleeper. */
    var next: Sleeper? = null

    /** This one, or the first behind it that still sleeps. */
    fun orNext(): Sleeper? {
        var at: Sleeper? = this
        while (at != null && at.get() == null) at = at.next
        return at
    }

    /** Wakes this one, or the first behind it that still sleeps. */
    fun wakeOne() {
        var at: Sleeper? = this
        while (at != null && !at.wake()) at = at.next
    }

    /** Returns whether it was asleep. */
    fun wake(): Boolean {
        val continuation = getAndSet(null) ?: return false
        continuation.resume(Unit)
        return true
    }

    /** To be called when the sleep is over, whatever has ended it: if that was a wake, it is passed on. */
    fun rise() {
        if (getAndSet(null) == null) next?.wakeOne()
    }
}
