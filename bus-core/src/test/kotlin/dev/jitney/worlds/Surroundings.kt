// SPDX-License-Identifier: Apache-2.0
package dev.jitney.worlds

import dev.jitney.CorrelationContext
import dev.jitney.event.Event
import org.slf4j.MDC

/** What a thread knows of the event that it handles (CTX-2, CTX-4). */
internal class Surroundings(private val journal: Journal) {

    /** The thread runs a handler of this event. */
    fun isOf(event: Event, where: String) {
        journal.check(CorrelationContext.current() == event.correlationId()) {
            "CTX-4 $where has correlation id ${CorrelationContext.current()}, not that of $event"
        }
        val log = listOf(MDC.get("correlationId"), MDC.get("eventId"), MDC.get("topic"))
        journal.check(log == listOf(event.correlationId(), event.id(), event.topic())) {
            "CTX-2 $where has log context $log, not that of $event"
        }
    }

    /** The thread runs no handler any more; [correlation] is what it had before. */
    fun areBack(correlation: String?, where: String) {
        journal.check(CorrelationContext.current() == correlation) {
            "CTX-4 after $where the thread has correlation id ${CorrelationContext.current()}, not $correlation"
        }
        val log = MDC.getCopyOfContextMap().orEmpty()
        journal.check(log.isEmpty()) { "CTX-2 after $where the thread has log context $log" }
    }
}
