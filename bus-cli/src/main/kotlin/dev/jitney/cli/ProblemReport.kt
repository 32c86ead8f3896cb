// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.spi.StoreProblem

/** Warns of what a reader passed over: the first few by place, the rest by number. */
internal class ProblemReport(private val talk: Talk) : (StoreProblem) -> Unit {
    private var problems = 0L

    override fun invoke(problem: StoreProblem) {
        problems++
        if (problems <= SHOWN) talk.warn(line(problem))
    }

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
