// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import java.util.ArrayDeque

/**
 * Events of a lane whose keys wait for a retry (ERR-3), and those that waited and may go on.
 *
 * INVARIANTS: an event of a held key stands in the queue of that key, in order; a key is held until each
 * of those who hold it has released it, which are several when an awaited event has overtaken. [ready]
 * holds events of released keys, which come before anything that is still queued. Guarded by the lane.
 */
internal class HeldKeys {
    private class Held(val waiting: ArrayDeque<EnginePublication> = ArrayDeque(0), var holders: Int = 0)

    private val keys = HashMap<String, Held>(0)
    private val ready = ArrayDeque<EnginePublication>(0)

    val isEmpty: Boolean get() = keys.isEmpty() && ready.isEmpty()

    val hasReady: Boolean get() = ready.isNotEmpty()

    fun hold(key: String) {
        keys.getOrPut(key) { Held() }.holders++
    }

    fun release(key: String) {
        val held = keys[key] ?: return
        if (--held.holders > 0) return
        keys.remove(key)
        ready.addAll(held.waiting)
    }

    /** Keeps the event if its key is held, and says so. */
    fun keeps(publication: EnginePublication): Boolean {
        if (keys.isEmpty()) return false
        val held = keys[publication.event().key() ?: return false] ?: return false
        held.waiting.addLast(publication)
        return true
    }

    /** The next event of a released key. */
    fun poll(): EnginePublication? {
        while (true) {
            val next = ready.poll() ?: return null
            if (!keeps(next)) return next
        }
    }

    fun all(): List<EnginePublication> {
        val all = ArrayList(ready)
        for (held in keys.values) all.addAll(held.waiting)
        return all
    }

    /** Forgets those that will never run. */
    fun sweep() {
        ready.removeIf { !it.pending }
        for (held in keys.values) held.waiting.removeIf { !it.pending }
    }
}
