// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater
import java.util.concurrent.locks.LockSupport

/**
 * A lock for sections of a few nanoseconds that call nobody: one exchange to take it, and a store to release
 * it, where a monitor needs two exchanges. Whoever finds it taken spins a little, then yields, then sleeps
 * for [NAP_NANOS] at a time, so a holder that has lost its processor gets it back. Not reentrant, and not fair.
 */
internal open class ShortLock {
    @Volatile
    private var taken = FREE

    inline fun <T> locked(action: () -> T): T {
        lock()
        try {
            return action()
        } finally {
            unlock()
        }
    }

    fun lock() {
        if (!TAKEN.compareAndSet(this, FREE, HELD)) await()
    }

    fun unlock(): Unit = TAKEN.lazySet(this, FREE)

    private fun await() {
        var tries = 0
        while (taken == HELD || !TAKEN.compareAndSet(this, FREE, HELD)) {
            when {
                ++tries < SPINS -> Thread.onSpinWait()
                tries < SPINS + YIELDS -> Thread.yield()
                else -> LockSupport.parkNanos(this, NAP_NANOS)
            }
        }
    }

    private companion object {
        const val FREE = 0
        const val HELD = 1
        const val SPINS = 100
        const val YIELDS = 20
        const val NAP_NANOS = 50_000L
        val TAKEN: AtomicIntegerFieldUpdater<ShortLock> =
            AtomicIntegerFieldUpdater.newUpdater(ShortLock::class.java, "taken")
    }
}
