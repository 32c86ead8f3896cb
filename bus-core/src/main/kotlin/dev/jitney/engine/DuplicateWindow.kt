// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

/**
 * The source and id of the last [capacity] accepted events, with their publications (PUB-4). A key is
 * reserved at publish and released when the event is refused after all. Safe for concurrent use.
 */
internal class DuplicateWindow(private val capacity: Int) {
    private val accepted = LinkedHashMap<Key, EnginePublication>()

    /** Reserves the key, or returns the publication that has it. */
    @Synchronized
    fun reserve(publication: EnginePublication): EnginePublication? {
        val key = keyOf(publication)
        accepted[key]?.let { return it }
        accepted[key] = publication
        if (accepted.size > capacity) accepted.remove(accepted.keys.first())
        return null
    }

    @Synchronized
    fun release(publication: EnginePublication) {
        accepted.remove(keyOf(publication), publication)
    }

    @Synchronized
    fun clear() {
        accepted.clear()
    }

    private fun keyOf(publication: EnginePublication) =
        Key(publication.event().source().orEmpty(), publication.event().id())

    private data class Key(val source: String, val id: String)
}
