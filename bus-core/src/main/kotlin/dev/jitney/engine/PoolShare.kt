// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

/**
 * A pool of daemon threads that is counted by reference and gone with the last user (TMO-7). Threads are made when
 * there is work and end after 10 idle seconds.
 *
 * Where one bus follows another, each would make its threads anew, which costs more than hundreds of events. So a pool
 * that was made within [LINGER_NANOS] of the last one's end is kept for as long after its own.
 */
internal open class PoolShare {
    private val lock = Any()
    private var users = 0
    private var pool: HandlerPool? = null
    private var endedAt = NOT_YET

    // Whether the pool was made soon after the end of another, and whether it is being kept.
    private var followed = false
    private var lingers = false

    /** Returns the pool; each call needs one [release]. */
    fun acquire(): HandlerPool = synchronized(lock) {
        users++
        pool ?: HandlerPool().also {
            pool = it
            followed = endedAt != NOT_YET && nanoTime() - endedAt < LINGER_NANOS
        }
    }

    /** Gives the pool back and ends its threads if no one else uses it, now or in a moment. */
    fun release() {
        val last = synchronized(lock) { if (--users == 0 && !linger()) end() else null }
        last?.shutdown()
    }

    // Only where there are threads to keep: an idle bus has made none, and is to make none now.
    private fun linger(): Boolean {
        if (lingers) return true
        val now = pool!!
        lingers = followed && now.timers.hasThread
        if (lingers) later(now, LINGER_NANOS, ::endIfUnused)
        return lingers
    }

    private fun endIfUnused() {
        val last = synchronized(lock) {
            lingers = false
            if (users == 0) end() else null
        }
        last?.shutdown()
    }

    private fun end(): HandlerPool? = pool.also {
        pool = null
        endedAt = nanoTime()
    }

    protected open fun nanoTime(): Long = System.nanoTime()

    protected open fun later(pool: HandlerPool, nanos: Long, action: Runnable) {
        pool.timers.schedule(nanos, action)
    }

    companion object {
        const val LINGER_NANOS: Long = 2_000_000
        private const val NOT_YET = Long.MIN_VALUE
    }
}
