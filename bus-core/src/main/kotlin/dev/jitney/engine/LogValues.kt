// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.Event
import org.slf4j.MDC

private const val CORRELATION_ID = "correlationId"
private const val EVENT_ID = "eventId"
private const val TOPIC = "topic"

/**
 * What the log says of an event on this thread (SLF4J's MDC), until it is closed, by the same thread: then that is back
 * which was there before (CTX-2).
 */
internal class LogValues(private val event: Event) : AutoCloseable {
    private val before: Map<String, String>? = MDC.getCopyOfContextMap()

    init {
        set()
    }

    /** Takes back what a handler has put in or taken out, for the next one of the same event. */
    fun renew() {
        close()
        set()
    }

    private fun set() {
        put(CORRELATION_ID, event.correlationId())
        put(EVENT_ID, event.id())
        put(TOPIC, event.topic())
    }

    private fun put(key: String, value: String?) {
        if (value == null) MDC.remove(key) else MDC.put(key, value)
    }

    // As a whole, not key by key: what a handler puts in does not leak to the next one.
    override fun close() {
        if (before == null) MDC.clear() else MDC.setContextMap(before)
    }
}
