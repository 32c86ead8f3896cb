// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.DeadLetter
import dev.jitney.spi.EventStore
import dev.jitney.spi.StoreException
import dev.jitney.spi.StoreProblem
import dev.jitney.spi.StoreProblem.Kind
import java.nio.charset.StandardCharsets
import java.util.UUID

/**
 * What whoever follows the store does about its problems: a line that is no event becomes a dead
 * letter (DSU-4), and everything else, gaps among it, is logged (STO-4).
 */
internal class StoreProblems(
    private val core: EngineCore,
    store: EventStore,
    /** Who follows, for the log. */
    private val label: String,
    /** The subscription that the lines were meant for, or an empty text for all of the bus. */
    private val handler: String,
    /** Says whether the line with this offset was dealt with before. */
    private val isDone: (Long) -> Boolean = { false },
) : (StoreProblem) -> Unit {
    private val location = lazy {
        try {
            store.info().location()
        } catch (_: StoreException) {
            core.name
        }
    }

    override fun invoke(problem: StoreProblem) {
        val line = problem.line()
        when {
            line != null -> undecodable(problem, line)
            problem.kind() == Kind.GAP -> engineLog.warn("{} goes on behind a gap: {}", label, problem.reason())
            else -> engineLog.error("{} has met damage in {}", label, text(problem))
        }
    }

    private fun undecodable(problem: StoreProblem, line: ByteArray) {
        val offset = problem.offset()
        if (offset != null && isDone(offset.value())) return
        val shown = core.masking.mask(text(problem))
        engineLog.error("{} passes over a line and makes it a dead letter: {}", label, shown)
        val letter = DeadLetter.undecodable(line, location.value).id(idOf(problem)).error("", text(problem), "")
        core.reports.undecodable(letter.handler(handler))
    }

    // The same one when the line is met again, so that a sink replaces the letter.
    private fun idOf(problem: StoreProblem): String {
        val place = "${location.value} ${problem.place()} ${problem.position()} $handler"
        return UUID.nameUUIDFromBytes(place.toByteArray(StandardCharsets.UTF_8)).toString()
    }

    private fun text(problem: StoreProblem): String {
        val at = if (problem.position() < 0) "" else " at byte ${problem.position()}"
        val offset = problem.offset()?.let { ", offset $it" }.orEmpty()
        return "'${problem.place()}'$at$offset: ${problem.reason()}"
    }
}
