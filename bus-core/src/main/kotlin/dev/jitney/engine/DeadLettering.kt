// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.PublishOptions
import dev.jitney.RejectException
import dev.jitney.engine.plugin.BusPlugins
import dev.jitney.event.DeadLetter
import dev.jitney.event.DeadLetter.Reason
import dev.jitney.event.DeliveryState
import dev.jitney.event.Event
import dev.jitney.event.EventClock
import dev.jitney.spi.BusMetric
import dev.jitney.spi.EventFormatException
import dev.jitney.spi.ValidationException
import java.time.Instant
import java.util.concurrent.atomic.AtomicLong

// Of so many letters it is known what no sink keeps.
private const val MOST_KNOWN = 10_000

/** Makes dead letters of what is given up, and hands them to the sink (ERR-5). */
internal class DeadLettering(
    private val ids: EventClock,
    private val meters: Meters?,
    private val plugins: BusPlugins,
    private val masking: Masking,
) {
    private val count = AtomicLong()

    // Options never leave the process, so a sink cannot keep them (ORD-7). The oldest are forgotten.
    private val options = NewestMap<PublishOptions>(MOST_KNOWN)

    // A letter names its handler, and names need not be unique.
    private val handlers = NewestMap<Long>(MOST_KNOWN)

    /** How many letters were made so far. */
    val made: Long get() = count.get()

    /** With which options the event of a letter was published, as far as that is known. */
    fun optionsOf(letter: DeadLetter): PublishOptions? = options[letter.id()]

    /** The number of the subscription that a letter is of, as far as that is known. */
    fun handlerOf(letter: DeadLetter): Long? = handlers[letter.id()]

    /**
     * A handler has failed for good; null for a retry of a letter, which is updated instead, and where
     * handlers stand in for each other, see [ofAll].
     */
    fun ofFailure(
        publication: EnginePublication,
        subscription: EngineSubscription,
        run: HandlerRun,
        error: Throwable,
    ): DeadLetter? {
        if (publication.origin == Origin.REDELIVERED || standsIn(publication)) return null
        return add(
            DeadLetter.builder(publication.event(), reasonOf(run, error))
                .handler(subscription.name())
                .error(error)
                .attempts(run.attempts()),
            run.start(),
            run.end(),
            publication,
        ).also { handlers[it.id()] = subscription.sequence }
    }

    fun reasonOf(run: HandlerRun, error: Throwable): Reason = when {
        run.state() == DeliveryState.TIMED_OUT -> Reason.HANDLER_TIMEOUT
        error is RejectException -> Reason.REJECTED
        else -> Reason.HANDLER_ERROR
    }

    /** Whether another handler may do where one has failed (ORD-6). */
    private fun standsIn(publication: EnginePublication) =
        publication.owner.runner.firstWins(publication) && publication.handlers!!.count { !it.invoker.hidden } > 1

    /** The event has ended, and of handlers that stand in for each other none has handled it. */
    fun ofAll(publication: EnginePublication): DeadLetter? {
        if (publication.origin == Origin.REDELIVERED || !standsIn(publication)) return null
        val records = (0 until publication.recordCount).mapNotNull(publication::recordAt)
        val failed = records.map { it.result(publication.event()) }.filter(Results::hasFailed)
        if (failed.isEmpty() || records.any { it.shown && it.state() == DeliveryState.COMPLETED }) return null
        return add(
            DeadLetter.builder(publication.event(), Reason.ALL_HANDLERS_FAILED)
                .error(failed.first().error()!!)
                .attempts(failed.sumOf { it.attempts() }),
            failed.mapNotNull { it.start() }.minOrNull(),
            failed.mapNotNull { it.end() }.maxOrNull(),
            publication,
        )
    }

    /** The event was refused at publish; null if it was for no fault of its own. */
    fun ofRefusal(event: Event, error: Throwable, options: PublishOptions?): DeadLetter? {
        val reason = when (error) {
            is ValidationException -> Reason.VALIDATION_ERROR
            is EventFormatException -> Reason.SERIALIZATION_ERROR
            else -> return null
        }
        return remember(add(DeadLetter.builder(event, reason).error(error)), options)
    }

    /** There was no room for the event; null for a retry of a letter. */
    fun ofDrop(publication: EnginePublication): DeadLetter? {
        if (publication.origin == Origin.REDELIVERED) return null
        val letter = DeadLetter.builder(
            publication.event(),
            Reason.OVERFLOW,
        ).error("", publication.extra?.more?.reason.orEmpty(), "")
        return add(letter, publication = publication)
    }

    /** A stored line could not be decoded (DSU-4). */
    fun ofLine(letter: DeadLetter.Builder): DeadLetter = add(letter)

    private fun add(
        letter: DeadLetter.Builder,
        first: Instant? = null,
        last: Instant? = null,
        publication: EnginePublication? = null,
    ): DeadLetter {
        val now = ids.source().instant()
        val made = letter.clock(ids).firstTime(first ?: now).lastTime(last ?: first ?: now).build()
        val evicted = plugins.keep(masking.kept(made))
        if (evicted == null) publication?.extra()?.more()?.letterLost = true
        if (!evicted.isNullOrEmpty()) meters?.add(BusMetric.DEAD_LETTERS_EVICTED, "", evicted.size.toLong())
        count.incrementAndGet()
        return remember(made, publication?.options)
    }

    private fun remember(letter: DeadLetter, with: PublishOptions?): DeadLetter {
        if (with != null) options[letter.id()] = with
        return letter
    }
}
