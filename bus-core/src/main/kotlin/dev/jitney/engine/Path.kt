// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.Outcome

/**
 * The buses that one event has been on, in order, with its publication on each (FWD-1). Shared by all
 * of these; the first one is the publisher's and completes when all have (FWD-2).
 */
internal class Path(val first: EnginePublication) {
    private val taken = arrayListOf(first)

    /** Adds the event's publication on one more bus, unless it has been there. */
    @Synchronized
    fun add(target: EngineCore, make: (Path) -> EnginePublication): EnginePublication? {
        if (taken.any { it.owner === target }) return null
        return make(this).also(taken::add)
    }

    @Synchronized
    fun publications(): List<EnginePublication> = taken.toList()

    fun names(): List<String> = publications().map { it.owner.name }

    /** What all buses together have made of the event; [own] is the first one's part. */
    fun outcome(own: Outcome): Outcome {
        val all = publications().drop(1).mapNotNull { it.outcome() } + own
        return all.firstOrNull { !it.ok() } ?: if (Outcome.HANDLED in all) Outcome.HANDLED else Outcome.NO_HANDLER
    }

    companion object {
        /** The path of an event, begun with this publication if it has none. */
        fun of(publication: EnginePublication): Path {
            val extra = publication.extra()
            return synchronized(extra) { extra.path ?: Path(publication).also { extra.path = it } }
        }
    }
}

/** Hands events to another bus (FWD-1): done as soon as that has taken the event, or has had it before. */
internal class ForwardInvoker(private val target: EngineBus) : Invoker() {
    override val inline get() = false

    override val hidden get() = true

    override fun start(delivery: EngineDelivery) {
        val publication = delivery.publication
        val path = Path.of(publication)
        val forwarded = path.add(target.core) {
            val extra = PublicationExtra(publication.options)
            extra.path = it
            // The context is that of the event here, on this thread; the other bus has carriers of its own.
            extra.carried = target.core.context.capture()
            extra.lineage = publication.extra?.lineage
            EnginePublication(publication.event(), target.core, Origin.FORWARDED, extra)
        }
        if (forwarded == null || !path.first.holdOpen()) {
            delivery.complete(null)
            return
        }
        forwarded.onCompleted { path.first.closeOne() }
        target.publisher.accept(forwarded, store = true).whenComplete { _, error ->
            if (error == null) {
                // A handler that waits for the event waits for it on all buses.
                if (target.core.pool.waits.isAwaited(path.first)) forwarded.lane?.runSoon(forwarded, here = false)
                delivery.complete(null)
            } else {
                forwarded.complete(
                    Outcome.REJECTED,
                    "Bus '${target.name()}' did not take the event: ${error.message}",
                    error,
                )
                delivery.fail(error)
            }
        }
    }
}
