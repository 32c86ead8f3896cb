// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import dev.jitney.EventBus

/** An event that goes on from bus to bus. */
internal object S9 {
    private const val S = "S9"
    private const val PART = "5 forwarding buses"

    val rows: List<Row> = listOf(
        row("Jitney, chain", smoke = true) { OurChain(ring = false) },
        row("Jitney, ring") { OurChain(ring = true) },
    )

    val targets: List<Target> = listOf(
        Target("$S/$PART/Jitney, chain", atMost = 600.0),
        Target("$S/$PART/Jitney, chain", "bytes", atMost = 400.0),
        // Five times one awaited event, and half as much again.
        Target("$S/$PART/Jitney, chain", atMost = 7.5, than = listOf(S5.AWAITED)),
        Target("$S/$PART/Jitney, ring", atMost = 1.1, than = listOf("$S/$PART/Jitney, chain")),
    )

    private fun row(name: String, smoke: Boolean = false, open: () -> Contest) =
        Row(S, PART, name, Kind.OURS, Features.ALL, smoke, open = open)
}

/** Awaits each event on all five buses; each has a handler. */
internal class OurChain(ring: Boolean) : Contest() {
    private val buses: List<EventBus> = List(BUSES) { EventBus.builder("bench$it").build() }
    private val takers = Taker.many(BUSES)
    private var reads = false
    private var next = 0L

    init {
        buses.forEachIndexed { i, bus ->
            bus.subscribe(TOPIC, takers[i])
            if (i + 1 < BUSES) {
                bus.forwardTo(buses[i + 1], "*")
            } else if (ring) {
                bus.forwardTo(buses[0], "*")
            }
        }
    }

    override fun round(round: Round) {
        reads = round.reads
        super.round(round)
    }

    override fun batch(): Long {
        repeat(BATCH) {
            val item = Items.all[(next + it).toInt() and Items.MASK]
            val publication = buses[0].publishAndJoin(TOPIC, item, NO_LIMIT)
            if (reads) readOutcome(publication)
        }
        next += BATCH
        val expected = Items.sum(0, next)
        check(takers.all { it.sum == expected }) { "Handlers have summed ${takers.map { it.sum }}, not $expected." }
        return BATCH.toLong()
    }

    override fun close(): Unit = buses.forEach { it.close() }

    private companion object {
        const val BUSES = 5
        const val BATCH = 1000
    }
}
