// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import java.util.function.BooleanSupplier

/**
 * Looking for something for a moment before sleeping. To sleep and to be woken costs two threads some 5 to 50 us, so
 * a [moment] of looking costs at most about as much again, and saves it all where what is looked for comes at once.
 * After [PATIENCE] looks in vain, only one time in [SELDOM] is looked at all, until that finds something. Never looks where
 * the machine has one processor: whoever is waited for would need it.
 *
 * For one thread at a time; others may be before or after it without a fence, since what is kept here is a guess.
 *
 * @param moment nanoseconds, at most
 * @param pauses between two looks; more than 1 where each look takes a line of the cache from who is waited for
 */
internal open class Looking(private val moment: Long = MOMENT_NANOS, private val pauses: Int = 1) {
    private var inVain = 0
    private var times = 0

    /** Returns whether [found] has said so. */
    fun look(found: BooleanSupplier): Boolean {
        if (!worthIt()) return found.asBoolean
        val end = now() + moment
        while (!found.asBoolean) {
            if (now() - end >= 0) {
                if (inVain < PATIENCE) inVain++
                return false
            }
            repeat(pauses) { Thread.onSpinWait() }
        }
        inVain = 0
        return true
    }

    protected open fun now(): Long = System.nanoTime()

    private fun worthIt(): Boolean = SEVERAL && (inVain < PATIENCE || times++ % SELDOM == 0)

    private companion object {
        const val MOMENT_NANOS = 20_000L
        const val PATIENCE = 4
        const val SELDOM = 16
        val SEVERAL = Runtime.getRuntime().availableProcessors() > 1
    }
}
