// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.Offset
import dev.jitney.spi.StoreException
import dev.jitney.spi.StoreProblem

/**
 * Warns of what a reader passed over: the first few by place, the rest by number. What a purge or retention removed was
 * meant to go, and is told only to who asked for it (STO-4).
 */
internal class ProblemReport(private val talk: Talk) : (StoreProblem) -> Unit {
    private var problems = 0L
    private var asked: Offset? = null
    private var end: Offset? = null

    /** From now on tells what was removed at the position that was [asked] for, and from [end] on: after the begin. */
    fun following(asked: Offset?, end: Offset) {
        this.asked = asked
        this.end = end
    }

    override fun invoke(problem: StoreProblem) {
        if (problem.kind() == StoreProblem.Kind.GAP) {
            if (missed(problem.offset())) talk.warn(line(problem))
            return
        }
        problems++
        if (problems <= SHOWN) talk.warn(line(problem))
    }

    private fun missed(from: Offset?): Boolean {
        val since = end ?: return false
        return from != null && (from == asked || from >= since)
    }

    /** Says that a cursor stays where it was, so that events come again. */
    fun unsaved(why: StoreException): Unit = talk.warn(why.message.orEmpty().removeSuffix("."))

    /** Says how many were not shown. */
    fun end() {
        if (problems >
            SHOWN
        ) {
            talk.warn("${Sizes.count(problems - SHOWN)} more places were passed over; bus verify lists all")
        }
    }

    companion object {
        private const val SHOWN = 10L

        fun line(problem: StoreProblem): String = buildString {
            append(problem.kind().name.lowercase()).append(' ').append(problem.place())
            if (problem.position() >= 0) append(" at byte ").append(Sizes.count(problem.position()))
            problem.offset()?.let { append(", offset ").append(it) }
            append(": ").append(problem.reason())
        }
    }
}
