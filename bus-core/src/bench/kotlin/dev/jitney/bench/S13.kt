// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import dev.jitney.EventBus
import dev.jitney.FindOptions
import dev.jitney.PublishOptions
import dev.jitney.event.DeliveryState
import dev.jitney.event.Event
import dev.jitney.event.Outcome
import dev.jitney.kotlin.on
import dev.jitney.kotlin.publishAndAwait
import kotlinx.coroutines.delay
import java.time.Duration

/** The reference system's worst case: three buses, nesting, forwarding, one-off handlers, searches and time limits. */
internal object S13 {
    private const val S = "S13"
    private const val PART = "worst case, 3 buses"

    val rows: List<Row> = listOf(
        row("Jitney, with limits of 1 ms", smoke = true) { WorstCase(limits = true) },
        row("Jitney, without limits") { WorstCase(limits = false) },
        row("Jitney, lateness of a limit of 1 ms") { LateLimits() },
    )

    val targets: List<Target> = listOf(
        Target("$S/$PART/Jitney, with limits of 1 ms", atMost = 25_000.0),
        Target("$S/$PART/Jitney, with limits of 1 ms", "cpu", atMost = 5_000.0),
        Target("$S/$PART/Jitney, without limits", atMost = 3_000.0),
        Target("$S/$PART/Jitney, lateness of a limit of 1 ms", "p50", atMost = 0.5e6),
        Target("$S/$PART/Jitney, lateness of a limit of 1 ms", "p99", atMost = 2e6),
    )

    private fun row(name: String, smoke: Boolean = false, open: () -> Contest) =
        Row(S, PART, name, Kind.OURS, Features.ALL, smoke, open = open)
}

/**
 * 500 times: a new handler on A publishes a child on C and awaits it, which publishes a grandchild there and awaits
 * that; subscribe it to the parent on A, publish the parent on A and on B, await both, unsubscribe. Every 20th child has
 * a limit of 1 ms and sleeps 2 ms; every 10th round looks for a parent to come, and does not wait. The time is for each
 * of the 1 500 events, as the reference system counts them.
 */
internal class WorstCase(private val limits: Boolean) : Contest() {
    private val a = bus("a")
    private val b = bus("b")
    private val c = bus("c")
    private val short = PublishOptions.builder().timeout(Duration.ofMillis(1)).build()
    private val toCome = FindOptions.builder(PARENT).future(Duration.ofMillis(1)).build()
    private var reads = false
    private var parents = 0
    private var children = 0
    private var grandchildren = 0
    private var timedOut = 0
    private var limitsMet = 1.0

    init {
        b.subscribe(PARENT) { parents += it.payload() as Int }
        c.on(CHILD) { event: Event ->
            children++
            if (event.payload() == LIMITED) delay(2)
            c.publishAndAwait(Event.of(GRANDCHILD, 1))
        }
        c.subscribe(GRANDCHILD) { grandchildren += it.payload() as Int }
    }

    private fun bus(name: String): EventBus = EventBus.builder(name).historyLimit(HISTORY).build()

    override fun round(round: Round) {
        reads = round.reads
        super.round(round)
        round.metric("limits met", limitsMet)
    }

    override fun batch(): Long {
        parents = 0
        children = 0
        grandchildren = 0
        timedOut = 0
        for (i in 0 until ROUNDS) round(limited = limits && i % 20 == 0, looks = i % 10 == 0)
        val expected = if (limits) ROUNDS / 20 else 0
        // A limit that comes too late on a busy machine finds its handler done. What is ended in time may be so at any
        // point, even before it runs.
        limitsMet = if (expected == 0) 1.0 else timedOut.toDouble() / expected
        val range = ROUNDS - timedOut..ROUNDS
        check(parents == ROUNDS && children in range && grandchildren in range && timedOut in expected / 2..expected) {
            "$parents parents, $children children, $grandchildren grandchildren, $timedOut of $expected timed out."
        }
        return 3L * ROUNDS
    }

    private fun round(limited: Boolean, looks: Boolean) {
        val subscription = a.on(PARENT) { _: Event ->
            val child = Event.of(CHILD, if (limited) LIMITED else 0)
            val publication = if (limited) c.publishAndAwait(child, short) else c.publishAndAwait(child)
            if (publication.outcome() == Outcome.TIMED_OUT) timedOut++
        }
        if (looks) a.find(toCome)
        val parent = Event.of(PARENT, 1)
        val first = a.publish(parent)
        val second = b.publish(parent)
        first.join(NO_LIMIT)
        second.join(NO_LIMIT)
        subscription.close()
        if (reads) {
            readOutcome(first)
            readOutcome(second)
        }
    }

    override fun close() {
        a.close()
        b.close()
        c.close()
    }

    private companion object {
        const val PARENT = "bench.parent"
        const val CHILD = "bench.child"
        const val GRANDCHILD = "bench.grandchild"
        const val HISTORY = 128
        const val ROUNDS = 500
        const val LIMITED = 2
    }
}

/** How long after its limit of 1 ms a handler that would suspend for a second is ended, on an idle bus. */
internal class LateLimits : Contest() {
    private val bus: EventBus = ourBus()
    private val short = PublishOptions.builder().handlerTimeout(Duration.ofMillis(1)).build()
    private var latencies = Latencies()

    init {
        bus.on(TOPIC) { _: Event -> delay(1000) }
    }

    override fun round(round: Round) {
        latencies = Latencies()
        super.round(round)
        round.latencies("", latencies)
    }

    override fun batch(): Long {
        repeat(LIMITS) {
            val begin = System.nanoTime()
            val publication = bus.publishAndJoin(Event.of(TOPIC, null), short, NO_LIMIT)
            latencies.add(System.nanoTime() - begin - 1_000_000)
            check(publication.handlerResults().single().state() == DeliveryState.TIMED_OUT) {
                "The handler has not met its limit: ${publication.reason()}"
            }
        }
        return LIMITS.toLong()
    }

    override fun close(): Unit = bus.close()

    private companion object {
        const val LIMITS = 50
    }
}
