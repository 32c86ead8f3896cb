// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.HandlerResult.State
import dev.jitney.RejectException
import dev.jitney.event.DeadLetter
import dev.jitney.event.DeadLetter.Reason
import dev.jitney.event.Event
import dev.jitney.event.EventClock
import dev.jitney.spi.DeadLetterSink
import dev.jitney.spi.EventFormatException
import dev.jitney.spi.ValidationException
import java.time.Instant
import java.time.InstantSource
import java.util.concurrent.atomic.AtomicLong

/** Makes dead letters of what is given up, and hands them to the sink (ERR-5). */
internal class DeadLettering(
    private val clock: InstantSource,
    /** Hands a letter to the sink and says whether it was kept. */
    private val keep: (DeadLetter) -> Boolean,
) {
    private val ids = EventClock.of(clock)
    private val count = AtomicLong()

    /** How many letters were made so far. */
    val made: Long get() = count.get()

    /** A handler has failed for good; null for a retry of a letter, which is updated instead. */
    fun ofFailure(
        publication: EnginePublication,
        subscription: EngineSubscription,
        run: HandlerRun,
        error: Throwable,
    ): DeadLetter? {
        if (publication.origin == Origin.REDELIVERED) return null
        val first = run.start() ?: clock.instant()
        return add(
            DeadLetter.builder(publication.event(), reasonOf(run, error))
                .handler(subscription.name())
                .error(error)
                .attempts(run.attempts()),
            first,
            run.end() ?: first,
            publication,
        )
    }

    fun reasonOf(run: HandlerRun, error: Throwable): Reason = when {
        run.state() == State.TIMED_OUT -> Reason.HANDLER_TIMEOUT
        error is RejectException -> Reason.REJECTED
        else -> Reason.HANDLER_ERROR
    }

    /** The event was refused at publish; null if it was for no fault of its own. */
    fun ofRefusal(event: Event, error: Throwable): DeadLetter? {
        val reason = when (error) {
            is ValidationException -> Reason.VALIDATION_ERROR
            is EventFormatException -> Reason.SERIALIZATION_ERROR
            else -> return null
        }
        val now = clock.instant()
        return add(DeadLetter.builder(event, reason).error(error), now, now)
    }

    /** There was no room for the event. */
    fun ofDrop(publication: EnginePublication): DeadLetter {
        val now = clock.instant()
        val letter = DeadLetter.builder(publication.event(), Reason.OVERFLOW).error("", publication.reason(), "")
        return add(letter, now, now)
    }

    /** A stored line could not be decoded (DSU-4). */
    fun ofLine(letter: DeadLetter.Builder): DeadLetter {
        val now = clock.instant()
        return add(letter, now, now)
    }

    private fun add(
        letter: DeadLetter.Builder,
        first: Instant,
        last: Instant,
        publication: EnginePublication? = null,
    ): DeadLetter {
        val made = letter.clock(ids).firstTime(first).lastTime(last).build()
        if (!keep(made)) publication?.extra()?.letterLost = true
        count.incrementAndGet()
        return made
    }
}
