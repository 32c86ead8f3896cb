// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import java.util.Collections

/**
 * None, one or several of a kind in one field: nothing, the thing itself, or a list. Where one is what there mostly is, a
 * list costs more than all that it holds. Not safe for concurrent use.
 */
@JvmInline
internal value class Few<T : Any> private constructor(private val held: Any?) {
    private class Several(one: Any, other: Any) : ArrayList<Any>(FIRST_PLACES) {
        init {
            add(one)
            add(other)
        }
    }

    val isEmpty: Boolean get() = held == null

    /** Returns what to keep instead. */
    fun plus(one: T): Few<T> = when (held) {
        null -> Few(one)
        is Several -> also { held.add(one) }
        else -> Few(Several(held, one))
    }

    /** Returns what to keep instead, without the first that is the same object. */
    fun minus(one: T): Few<T> = when {
        held === one -> none()

        held is Several -> {
            val at = held.indexOfFirst { it === one }
            if (at >= 0) held.removeAt(at)
            if (held.isEmpty()) none() else this
        }

        else -> this
    }

    /** A list of its own, in the order of adding. */
    @Suppress("UNCHECKED_CAST")
    fun toList(): List<T> = when (held) {
        null -> Collections.emptyList()
        is Several -> ArrayList(held) as List<T>
        else -> Collections.singletonList(held as T)
    }

    companion object {
        private const val FIRST_PLACES = 4

        fun <T : Any> none(): Few<T> = Few(null)
    }
}
