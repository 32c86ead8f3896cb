// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

private const val KEPT = 8

/** The places of one bus where handlers run, kept for the next event when one is over. */
internal class Executions(
    val timers: Timers,
    val watch: Watch,
    private val pool: HandlerPool,
    /** Whether each handler is timed, and not only a sample (LIF-4). */
    timesAll: Boolean,
) {
    /** Whether only an exact clock will do. */
    val exact: Boolean = timesAll || !timers.coarse
    private val idle = ArrayList<Execution>(KEPT)
    private var abandonedNow = 0

    /** How many handlers were left behind and have not returned (TMO-2). */
    @Volatile
    var abandoned: Int = 0
        private set

    fun take(): Execution = synchronized(this) { idle.popOrNull() } ?: Execution(this).also(watch::add)

    /** Returns [execution] if it is of this bus, else gives it back and takes one. */
    fun instead(execution: Execution?): Execution {
        if (execution?.home === this) return execution
        execution?.giveBack()
        return take()
    }

    fun giveBack(execution: Execution) {
        execution.clear()
        val kept = synchronized(this) { (idle.size < KEPT).also { if (it) idle.add(execution) } }
        if (kept) return
        execution.lastEvent?.let { it.owner.past.keepOpen(it) }
        watch.remove(execution)
    }

    /** A thread is left behind in a handler: one more takes its place. */
    fun leftBehind(thread: Thread) {
        synchronized(this) { abandoned = ++abandonedNow }
        if (thread is PoolThread) pool.resize(1)
    }

    fun returned(thread: Thread) {
        synchronized(this) { abandoned = --abandonedNow }
        if (thread is PoolThread) pool.resize(-1)
    }
}
