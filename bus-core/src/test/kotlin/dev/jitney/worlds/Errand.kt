// SPDX-License-Identifier: Apache-2.0
package dev.jitney.worlds

import dev.jitney.event.Event
import kotlin.random.Random

/**
 * The payload of an event: what its handlers draw their [Deeds] from, for how many generations they may
 * publish more, and which publish of whom it was. A text, so that every store takes it.
 */
internal class Errand(val depth: Int, val seed: Int, val publisher: String, val number: Int) {

    /** What the handler of this name does with it, the same at each attempt. */
    fun luck(handler: String): Random = Random(seed * 31 + handler.hashCode())

    fun text(): String = "$depth $seed $publisher $number"

    companion object {
        private val NONE = Errand(0, 0, "", 0)

        /** That of the event; an idle one for an event of the bus itself. */
        fun of(event: Event): Errand {
            val parts = (event.payload() as? String)?.split(' ') ?: return NONE
            return Errand(parts[0].toInt(), parts[1].toInt(), parts[2], parts[3].toInt())
        }
    }
}
