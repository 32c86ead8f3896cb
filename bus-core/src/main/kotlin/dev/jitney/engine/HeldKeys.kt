// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

/**
 * Events of a lane whose keys wait for a retry (ERR-3), and those that waited and may go on.
 *
 * INVARIANTS: an event of a held key stands in the queue of that key, in order; [ready] holds events
 * of released keys, which come before anything that is still queued. Guarded by the lane.
 */
internal class HeldKeys {
    private val keys = HashMap<String, ArrayDeque<EnginePublication>>(0)
    private val ready = ArrayDeque<EnginePublication>(0)

    val isEmpty: Boolean get() = keys.isEmpty() && ready.isEmpty()

    val hasReady: Boolean get() = ready.isNotEmpty()

    fun hold(key: String) {
        keys.getOrPut(key) { ArrayDeque(0) }
    }

    fun release(key: String) {
        ready.addAll(keys.remove(key).orEmpty())
    }

    /** Keeps the event if its key is held, and says so. */
    fun keeps(publication: EnginePublication): Boolean {
        if (keys.isEmpty()) return false
        val waiting = keys[publication.event().key() ?: return false] ?: return false
        waiting.addLast(publication)
        return true
    }

    /** The next event of a released key. */
    fun poll(): EnginePublication? {
        while (true) {
            val next = ready.removeFirstOrNull() ?: return null
            if (!keeps(next)) return next
        }
    }

    fun all(): List<EnginePublication> = ready + keys.values.flatten()
}
