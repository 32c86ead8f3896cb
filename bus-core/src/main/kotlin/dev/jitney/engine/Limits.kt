// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.DeliveryState
import dev.jitney.event.Outcome
import java.time.Duration
import java.util.concurrent.TimeoutException

/** Which time limits hold for whom (TMO-1, TMO-5), in nanoseconds; zero is none. */
internal class Limits(private val settings: BusSettings) {
    private val handler = nanosOf(settings.handlerTimeout)
    private val event = nanosOf(settings.eventTimeout)
    private val slowHandler = nanosOf(settings.slowHandler)
    private val slowEvent = nanosOf(settings.slowEvent)
    private val allLong = isLong(handler) && isLong(event) && isLong(slowHandler) && isLong(slowEvent)

    /** Whether no limit of the event, those of its subscriptions apart, is so short that a coarse clock would be felt. */
    fun areLong(publication: EnginePublication): Boolean {
        val options = publication.options ?: return allLong
        return allLong && options.timeout() == null && options.handlerTimeout() == null &&
            options.slowThreshold() == null
    }

    fun handler(publication: EnginePublication, subscription: EngineSubscription): Long {
        val own = subscription.timeoutNanos
        if (own != EngineSubscription.UNSET) return own
        val options = publication.options ?: return handler
        return options.handlerTimeout()?.let(::nanosOf) ?: handler
    }

    fun event(publication: EnginePublication): Long {
        val options = publication.options ?: return event
        return options.timeout()?.let(::nanosOf) ?: event
    }

    fun slowHandler(subscription: EngineSubscription): Long =
        if (subscription.slowNanos == EngineSubscription.UNSET) slowHandler else subscription.slowNanos

    fun slowEvent(publication: EnginePublication): Long {
        val options = publication.options ?: return slowEvent
        return options.slowThreshold()?.let(::nanosOf) ?: slowEvent
    }

    /** What a handler ends with at its limit; with the frames of the [thread] that it is on, if it is on one. */
    fun handlerTimeout(publication: EnginePublication, handler: String, nanos: Long, thread: Thread?): Throwable =
        TimeoutException(
            "Handler '$handler' of bus '${settings.name}' took longer than its limit of ${text(nanos)} " +
                "on event '${publication.event().id()}' of topic '${publication.event().topic()}'.",
        ).apply { stackTrace = thread?.stackTrace ?: NOWHERE }

    fun eventTimeout(publication: EnginePublication): Stop {
        val reason = "Event '${publication.event().id()}' of topic '${publication.event().topic()}' took longer than " +
            "its limit of ${text(event(publication))} on bus '${settings.name}'."
        val error = TimeoutException(reason).apply { stackTrace = NOWHERE }
        return Stop(Outcome.TIMED_OUT, reason, error, DeliveryState.TIMED_OUT)
    }

    companion object {
        private const val MILLI = 1_000_000L

        // A coarse clock is late by 0.2 % of it at most.
        private const val LONG = 1_000 * MILLI

        // The frames of the timer say nothing to anyone.
        private val NOWHERE = emptyArray<StackTraceElement>()

        /** Whether a limit is long beside what a coarse clock is late by. */
        fun isLong(nanos: Long): Boolean = nanos <= 0 || nanos >= LONG

        /** A span for people: `30 s`, `250 ms`, `15 us`. */
        fun text(nanos: Long): String = when {
            nanos % (1_000 * MILLI) == 0L -> "${nanos / (1_000 * MILLI)} s"
            nanos >= MILLI -> "${nanos / MILLI} ms"
            else -> "${nanos / 1_000} us"
        }

        fun text(span: Duration): String = text(nanosOf(span))
    }
}
