// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.CorrelationContext

/**
 * The handler that runs on this thread, if any: where correlation and causation of a nested publish
 * come from (NST-1), and how a bus knows that a handler calls it.
 */
internal object Current {
    private val elsewhere = ThreadLocal<HandlerRun?>()
    private val completingElsewhere = ThreadLocal<EnginePublication?>()

    fun get(): HandlerRun? {
        val thread = Thread.currentThread()
        return if (thread is PoolThread) thread.current else elsewhere.get()
    }

    /** Makes [entered] the current one and returns what was; give that to [leave]. */
    fun enter(entered: HandlerRun?): HandlerRun? {
        val thread = Thread.currentThread()
        if (thread is PoolThread) return thread.current.also { thread.current = entered }
        val previous = elsewhere.get()
        if (previous !== entered) leave(entered)
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

    /** The event whose actions on completion run on this thread, if any. */
    fun completing(): EnginePublication? {
        val thread = Thread.currentThread()
        return if (thread is PoolThread) thread.completing else completingElsewhere.get()
    }

    /** Runs actions on the completion of an event: on behalf of no handler, whoever completes it. */
    inline fun complete(publication: EnginePublication, actions: () -> Unit) {
        val run = enter(null)
        val correlation = if (run == null) null else CorrelationContext.install(null as String?)
        val before = completing()
        setCompleting(publication)
        try {
            actions()
        } finally {
            setCompleting(before)
            if (run != null) CorrelationContext.restore(correlation)
            leave(run)
        }
    }

    fun setCompleting(publication: EnginePublication?) {
        val thread = Thread.currentThread()
        when {
            thread is PoolThread -> thread.completing = publication
            publication == null -> completingElsewhere.remove()
            else -> completingElsewhere.set(publication)
        }
    }
}
