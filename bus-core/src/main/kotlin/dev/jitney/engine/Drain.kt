// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import kotlinx.coroutines.yield

// After so many events a lane lets others have its thread.
private const val BATCH = 1_024

/**
 * Runs the events of a lane's queue, one after the other, in one place of the lane, until there are none: as a plain
 * task while no handler and no store has to be waited for, and as a coroutine from the first one on that has. A
 * coroutine for each drain would cost several objects, and most drains find one event.
 *
 * Begun by one thread at a time; what is kept here goes from one to the next with the task.
 */
internal class Drain(private val lane: Lane, private val pool: HandlerPool) : Runnable {
    private var execution: Execution? = null
    private var done = 0
    private var begun = false

    // Whether it has its place in the lane.
    private var placed = true

    override fun run() {
        if (!begun && !lane.begins()) return
        begun = true
        while (placed) {
            val next = lane.next() ?: break
            if (lane.isShut(next)) {
                return pool.coroutines.launchHere {
                    lane.awaitStore(next)
                    goOn(next, begin(next))
                }
            }
            val rest = begin(next)
            if (rest != null) return pool.coroutines.launchHere { goOn(next, rest) }
            if (placed && ++done % BATCH == 0) return pool.execute(this)
        }
        end()
    }

    private suspend fun goOn(first: EnginePublication, firstRest: Rest?) {
        var event = first
        var rest = firstRest
        while (true) {
            if (rest != null) over(event, event.owner.runner.resume(event, execution!!, rest))
            if (placed && ++done % BATCH == 0) yield()
            event = (if (placed) lane.next() else null) ?: break
            lane.awaitStore(event)
            rest = begin(event)
        }
        end()
    }

    /** Runs the event as far as nothing has to be waited for; null if that was to the end, or it is not ours to run. */
    private fun begin(event: EnginePublication): Rest? {
        if (lane.handOver(event)) {
            placed = false
            return null
        }
        val runner = event.owner.runner
        if (!runner.take(event)) return null
        val place = event.owner.executions.instead(execution)
        execution = place
        place.beside = false
        val rest = runner.begin(event, place)
        when {
            rest == null -> over(event, Ending.OVER)
            rest === Rest.TAKEN -> over(event, Ending.TAKEN)
            else -> return rest
        }
        return null
    }

    private fun over(event: EnginePublication, ending: Ending) {
        placed = when (ending) {
            Ending.TAKEN -> {
                execution = null
                false
            }

            Ending.OVER -> lane.finish(event, execution!!) && lane.keeps(event)

            Ending.DETACHED -> true

            Ending.DETACHED_LENT -> lane.keepBare()
        }
    }

    private fun end() {
        if (!placed) lane.takesNoMore()
        execution?.giveBack()
    }
}
