// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.CorrelationContext
import dev.jitney.Delivery

/** Makes the thread that makes this part of a handler, until it is closed, by the same thread (NST-1, CTX-4). */
internal class HandlerEntry(private val run: HandlerRun) : Delivery.Entry {
    private val correlation = CorrelationContext.install(run.publication.event())
    private val around = run.publication.owner.context.surround(run.publication)
    private val previous = Current.enter(run)
    private val entered = run.publication.owner.reports.enter(run)

    override fun close() {
        run.publication.owner.reports.leave(entered)
        Current.leave(previous)
        around?.close()
        CorrelationContext.restore(correlation)
    }
}
