// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.locks.LockSupport

/** A publisher that waits for its event's turn, to run it on its own thread (ORD-9). */
internal class DirectTurn {
    private val publisher = Thread.currentThread()
    private val state = AtomicInteger(WAITING)

    /** The event's turn has come; false if the publisher is gone. */
    fun offer(): Boolean {
        if (!state.compareAndSet(WAITING, OFFERED)) return false
        LockSupport.unpark(publisher)
        return true
    }

    /** Blocks until the turn has come, and says whether it has; it has not if the event ended before. */
    fun await(publication: EnginePublication): Boolean {
        publication.onCompleted { LockSupport.unpark(publisher) }
        var interrupted = false
        while (state.get() == WAITING) {
            if (publication.completed && state.compareAndSet(WAITING, GONE)) break
            LockSupport.park(this)
            interrupted = Thread.interrupted() || interrupted
        }
        if (interrupted) publisher.interrupt()
        return state.get() == OFFERED
    }

    private companion object {
        const val WAITING = 0
        const val OFFERED = 1
        const val GONE = 2
    }
}
