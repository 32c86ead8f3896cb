// SPDX-License-Identifier: Apache-2.0
package dev.jitney.worlds

import dev.jitney.EventBusBuilder
import dev.jitney.event.Event
import dev.jitney.event.Level
import dev.jitney.event.Offset
import dev.jitney.spi.Append
import dev.jitney.tck.ForwardingEventStore
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage
import java.util.concurrent.Executors
import java.util.concurrent.ThreadLocalRandom
import java.util.concurrent.TimeUnit

/**
 * A memory store that takes its time, as one with a disk does: what is appended is there a moment later, in order,
 * written by a thread of the store or, where it is awaited, now and then by whoever waits.
 */
internal class SlowStore : ForwardingEventStore(EventBusBuilder.create("slow").store("memory:").openStore()) {
    private val waiting = ArrayDeque<Slow>()
    private val writing = Any()

    override fun append(batch: List<Event>, level: Level): Append {
        val slow = synchronized(waiting) {
            Slow(delegate().appendAndWait(batch, Level.OS, Duration.ZERO)).also(waiting::addLast)
        }
        WRITER.schedule({ write(slow) }, ThreadLocalRandom.current().nextLong(LATEST_NANOS), TimeUnit.NANOSECONDS)
        return slow
    }

    /** Writes all that was appended up to this. */
    private fun write(last: Slow) {
        synchronized(writing) {
            while (!last.stage.isDone) {
                val next = synchronized(waiting) { waiting.removeFirst() }
                next.stage.complete(next.offset)
            }
        }
    }

    private inner class Slow(val offset: Offset) : Append {
        val stage = CompletableFuture<Offset>()

        override fun reached(level: Level): CompletionStage<Offset> = stage

        override fun isDone(level: Level): Boolean = stage.isDone

        override fun await(level: Level, limit: Duration): Boolean {
            if (ThreadLocalRandom.current().nextBoolean()) write(this)
            return super.await(level, limit)
        }
    }

    private companion object {
        const val LATEST_NANOS = 300_000L
        val WRITER = Executors.newSingleThreadScheduledExecutor { Thread(it, "slow store").apply { isDaemon = true } }
    }
}
