// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import java.util.concurrent.CountDownLatch

/** What live views cost those who publish. */
internal object S12 {
    private const val S = "S12"
    private const val PART = "publish with collectors of events()"

    val rows: List<Row> = listOf(
        row("Jitney, never looked at", smoke = true) { OursAwaited(Taker.many(1)) },
        row("Jitney, 0 collectors") { OurWatched(0) },
        row("Jitney, 1 collector") { OurWatched(1) },
        row("Jitney, 10 collectors") { OurWatched(10) },
    )

    val targets: List<Target> = listOf(
        Target("$S/$PART/Jitney, 0 collectors", "more bytes", atMost = 0.5),
        Target("$S/$PART/Jitney, 1 collector", "more ns", atMost = 60.0),
    )

    private fun row(name: String, smoke: Boolean = false, open: () -> Contest) =
        Row(S, PART, name, Kind.OURS, Features.ALL, smoke, open = open)
}

/** Beside a bus that was never looked at, in turns: what it costs more is a difference within one JVM. */
internal class OurWatched(collectors: Int) : Contest() {
    private val watched = Watched(collectors)
    private val plain = Watched(null)

    override fun batch(): Long = watched.batch()

    override fun round(round: Round) {
        val without = Round(round.nanos, round.reads, round.warmUp)
        plain.reading(round.reads)
        without.measure { plain.batch() }
        watched.reading(round.reads)
        round.measure { watched.batch() }
        for (name in listOf("ns", "bytes")) {
            round.metric("more $name", round.metrics.getValue(name) - without.metrics.getValue(name))
        }
    }

    override fun close() {
        watched.close()
        plain.close()
    }
}

/** Publishes and awaits, and keeps within what collectors may be behind; of null no view was ever asked for. */
private class Watched(collectors: Int?) : Contest() {
    private val handler = Taker.of(0)
    private val takers = Taker.many(collectors ?: 0)
    private val bus = ourBus().subscribeAll(listOf(handler))
    private val view = if (collectors == null) null else bus.liveEvents(TOPIC)
    private val scope = CoroutineScope(Dispatchers.Default)
    private var reads = false
    private var next = 0L

    init {
        takers.forEach { taker ->
            scope.launch(start = CoroutineStart.UNDISPATCHED) {
                view!!.asFlow().collect { taker.take(it.payload() as Item) }
            }
        }
    }

    fun reading(on: Boolean) {
        reads = on
    }

    override fun batch(): Long {
        val reached = CountDownLatch(takers.size)
        takers.forEach { it.expect(BATCH.toLong(), reached) }
        for (i in 0 until BATCH) {
            val item = Items.all[(next + i).toInt() and Items.MASK]
            val publication = bus.publishAndJoin(TOPIC, item, NO_LIMIT)
            if (reads) readOutcome(publication)
        }
        next += BATCH
        await(reached)
        val expected = Items.sum(0, next)
        check((takers + handler).all { it.sum == expected }) { "Not all events have come." }
        return BATCH.toLong()
    }

    override fun close() {
        scope.cancel()
        bus.close()
    }

    private companion object {
        // Less than a collector may be behind.
        const val BATCH = 1000
    }
}
