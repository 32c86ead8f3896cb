// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/**
 * Counts events through a bus and bounds how many wait (BPR-1).
 *
 * INVARIANTS: started <= accepted and settled <= accepted + at once, once nothing moves; pending = accepted -
 * started; in flight = accepted + at once - settled. An event counts as accepted or as run at once. Publishers
 * write those two, lanes the others, so that a publisher and a lane do not fight over one counter.
 */
internal class Admission(val limit: Int) {
    private val accepted = AtomicLong()
    private val atOnce = AtomicLong()

    // Those on the serial lane, counted by whoever has it.
    private val serialAtOnce = AtomicLong()
    private val started = AtomicLong()
    private val settled = AtomicLong()
    private val waiters = ConcurrentLinkedQueue<Runnable>()
    private val idleWaiters = AtomicInteger()
    private val lock = ReentrantLock()
    private val idle = lock.newCondition()

    // Wakes waiters in groups: waking each at the first free place would cost a wake-up per event.
    private val wakeAt = limit - maxOf(1, limit / 4)

    val pending: Long get() = maxOf(0, accepted.get() - started.get())

    // What is settled is read first: between the two reads an event may publish another and settle.
    val inFlight: Long get() {
        val done = settled.get()
        return maxOf(0, accepted.get() + atOnce.get() + serialAtOnce.get() - done)
    }
    val settledSoFar: Long get() = settled.get()

    /** Takes a place if there is one. */
    fun tryAcquire(): Boolean {
        while (true) {
            val now = accepted.get()
            if (now - started.get() >= limit) return false
            if (accepted.compareAndSet(now, now + 1)) return true
        }
    }

    /** Takes a place even if there is none: for a handler's own publishes (ORD-8). */
    fun acquireAnyway() {
        accepted.incrementAndGet()
    }

    /** Counts an event that is not to wait: there is no place to take. */
    fun runsAtOnce(serial: Boolean) {
        if (serial) serialAtOnce.lazySet(serialAtOnce.plain + 1) else atOnce.incrementAndGet()
    }

    /** Gives back a place whose event was refused after all. */
    fun giveBack() {
        accepted.decrementAndGet()
        wakeWaiters()
        signalIdle()
    }

    /** An event has left the queue. */
    fun started() {
        started.incrementAndGet()
        if (!waiters.isEmpty() && pending <= wakeAt) wakeWaiters()
    }

    /** An event has its outcome. */
    fun settled() {
        settled.incrementAndGet()
        signalIdle()
    }

    /** Calls [waiter] once when there may be room. The caller must try again after adding it. */
    fun addWaiter(waiter: Runnable) {
        waiters.add(waiter)
    }

    /** Has the waiter called once more, if it was. */
    fun renewWaiter(waiter: Runnable) {
        if (!waiters.contains(waiter)) waiters.add(waiter)
    }

    /** Forgets a waiter, and passes its wake-up on if it has already had one. */
    fun removeWaiter(waiter: Runnable) {
        if (!waiters.remove(waiter)) wakeWaiters()
    }

    /** Wakes as many waiters as there are places. */
    fun wakeWaiters() {
        var room = limit - pending
        while (room-- > 0) (waiters.poll() ?: return).run()
    }

    /** Wakes all: the bus is closing. */
    fun wakeAllWaiters() {
        while (true) (waiters.poll() ?: return).run()
    }

    /** Waits until nothing is in flight; [nanos] 0 does not wait. */
    fun awaitIdle(nanos: Long): Boolean {
        if (inFlight == 0L) return true
        val deadline = System.nanoTime() + nanos
        idleWaiters.incrementAndGet()
        try {
            lock.withLock {
                while (inFlight != 0L) {
                    val left = deadline - System.nanoTime()
                    if (left <= 0) return false
                    idle.awaitNanos(left)
                }
            }
            return true
        } finally {
            idleWaiters.decrementAndGet()
        }
    }

    private fun signalIdle() {
        if (idleWaiters.get() > 0 && inFlight == 0L) lock.withLock { idle.signalAll() }
    }
}
