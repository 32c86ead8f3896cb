// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

/**
 * The handler that runs on this thread, if any: where correlation and causation of a nested publish
 * come from (NST-1), and how a bus knows that a handler calls it.
 */
internal object Current {
    private val elsewhere = ThreadLocal<HandlerRun?>()

    fun get(): HandlerRun? {
        val thread = Thread.currentThread()
        return if (thread is PoolThread) thread.current else elsewhere.get()
    }

    /** Makes [entered] the current one and returns what was; give that to [leave]. */
    fun enter(entered: HandlerRun?): HandlerRun? {
        val thread = Thread.currentThread()
        if (thread is PoolThread) return thread.current.also { thread.current = entered }
        val previous = elsewhere.get()
        leave(entered)
        return previous
    }

    fun leave(previous: HandlerRun?) {
        val thread = Thread.currentThread()
        when {
            thread is PoolThread -> thread.current = previous

            // Not set(null): a thread of the user's would keep an entry per class loader for ever.
            previous == null -> elsewhere.remove()

            else -> elsewhere.set(previous)
        }
    }

    inline fun <T> within(entered: HandlerRun, block: () -> T): T {
        val previous = enter(entered)
        try {
            return block()
        } finally {
            leave(previous)
        }
    }
}
