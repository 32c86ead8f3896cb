// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.CorrelationContext
import dev.jitney.engine.plugin.Carriers
import dev.jitney.engine.plugin.PluginLog
import dev.jitney.event.Event
import org.slf4j.MDC
import org.slf4j.helpers.NOPMDCAdapter

private const val OWN = "context of PublishOptions"

/** What surrounds handlers on every thread that they run on (CTX-2, CTX-4). */
internal class EventContext(private val carriers: Carriers, private val log: PluginLog) {
    /** Whether there is a log that keeps values for each thread. */
    private val logs = MDC.getMDCAdapter().let { it != null && it !is NOPMDCAdapter }

    /** Whether nobody carries anything from the publisher's thread. */
    val isEmpty: Boolean get() = carriers.isEmpty

    /** Lets the log say on this thread what it is about; null if it keeps nothing for a thread. */
    fun logValues(event: Event): LogValues? = if (logs) LogValues(event) else null

    /** Takes along what carriers find on this thread; null if there is nothing. */
    fun capture(): Any? = if (carriers.isEmpty) null else carriers.capture()

    /** Runs the block in the context of the event, and then the old one is back, whatever a handler has made of it. */
    inline fun <T> within(publication: EnginePublication, block: () -> T): T {
        val correlation = CorrelationContext.install(publication.event())
        var around: AutoCloseable? = null
        try {
            around = surround(publication)
            return block()
        } finally {
            around?.close()
            CorrelationContext.restore(correlation)
        }
    }

    /** Sets what there is besides the correlation id; null if there is nothing. */
    fun surround(publication: EnginePublication): AutoCloseable? {
        val extra = publication.extra
        val carried = extra?.carried?.let(carriers::restore)
        val own = if (extra?.options?.context() == null) null else restoreOwn(extra)
        val logged = logValues(publication.event())
        if (own == null && carried == null) return logged
        return AutoCloseable {
            logged?.close()
            own?.close()
            carried?.close()
        }
    }

    /** The publisher's own context; what fails in it touches nobody else (ERR-6). */
    private fun restoreOwn(extra: PublicationExtra): AutoCloseable? {
        val restored = try {
            extra.options!!.context()!!.get() as AutoCloseable?
        } catch (e: Throwable) {
            log.failed(OWN, "get", e)
            null
        }
        if (restored == null) return null
        return AutoCloseable {
            try {
                restored.close()
            } catch (e: Throwable) {
                log.failed(OWN, "close", e)
            }
        }
    }
}
