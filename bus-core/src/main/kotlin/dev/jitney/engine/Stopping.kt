// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.Outcome

/**
 * Ends events before their handlers have: at a time limit, when another handler has won, when the bus
 * closes, when the handler that waits for them is ended (TMO-3, TMO-4, ORD-6, LIF-2).
 *
 * In two steps, over all events that are to end: first each learns why it ends, then their handlers are
 * ended. So a handler that fails because another's thread was interrupted on which it ran fails in an
 * event that is known to be cancelled.
 */
internal object Stopping {

    /** Ends an event whose handlers run: those that run end with it, the others never begin. */
    fun stop(publication: EnginePublication, why: Stop): Boolean {
        if (!publication.stop(why)) return false
        // What the winner awaits besides goes on; losers lose theirs when they are ended.
        val below = if (why.outcome == Outcome.HANDLED) emptyList() else tell(childrenOf(publication))
        end(publication)
        below.forEach(::end)
        return true
    }

    /** Cancels what a handler that was ended was waiting for (TMO-4). */
    fun cancelAwaited(run: HandlerRun): Unit = tell(childrenOf(run)).forEach(::end)

    /** Cancels what handlers of an ended event still wait for. */
    fun cancelAwaited(publication: EnginePublication): Unit = tell(childrenOf(publication)).forEach(::end)

    private class Child(val publication: EnginePublication, val why: Stop)

    private fun childrenOf(publication: EnginePublication): List<Child> =
        (0 until publication.recordCount).flatMap { at -> publication.runAt(at)?.let(::childrenOf).orEmpty() }

    private fun childrenOf(run: HandlerRun): List<Child> {
        val awaited = run.takeAwaited()
        if (awaited.isEmpty()) return emptyList()
        val reason = "Handler '${run.subscription()}', which waited for the event, was ended."
        val why = Stop(Outcome.CANCELLED, reason, null)
        // On every bus that it is on.
        return awaited.flatMap { it.extra?.path?.publications() ?: listOf(it) }.map { Child(it, why) }
    }

    /** Lets all of them know that they end, and all that they wait for, down to the last. */
    private fun tell(children: List<Child>): List<EnginePublication> {
        val told = ArrayList<EnginePublication>(children.size)
        val next = ArrayDeque(children)
        while (true) {
            val child = next.removeFirstOrNull() ?: return told
            if (!child.publication.stop(child.why)) continue
            told.add(child.publication)
            next.addAll(childrenOf(child.publication))
        }
    }

    /** Ends an event that is stopped; one that is still on its way to its lane, when interceptors know of it. */
    fun end(publication: EnginePublication) {
        if (publication.extra?.following?.isEntering == true) return
        val why = publication.stop!!
        val owner = publication.owner
        if (publication.admitted && owner.runner.take(publication)) {
            // Not here: this may be the timer's thread, and whoever waits for the event is told now.
            return owner.pool.execute { publication.complete(why.outcome, why.reason, why.cause) }
        }
        val more = publication.extra?.more
        // Where one handler runs after the other, none does when one has won.
        if (why.outcome != Outcome.HANDLED || more?.together != null) {
            val error = owner.stopped(publication, why)
            publication.execution?.end(publication, why.running, error)
            owner.watch.lookAgain()
            more?.together?.end(why.running, error)
        }
        more?.wake()
        // Handlers may have ended and left children that hold the event open.
        if (why.outcome != Outcome.HANDLED && publication.outcomeSoFar() != null) cancelAwaited(publication)
    }
}
