// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.CorrelationContext

/**
 * The handler that runs on this thread, if any: where correlation and causation of a nested publish
 * come from (NST-1), and how a bus knows that a handler calls it.
 */
internal object Current {
    private const val RUN = 0
    private const val COMPLETING = 1
    private const val BELOW = 2

    // An array of the JDK's and never removed: an entry that is made for each event costs more than a
    // handler, and what it leaves on a thread of the user's is a few bytes that keep no class loader.
    private val elsewhere: ThreadLocal<Array<Any?>?> = ThreadLocal()

    fun get(): HandlerRun? = runOf(entered())

    /** Whether a handler runs on this thread. */
    val isSet: Boolean get() = entered() != null

    private fun entered(): Any? {
        val thread = Thread.currentThread()
        return if (thread is PoolThread) thread.current else elsewhere.get()?.get(RUN)
    }

    /** What was entered is a run, or the place of one that is made when it is asked for. */
    fun runOf(entered: Any?): HandlerRun? = if (entered is Execution) entered.currentRun() else entered as HandlerRun?

    /** Makes [entered], a [HandlerRun] or an [Execution], the current one and returns what was; give that to [leave]. */
    fun enter(entered: Any?): Any? {
        val thread = Thread.currentThread()
        if (thread is PoolThread) return thread.current.also { thread.current = entered }
        val here = here()
        val previous = here[RUN]
        here[RUN] = entered
        return previous
    }

    fun leave(previous: Any?) {
        val thread = Thread.currentThread()
        if (thread is PoolThread) thread.current = previous else here()[RUN] = previous
    }

    private fun here(): Array<Any?> = elsewhere.get() ?: arrayOfNulls<Any?>(3).also(elsewhere::set)

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
        return if (thread is PoolThread) thread.completing else elsewhere.get()?.get(COMPLETING) as EnginePublication?
    }

    /** Runs actions on the completion of an event: on behalf of no handler, whoever completes it. */
    inline fun complete(publication: EnginePublication, actions: () -> Unit) {
        val run = enter(null)
        val correlation = if (run == null) null else CorrelationContext.install(null as String?)
        val before = completing()
        val below = below()
        setCompleting(publication)
        if (run != null) setBelow(run)
        try {
            actions()
        } finally {
            setBelow(below)
            setCompleting(before)
            if (run != null) CorrelationContext.restore(correlation)
            leave(run)
        }
    }

    /**
     * Whether a handler other than this one is further down on this thread's stack, with an action on a completion
     * between: one that is to go on must not do so on top of it, since it might have to wait for that one.
     */
    fun isOnTopOfOther(than: HandlerRun): Boolean {
        val below = below() ?: return false
        return below !== than && (below as? Execution)?.runIfMade !== than
    }

    fun below(): Any? {
        val thread = Thread.currentThread()
        return if (thread is PoolThread) thread.below else elsewhere.get()?.get(BELOW)
    }

    fun setBelow(entered: Any?) {
        val thread = Thread.currentThread()
        if (thread is PoolThread) thread.below = entered else here()[BELOW] = entered
    }

    fun setCompleting(publication: EnginePublication?) {
        val thread = Thread.currentThread()
        if (thread is PoolThread) thread.completing = publication else here()[COMPLETING] = publication
    }
}
