// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import com.lmax.disruptor.dsl.ProducerType

/** Four producers, one lane: the order of each producer is checked. */
internal object S4 {
    private const val S = "S4"
    private const val THREADS = "4 threads"
    private const val COROUTINES = "4 coroutines"
    private const val GUAVA = "Guava async (unbounded, unordered)"

    val rows: List<Row> = listOf(
        row(THREADS, "Jitney publish", Kind.OURS, Features.ALL, smoke = true) { OurLink(it) },
        row(THREADS, "Disruptor blocking", Kind.PEER, Features.NONE, smoke = true) {
            DisruptorLink(it, DisruptorLink.blocking(), ProducerType.MULTI)
        },
        row(THREADS, "Disruptor yielding", Kind.LIMIT, Features.NONE) {
            DisruptorLink(it, DisruptorLink.yielding(), ProducerType.MULTI)
        },
        row(THREADS, GUAVA, Kind.PEER, Features.ISOLATION) { GuavaLink(it) },
        row(THREADS, "MutableSharedFlow", Kind.PEER, Features.NONE) { SharedFlowLink(it) },
        row(THREADS, "Channel", Kind.PEER, Features.NONE) { ChannelLink(it) },
        row(THREADS, "JCTools MPSC, yielding", Kind.LIMIT, Features.NONE) { JcToolsLink(it) },
        row(THREADS, "ArrayBlockingQueue", Kind.LIMIT, Features.NONE) { BlockingQueueLink(it) },
        row(COROUTINES, "Jitney publishSuspending", Kind.OURS, Features.ALL) { OurSuspendingLink(it) },
        row(COROUTINES, "MutableSharedFlow", Kind.PEER, Features.NONE) { SharedFlowLink(it).suspending() },
        row(COROUTINES, "Channel", Kind.PEER, Features.NONE) { ChannelLink(it).suspending() },
    )

    val targets: List<Target> = listOf(
        Target("$S/$THREADS/Jitney publish", times = 1.0, than = listOf("$S/$THREADS/Disruptor blocking")),
        Target("$S/$THREADS/Jitney publish", times = 3.0, than = listOf("$S/$THREADS/$GUAVA")),
        Target("$S/$THREADS/Jitney publish", "unfair", atMost = 1 / 0.8),
        Target(
            "$S/$COROUTINES/Jitney publishSuspending",
            times = 0.75,
            than = listOf("$S/$THREADS/Disruptor blocking"),
        ),
        Target("$S/$COROUTINES/Jitney publishSuspending", "unfair", atMost = 1 / 0.8),
    )

    private fun row(
        part: String,
        name: String,
        kind: Kind,
        features: Features,
        smoke: Boolean = false,
        make: (List<Taker>) -> Handoff,
    ) = Row(S, part, name, kind, features, smoke) {
        val takers = Taker.many(1)
        Crowd(make(takers), takers[0], part == COROUTINES, ordered = name != GUAVA)
    }
}
