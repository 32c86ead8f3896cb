// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.Event
import dev.jitney.event.Severity
import dev.jitney.event.Topics

private const val HANDLER_ERROR = "system.handler_error"
private const val DEDUPLICATED = "system.deduplicated"

/** What the bus publishes about itself, under `system.` (ERR-1, DUP-2). */
internal class SystemEvents(private val publish: (Event, HandlerRun?) -> Unit) {

    /** A handler has failed; nothing is said of handlers of the bus's own events, so it cannot loop. */
    fun handlerError(event: Event, subscription: EngineSubscription, run: HandlerRun, error: Throwable) {
        if (Topics.isSystem(event.topic())) return
        publish(
            HANDLER_ERROR,
            event,
            Severity.WARNING,
            linkedMapOf(
                "event" to event.id(),
                "topic" to event.topic(),
                "handler" to subscription.name(),
                "state" to run.state().name,
                "attempts" to run.attempts(),
                "error" to error.javaClass.name,
                "message" to messageOf(error),
            ),
            run,
        )
    }

    /** Noise begins to be silenced, with this event. */
    fun silenceBegins(event: Event, threshold: Int) {
        publish(
            DEDUPLICATED,
            event,
            event.severity(),
            linkedMapOf(
                "source" to event.source(),
                "topic" to event.topic(),
                "severity" to event.severity().wireName(),
                "threshold" to threshold,
            ),
        )
    }

    /** Noise was silenced. */
    fun silenceEnds(summary: NoiseFilter.Summary) {
        publish(
            DEDUPLICATED,
            null,
            summary.severity,
            linkedMapOf(
                "source" to summary.source,
                "topic" to summary.topic,
                "severity" to summary.severity.wireName(),
                "suppressed" to summary.suppressed,
                "first" to summary.first.toString(),
                "last" to summary.last.toString(),
            ),
        )
    }

    private fun publish(
        topic: String,
        cause: Event?,
        severity: Severity,
        payload: Map<String, Any?>,
        about: HandlerRun? = null,
    ) {
        val event = Event.builder(topic).payload(payload).severity(severity)
        if (cause != null) event.correlationId(cause.correlationId()).causationId(cause.id())
        publish(event.build(), about)
    }
}
