// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.TopicPattern

/**
 * What tells the handler of a subscription from all others, in results above all: one object for all of them, which
 * keeps no handler alive. Its texts are made when somebody asks for them.
 */
internal class HandlerName(
    @JvmField val pattern: TopicPattern,
    /** The subscription's place among all of its bus. */
    @JvmField val sequence: Long,
    given: String?,
) {
    // Caches without a lock: every thread that loses the race makes an equal text.
    private var id: String? = null
    private var name: String? = given

    /** The subscription's id. */
    fun id(): String = id ?: idOf(sequence).also { id = it }

    /** The subscription's name. */
    fun name(): String = name ?: of(pattern, sequence).also { name = it }

    override fun toString(): String = name()

    companion object {
        private fun idOf(sequence: Long) = "s$sequence"

        /** Which subscription of its bus has the id; null if none can. */
        fun sequenceOf(id: String): Long? = id.drop(1).toLongOrNull()?.takeIf { idOf(it) == id }

        /** The name of a subscription that was given none. */
        fun of(pattern: TopicPattern, sequence: Long): String = "$pattern#${idOf(sequence)}"
    }
}
