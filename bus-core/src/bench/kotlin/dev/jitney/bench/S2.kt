// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

/** Hand-off from one to one, fire and forget, bounded where the peer can be. */
internal object S2 {
    private const val S = "S2"
    private const val THREAD = "from a thread"
    private const val COROUTINE = "from a coroutine"
    private const val OPEN = "open loop at half the peak"

    val rows: List<Row> = listOf(
        row(THREAD, "Jitney publish", Kind.OURS, Features.ALL, smoke = true) { OurLink(it) },
        row(THREAD, "Vert.x send (unbounded)", Kind.PEER, Features.REPLIES) { VertxLink(it) },
        row(THREAD, "Guava async (unbounded)", Kind.PEER, Features.ISOLATION) { GuavaLink(it) },
        row(THREAD, "greenrobot background (unbounded)", Kind.PEER, Features.ISOLATION) { GreenrobotLink(it) },
        row(THREAD, "Reactor multicast sink", Kind.PEER, Features.NONE) { ReactorLink(it) },
        row(THREAD, "MutableSharedFlow", Kind.PEER, Features.NONE) { SharedFlowLink(it) },
        row(THREAD, "Channel", Kind.PEER, Features.NONE) { ChannelLink(it) },
        row(THREAD, "Disruptor blocking", Kind.PEER, Features.NONE, smoke = true) {
            DisruptorLink(it, DisruptorLink.blocking())
        },
        row(THREAD, "Disruptor yielding", Kind.LIMIT, Features.NONE) { DisruptorLink(it, DisruptorLink.yielding()) },
        row(THREAD, "JCTools MPSC, yielding", Kind.LIMIT, Features.NONE) { JcToolsLink(it) },
        row(THREAD, "ArrayBlockingQueue", Kind.LIMIT, Features.NONE) { BlockingQueueLink(it) },
        row(COROUTINE, "Jitney publishSuspending", Kind.OURS, Features.ALL) { OurSuspendingLink(it) },
        row(COROUTINE, "MutableSharedFlow", Kind.PEER, Features.NONE) { SharedFlowLink(it).suspending() },
        row(COROUTINE, "Channel", Kind.PEER, Features.NONE) { ChannelLink(it).suspending() },
        open("Jitney publish", Kind.OURS, Features.ALL) { OurLink(it) },
        open("Disruptor blocking", Kind.PEER, Features.NONE) { DisruptorLink(it, DisruptorLink.blocking()) },
    )

    val targets: List<Target> =
        against("$S/$THREAD/Jitney publish") + against("$S/$COROUTINE/Jitney publishSuspending") +
            Target("$S/$OPEN/Jitney publish", "p99", times = 1.0, than = listOf("$S/$OPEN/Disruptor blocking"))

    private fun against(row: String) = listOf(
        Target(row, times = 1.0, than = listOf("$S/$THREAD/Disruptor blocking")),
        Target(row, times = 2.5, than = listOf("$S/$THREAD/Vert.x send (unbounded)")),
        Target(row, times = 3.0, than = listOf("$S/$THREAD/Guava async (unbounded)")),
        Target(row, "bytes", atMost = 112.0),
    )

    private fun row(
        part: String,
        name: String,
        kind: Kind,
        features: Features,
        smoke: Boolean = false,
        make: (List<Taker>) -> Handoff,
    ) = Row(S, part, name, kind, features, smoke) { make(Taker.many(1)) }

    private fun open(name: String, kind: Kind, features: Features, make: (List<Taker>) -> Handoff) =
        Row(S, OPEN, name, kind, features) {
            val takers = Taker.many(1)
            OpenLoop(make(takers), takers[0])
        }
}
