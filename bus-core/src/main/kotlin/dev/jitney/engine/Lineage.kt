// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

/**
 * How a publication came about: the handlers that published it, the one that published the event which that
 * handled, and so on (NST-5). An event from outside a handler has none. A link says: this handler, handling
 * this event, has published. Never changed, so that all that one handler publishes shares its beginning.
 *
 * A chain holds at most [MAX_KEPT] links. One that grows beyond is rebuilt from the newest link of each
 * handler, which has the count, and the last few: so a loop over up to [KEPT] handlers is found however long
 * it runs, and a legal chain that never ends costs neither memory nor time.
 */
internal class Lineage private constructor(
    /** The link before, among those that are kept. */
    private val parent: Lineage?,
    /** The first link of all; null if it is this one. */
    private val first: Lineage?,
    private val sequence: Long,
    private val handler: String,
    private val topic: String,
    private val eventId: String,
    /** How often the handler is in the chain, this link included. */
    private val count: Int,
    /** The link's place in the whole chain, from 1. */
    val generation: Long,
) {
    private val kept: Int = (parent?.kept ?: 0) + 1

    // A loop and not a sequence: every publish of a handler comes by here.
    private fun countOf(sequence: Long): Int {
        var link: Lineage? = this
        while (link != null && link.sequence != sequence) link = link.parent
        return link?.count ?: 0
    }

    /** Returns the chain with fewer links if it has become too long, else itself. */
    private fun bounded(): Lineage {
        if (kept < MAX_KEPT) return this
        val seen = HashSet<Long>()
        val newestFirst = links(this)
            .filterIndexed { i, link -> seen.add(link.sequence) || i < ENDS }
            .take(KEPT)
            .toList()
        return newestFirst.foldRight(null as Lineage?) { link, before -> link.after(before) }!!
    }

    private fun after(before: Lineage?) =
        Lineage(before, first ?: this, sequence, handler, topic, eventId, count, generation)

    /** The first link and the last few. */
    private fun ends(): String {
        val last = links(this).take(ENDS).toList().asReversed()
        val gap = last.first().generation - 2
        val head = if (gap < 0) emptyList() else listOf((first ?: this).toString())
        val middle = if (gap <= 0) emptyList() else listOf("… $gap more …")
        return (head + middle + last).joinToString(", ")
    }

    override fun toString(): String = "'$handler' on $topic '$eventId'"

    companion object {
        /** The generations through one handler that a bus allows unless told otherwise. */
        const val DEFAULT_LIMIT: Int = 64

        /** The most links that a chain holds. */
        const val MAX_KEPT: Int = 512

        /** The most links that are left when it is rebuilt. */
        const val KEPT: Int = 256

        private const val ENDS = 3

        private fun links(newest: Lineage): Sequence<Lineage> = generateSequence(newest) { it.parent }

        /**
         * Returns the lineage of what a handler publishes.
         *
         * @param parent the lineage of the event that the handler handles
         * @param subscriptionSequence tells the handler from all others, those of other buses included: a chain
         *   may lead over several
         * @param topic the topic of the event that the handler handles
         * @param eventId its id
         * @param limit how often one handler may be in one chain
         * @throws IllegalStateException if it would be there more often
         */
        fun next(
            parent: Lineage?,
            subscriptionSequence: Long,
            subscriptionName: String,
            topic: String,
            eventId: String,
            limit: Int = DEFAULT_LIMIT,
        ): Lineage {
            val chain = parent?.bounded()
            val count = (chain?.countOf(subscriptionSequence) ?: 0) + 1
            val next = Lineage(
                chain,
                chain?.first ?: chain,
                subscriptionSequence,
                subscriptionName,
                topic,
                eventId,
                count,
                (chain?.generation ?: 0) + 1,
            )
            check(count <= limit) {
                "Handler '$subscriptionName' may not publish while it handles event '$eventId' of '$topic': it would " +
                    "be the cause $count times in one chain of events, and $limit are allowed. The chain: " +
                    "${next.ends()}. Break the loop, or raise the limit."
            }
            return next
        }
    }
}
