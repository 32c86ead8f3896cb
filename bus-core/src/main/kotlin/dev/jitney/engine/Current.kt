// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.CorrelationContext

/**
 * The handler that runs on this thread, if any: where correlation and causation of a nested publish
 * come from (NST-1), and how a bus knows that a handler calls it.
 */
internal object Current {
    private const val RUN = 0
    const val COMPLETING: Int = 1
    const val BELOW: Int = 2

    /** So many places has [PoolThread.current], and the array of any other thread. */
    const val PLACES: Int = 3

    // An array of the JDK's and never removed: an entry that is made for each event costs more than a
    // handler, and what it leaves on a thread of the user's is a few bytes that keep no class loader.
    private val elsewhere: ThreadLocal<Array<Any?>?> = ThreadLocal()

    // Null on a thread where nothing was ever current.
    private fun known(): Array<Any?>? = (Thread.currentThread() as? PoolThread)?.current ?: elsewhere.get()

    private fun here(): Array<Any?> = known() ?: arrayOfNulls<Any?>(PLACES).also(elsewhere::set)

    fun get(): HandlerRun? = runOf(known()?.get(RUN))

    /** Whether a handler runs on this thread. */
    val isSet: Boolean get() = known()?.get(RUN) != null

    /** What was entered is a run, or the place of one that is made when it is asked for. */
    fun runOf(entered: Any?): HandlerRun? = if (entered is Execution) entered.currentRun() else entered as HandlerRun?

    /** Makes [entered], a [HandlerRun] or an [Execution], the current one and returns what was; give that to [leave]. */
    fun enter(entered: Any?): Any? = put(RUN, entered)

    fun leave(previous: Any?) {
        put(RUN, previous)
    }

    /** This thread's places, for whoever enters and leaves without another look for them in between. */
    fun places(): Array<Any?> = here()

    /** As [enter], in the places of this thread. */
    fun enter(places: Array<Any?>, entered: Any?): Any? = places[RUN].also { places[RUN] = entered }

    /** As [leave], in the places of this thread. */
    fun leave(places: Array<Any?>, previous: Any?) {
        places[RUN] = previous
    }

    /** Returns what was there. */
    fun put(place: Int, now: Any?): Any? {
        val here = here()
        return here[place].also { here[place] = now }
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
    fun completing(): EnginePublication? = known()?.get(COMPLETING) as EnginePublication?

    /** Runs actions on the completion of an event: on behalf of no handler, whoever completes it. */
    inline fun complete(publication: EnginePublication, actions: () -> Unit) {
        val run = enter(null)
        val correlation = if (run == null) null else CorrelationContext.install(null as String?)
        val before = put(COMPLETING, publication)
        val below = if (run == null) null else put(BELOW, run)
        try {
            actions()
        } finally {
            if (run != null) put(BELOW, below)
            put(COMPLETING, before)
            if (run != null) CorrelationContext.restore(correlation)
            leave(run)
        }
    }

    /**
     * Whether a handler other than this one is further down on this thread's stack, with an action on a completion
     * between: one that is to go on must not do so on top of it, since it might have to wait for that one.
     */
    fun isOnTopOfOther(than: HandlerRun): Boolean {
        val below = known()?.get(BELOW) ?: return false
        return below !== than && (below as? Execution)?.runIfMade !== than
    }
}
