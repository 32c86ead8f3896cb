// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.ReplayReport
import dev.jitney.event.Event
import dev.jitney.event.Outcome
import dev.jitney.event.Selection
import dev.jitney.spi.EventStore
import dev.jitney.spi.ReadOptions
import java.util.concurrent.Semaphore
import java.util.concurrent.atomic.AtomicLong

/** Delivers what a store holds again, as fast as handlers take it (HIS-4). */
internal class Replay(private val store: EventStore, private val selection: Selection) {
    private val settled = Semaphore(0)
    private val failed = AtomicLong()

    /** Reads on the calling thread, gives each event to [deliver] and waits for all of them. */
    fun run(deliver: (Event) -> EnginePublication): ReplayReport {
        var delivered = 0
        store.read(ReadOptions.forward().withSelection(selection)).use { reader ->
            while (true) {
                val event = reader.next()?.event() ?: break
                if (Thread.interrupted()) throw InterruptedException()
                deliver(event.withHeader(REPLAY_OF, event.id())).onCompleted {
                    if (it.outcome() == Outcome.HANDLED_WITH_FAILURES) failed.incrementAndGet()
                    settled.release()
                }
                delivered++
            }
        }
        settled.acquire(delivered)
        return ReplayReport(delivered.toLong(), failed.get())
    }

    private companion object {
        const val REPLAY_OF = "replayof"
    }
}
