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

    fun handlerTimeout(publication: EnginePublication, run: HandlerRun, nanos: Long): Throwable = TimeoutException(
        "Handler '${run.subscription()}' of bus '${settings.name}' took longer than its limit of ${text(nanos)} " +
            "on event '${publication.event().id()}' of topic '${publication.event().topic()}'.",
    )

    fun eventTimeout(publication: EnginePublication): Stop {
        val reason = "Event '${publication.event().id()}' of topic '${publication.event().topic()}' took longer than " +
            "its limit of ${text(event(publication))} on bus '${settings.name}'."
        return Stop(Outcome.TIMED_OUT, reason, TimeoutException(reason), DeliveryState.TIMED_OUT)
    }

    companion object {
        private const val MILLI = 1_000_000L

        /** A span for people: `30 s`, `250 ms`, `15 us`. */
        fun text(nanos: Long): String = when {
            nanos % (1_000 * MILLI) == 0L -> "${nanos / (1_000 * MILLI)} s"
            nanos >= MILLI -> "${nanos / MILLI} ms"
            else -> "${nanos / 1_000} us"
        }

        fun text(span: Duration): String = text(nanosOf(span))
    }
}
