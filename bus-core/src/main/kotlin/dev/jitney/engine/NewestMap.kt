// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

/** Keeps the last [limit] keys that were put, and makes no table before the first. Safe for concurrent use. */
internal class NewestMap<V : Any>(private val limit: Int) {
    private var entries: LinkedHashMap<String, V>? = null

    @Synchronized
    operator fun get(key: String): V? = entries?.get(key)

    @Synchronized
    operator fun set(key: String, value: V) {
        val made = entries ?: LinkedHashMap<String, V>().also { entries = it }
        made[key] = value
        if (made.size > limit) made.remove(made.keys.first())
    }
}
