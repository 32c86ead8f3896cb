// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.Outcome

/** Hands events to another bus (FWD-1): done as soon as that has taken the event, or has had it before. */
internal class ForwardInvoker(private val target: EngineBus) : Invoker() {
    override val inline get() = false

    override val hidden get() = true

    /**
     * Hands the event on, or sees that the other bus has had it, if that takes neither waiting nor anybody's
     * code; else returns false, nothing has happened, and [start] is to be called. Whoever waits for the event
     * runs it on the other bus, too, if [place] says so, as soon as it has left this one's lane.
     *
     * @throws Throwable why the other bus does not take it
     */
    fun handOver(publication: EnginePublication, place: Execution?): Boolean =
        target.publisher.forwardHere(publication, place, this)

    override fun start(delivery: EngineDelivery) {
        val publication = delivery.publication
        val forwarded = next(publication) ?: return delivery.complete(null).let { }
        target.publisher.accept(forwarded, store = true).whenComplete { _, error ->
            if (error == null) {
                hurry(publication, forwarded)
                delivery.complete(null)
            } else {
                refused(forwarded, error)
                delivery.fail(error)
            }
        }
    }

    /** The event's publication on the other bus, which the first one waits for; null if it is not to be there. */
    fun next(publication: EnginePublication): EnginePublication? {
        val path = Path.of(publication)
        return synchronized(path) {
            if (path.has(target.core)) return null
            val forwarded = forwarded(publication, path)
            if (!path.first.holdOpen()) return null
            path.add(forwarded)
            forwarded
        }
    }

    private fun forwarded(publication: EnginePublication, path: Path): EnginePublication {
        val extra = PublicationExtra(publication.options)
        extra.path = path
        // The context is that of the event here, on this thread; the other bus has carriers of its own.
        extra.carried = target.core.context.capture()
        extra.lineage = publication.extra?.lineage
        return EnginePublication(publication.event(), target.core, Origin.FORWARDED, extra)
    }

    /** The other bus does not take the event. */
    fun refused(forwarded: EnginePublication, error: Throwable) {
        val reason = "Bus '${target.name()}' did not take the event: ${messageOf(error)}"
        forwarded.extra!!.path!!.remove(forwarded)
        forwarded.complete(Outcome.REJECTED, reason, error)
    }

    /** A handler that waits for the event waits for it on all buses. */
    fun hurry(publication: EnginePublication, forwarded: EnginePublication) {
        val first = Path.of(publication).first
        val waits = target.core.pool.waits
        if (!waits.isAwaited(first)) return
        forwarded.lane?.runSoon(forwarded, here = false)
        waits.lookAgain()
    }
}
