// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import dev.jitney.kotlin.events
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import java.util.concurrent.atomic.AtomicLong

/** One producer, ten that want each event: handlers on the bus, or live collectors, counted at the slowest. */
internal object S3 {
    private const val S = "S3"
    private const val HANDLERS = "10 handlers on the bus"
    private const val COLLECTORS = "10 live collectors"
    private const val SLEEPER = "9 collectors and one that sleeps"

    val rows: List<Row> = listOf(
        row(HANDLERS, "Jitney publish", Kind.OURS, Features.ALL, smoke = true) { OurLink(it) },
        row(HANDLERS, "Disruptor blocking, 10 consumers", Kind.PEER, Features.NONE, smoke = true) {
            DisruptorLink(it, DisruptorLink.blocking())
        },
        row(HANDLERS, "Disruptor blocking, 1 consumer calls 10", Kind.PEER, Features.NONE) {
            DisruptorLink(it, DisruptorLink.blocking(), oneConsumer = true)
        },
        row(HANDLERS, "Guava async (unbounded)", Kind.PEER, Features.ISOLATION) { GuavaLink(it) },
        row(HANDLERS, "Vert.x publish (unbounded)", Kind.PEER, Features.REPLIES) { VertxLink(it) },
        row(COLLECTORS, "Jitney events()", Kind.OURS, Features.ALL) { LiveLink(it, sleeper = false) },
        row(COLLECTORS, "MutableSharedFlow, SUSPEND", Kind.PEER, Features.NONE) { SharedFlowLink(it).suspending() },
        row(COLLECTORS, "Reactor multicast sink", Kind.PEER, Features.NONE) { ReactorLink(it) },
        Row(S, SLEEPER, "Jitney events()", Kind.OURS, Features.ALL) { LiveLink(Taker.many(9), sleeper = true) },
        Row(S, SLEEPER, "the same without the sleeper", Kind.OURS, Features.ALL) {
            LiveLink(Taker.many(9), sleeper = false)
        },
    )

    val targets: List<Target> = listOf(
        Target(
            "$S/$HANDLERS/Jitney publish",
            times = 2.0,
            than = listOf("$S/$HANDLERS/Disruptor blocking, 10 consumers"),
        ),
        Target(
            "$S/$HANDLERS/Jitney publish",
            times = 0.8,
            than = listOf("$S/$HANDLERS/Disruptor blocking, 1 consumer calls 10"),
        ),
        Target(
            "$S/$COLLECTORS/Jitney events()",
            times = 2.0,
            than = listOf("$S/$COLLECTORS/MutableSharedFlow, SUSPEND"),
        ),
        Target("$S/$SLEEPER/Jitney events()", atMost = 1.1, than = listOf("$S/$SLEEPER/the same without the sleeper")),
    )

    private fun row(
        part: String,
        name: String,
        kind: Kind,
        features: Features,
        smoke: Boolean = false,
        make: (List<Taker>) -> Handoff,
    ) = Row(S, part, name, kind, features, smoke) { make(Taker.many(10)) }
}

/**
 * Live collectors of our bus. They lose what they are more than 1 024 events behind with, so the publisher keeps
 * within that; a sleeper among them may lose what it wants.
 */
internal class LiveLink(takers: List<Taker>, private val sleeper: Boolean) : Handoff(takers) {
    private val bus = ourBus()
    private val view = bus.liveEvents(TOPIC)
    private val scope = CoroutineScope(Dispatchers.Default)
    private val done = Array(takers.size) { AtomicLong() }
    private var sent = 0L

    init {
        takers.forEachIndexed { i, taker -> collect(taker, done[i]) }
        if (sleeper) {
            scope.launch(start = CoroutineStart.UNDISPATCHED) { bus.events(TOPIC).collect { delay(1) } }
        }
    }

    private fun collect(taker: Taker, done: AtomicLong) {
        var count = 0L
        scope.launch(start = CoroutineStart.UNDISPATCHED) {
            view.asFlow().collect {
                taker.take(it.payload() as Item)
                done.lazySet(++count)
            }
        }
    }

    override fun send(item: Item) {
        if (++sent and EVERY - 1 == 0L) {
            while (done.any { sent - it.get() > WINDOW }) Thread.yield()
        }
        bus.publish(TOPIC, item)
    }

    override fun ended() {
        check(view.lost() == 0L) { "Collectors have lost ${view.lost()} events." }
    }

    override fun close() {
        scope.cancel()
        bus.close()
    }

    private companion object {
        const val EVERY = 64L
        const val WINDOW = 900L
    }
}
