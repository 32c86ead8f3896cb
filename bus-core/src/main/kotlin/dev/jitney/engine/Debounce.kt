// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.locks.ReentrantLock

// Of all buses together, because two of them could wait for each other as well.
private val turnsOfThread = ThreadLocal<Int>()

/**
 * Lets callers find an event or publish it, so that of those who look for the same only one publishes
 * (HIS-3). The same is what has the same key, the pattern: two predicates cannot be compared, and a lambda is
 * a new object at each call.
 *
 * A caller looks without waiting first. Only one that finds nothing takes its turn, looks again and
 * publishes; its turn ends when the event can be found, before anybody handles it. A turn is not waited for
 * by a thread that has another one, as an interceptor that debounces within a publish would: the two could
 * wait for each other. Then both may publish.
 */
internal class Debounce {
    private val queues = ConcurrentHashMap<String, Queue>()

    /** How many keys somebody is working on; for tests. */
    val busy: Int get() = queues.size

    /** One after another: those who look for one key. [interested] is changed within the map only. */
    private class Queue {
        val lock = ReentrantLock()
        var interested = 0
    }

    /** The right to publish. Ends with the call at the latest. */
    inner class Turn internal constructor(private val lock: ReentrantLock?) {
        private var over = false

        /** To be called as soon as the event can be found, by the thread that has the turn; again has no effect. */
        fun end() {
            if (over) return
            over = true
            if (lock == null) return
            lock.unlock()
            count(-1)
        }
    }

    /**
     * Returns what [find] finds, else what [publish] returns, which is null when there is no room: it must not
     * wait for any, since those who would make it may wait for this turn. Wait after null, then try again.
     */
    fun <T : Any> findOrPublish(key: String, find: () -> T?, publish: (Turn) -> T?): T? =
        find() ?: inTurn(key) { turn -> find() ?: publish(turn) }

    private fun <T> inTurn(key: String, block: (Turn) -> T): T {
        val queue = queues.compute(key) { _, known -> (known ?: Queue()).also { it.interested++ } }!!
        try {
            val turn = takeTurn(queue.lock)
            try {
                return block(turn)
            } finally {
                turn.end()
            }
        } finally {
            queues.compute(key) { _, known -> known!!.takeIf { --it.interested > 0 } }
        }
    }

    private fun takeTurn(lock: ReentrantLock): Turn {
        if (turnsOfThread.get() == null) {
            lock.lock()
        } else if (!lock.tryLock()) {
            return Turn(null)
        }
        count(1)
        return Turn(lock)
    }

    private fun count(more: Int) {
        val now = (turnsOfThread.get() ?: 0) + more
        if (now == 0) turnsOfThread.remove() else turnsOfThread.set(now)
    }
}
