// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import dev.jitney.EventBus
import dev.jitney.event.Event
import dev.jitney.kotlin.on
import dev.jitney.kotlin.publishAndAwait

/** A handler that awaits what it publishes. */
internal object S8 {
    private const val S = "S8"
    private const val PART = "nested await"
    private const val DEEP = 32

    val rows: List<Row> = listOf(
        row("Jitney, parent and child", smoke = true) { OurNested(1) },
        row("Jitney, parent and child, suspending") { OurNested(1, suspending = true) },
        row("Jitney, 16 deep, each") { OurNested(DEEP / 2) },
        row("Jitney, $DEEP deep, each") { OurNested(DEEP) },
    )

    val targets: List<Target> = listOf(
        Target("$S/$PART/Jitney, parent and child", atMost = 400.0),
        Target("$S/$PART/Jitney, parent and child", atMost = 3.0, than = listOf(S5.AWAITED)),
        // Linear: one more costs no more at depth 32 than at 16, but for the noise of the measurement.
        Target("$S/$PART/Jitney, $DEEP deep, each", atMost = 1.25, than = listOf("$S/$PART/Jitney, 16 deep, each")),
        Target("$S/$PART/Jitney, parent and child", "hops", atMost = 0.0),
        Target("$S/$PART/Jitney, $DEEP deep, each", "hops", atMost = 0.0),
    )

    private fun row(name: String, smoke: Boolean = false, open: () -> Contest) =
        Row(S, PART, name, Kind.OURS, Features.ALL, smoke, open = open)
}

/** Counts a parent with its child as one event at depth 1, and each level as one where it goes deeper. */
internal class OurNested(private val depth: Int, private val suspending: Boolean = false) : Contest() {
    private val bus: EventBus = ourBus()
    private var reads = false
    private var sum = 0L
    private var hops = 0L
    private var expected = 0L
    private var caller: Thread? = null

    init {
        for (level in 0..depth) {
            if (suspending) {
                bus.on(topic(level)) { event: Event ->
                    goOn(event, level)
                }
            } else {
                bus.subscribe(topic(level)) { handle(it, level) }
            }
        }
    }

    private fun topic(level: Int) = "$TOPIC.level$level"

    private fun handle(event: Event, level: Int) {
        count(event)
        if (level == depth) return
        val child = bus.publishAndJoin(topic(level + 1), event.payload(), NO_LIMIT)
        if (reads) readOutcome(child)
    }

    private suspend fun goOn(event: Event, level: Int) {
        count(event)
        if (level == depth) return
        val child = bus.publishAndAwait(topic(level + 1), event.payload())
        if (reads) readOutcome(child)
    }

    private fun count(event: Event) {
        if (Thread.currentThread() !== caller) hops++
        sum += (event.payload() as Item).value
    }

    override fun round(round: Round) {
        reads = round.reads
        hops = 0
        super.round(round)
        round.metric("hops", hops.toDouble())
    }

    override fun batch(): Long {
        caller = Thread.currentThread()
        repeat(BATCH) {
            val item = Items.all[it]
            expected += item.value * (depth + 1L)
            val publication = bus.publishAndJoin(topic(0), item, NO_LIMIT)
            if (reads) readOutcome(publication)
        }
        check(sum == expected) { "Handlers have summed $sum, not $expected." }
        return if (depth == 1) BATCH.toLong() else BATCH.toLong() * (depth + 1)
    }

    override fun close(): Unit = bus.close()

    private companion object {
        const val BATCH = 500
    }
}
