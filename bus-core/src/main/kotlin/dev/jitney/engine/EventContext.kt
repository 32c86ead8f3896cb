// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.CorrelationContext
import dev.jitney.engine.plugin.Carriers
import org.slf4j.MDC
import org.slf4j.helpers.NOPMDCAdapter

/** What surrounds handlers on every thread that they run on (CTX-2, CTX-4). */
internal class EventContext(private val carriers: Carriers) {
    private val logs = MDC.getMDCAdapter().let { it != null && it !is NOPMDCAdapter }

    /** Sets the context of the event on this thread; close what is returned to have the old one back. */
    fun enter(publication: EnginePublication): AutoCloseable {
        val correlation = CorrelationContext.install(publication.event())
        val carried = restore(publication)
        if (!logs) {
            return AutoCloseable {
                carried?.close()
                CorrelationContext.restore(correlation)
            }
        }
        val event = publication.event()
        val before = KEYS.map { MDC.get(it) }
        put(CORRELATION_ID, event.correlationId())
        put(EVENT_ID, event.id())
        put(TOPIC, event.topic())
        return AutoCloseable {
            carried?.close()
            KEYS.forEachIndexed { at, key -> put(key, before[at]) }
            CorrelationContext.restore(correlation)
        }
    }

    private fun restore(publication: EnginePublication): AutoCloseable? {
        val extra = publication.extra ?: return null
        val carried = extra.carried?.let(carriers::restore)
        val own = extra.options?.context()?.get() ?: return carried
        return AutoCloseable {
            own.close()
            carried?.close()
        }
    }

    private fun put(key: String, value: String?) {
        if (value == null) MDC.remove(key) else MDC.put(key, value)
    }

    private companion object {
        const val CORRELATION_ID = "correlationId"
        const val EVENT_ID = "eventId"
        const val TOPIC = "topic"
        val KEYS = listOf(CORRELATION_ID, EVENT_ID, TOPIC)
    }
}
