// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Emitter
import dev.jitney.EventBus
import dev.jitney.Publication
import dev.jitney.event.Event
import dev.jitney.event.Topics
import java.util.TreeMap
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.LongAdder

/**
 * The emitters of a bus (STA-2).
 *
 * INVARIANT: [open] holds the emitters that are not closed, in the order in which they were made; guarded by this.
 */
internal class Emitters(private val bus: EventBus) {
    private val open = LinkedHashMap<Pair<String, String>, EngineEmitter>(0)

    @Synchronized
    fun of(source: String, domain: String): Emitter {
        val key = source to domain
        open[key]?.let { return it }
        require(source.isNotEmpty()) { "The source of an emitter is ''. Give at least one character." }
        Topics.check(domain)
        check(open.size < Emitter.MOST) {
            "Bus '${bus.name()}' has ${Emitter.MOST} emitters open, the most it may have. Close those that are done."
        }
        return EngineEmitter(source, domain, bus) { forget(key, it) }.also { open[key] = it }
    }

    @Synchronized
    fun all(): List<Emitter> = open.values.toList()

    @Synchronized
    private fun forget(key: Pair<String, String>, emitter: EngineEmitter) {
        open.remove(key, emitter)
    }
}

/** Safe for concurrent use. A few topics more than the limit may be told apart when threads race. */
internal class EngineEmitter(
    private val source: String,
    private val domain: String,
    private val bus: EventBus,
    private val forget: (EngineEmitter) -> Unit,
) : Emitter {
    private val counts = ConcurrentHashMap<String, LongAdder>()

    @Volatile
    private var closed = false

    override fun source(): String = source

    override fun domain(): String = domain

    override fun publish(action: String, payload: Any?): Publication =
        emit(Event.builder("$domain.$action").source(source).payload(payload).build())

    override fun publish(event: Event): Publication {
        require(event.topic().startsWith("$domain.")) {
            "Topic '${event.topic()}' is not of domain '$domain', whose emitter was asked. " +
                "Use a topic that begins with '$domain.', or another emitter."
        }
        val given = event.source()
        require(given == null || given == source) {
            "The event's source is '$given', but its emitter's is '$source'. Leave it out, or use another emitter."
        }
        return emit(if (given == null) event.withSource(source) else event)
    }

    private fun emit(event: Event): Publication {
        check(!closed) { "The emitter of '$source' in domain '$domain' is closed. Get another one from the bus." }
        val publication = bus.publish(event)
        counter(event.topic()).increment()
        return publication
    }

    private fun counter(topic: String): LongAdder {
        val known = counts[topic]
        if (known != null) return known
        val own = if (counts.size < Emitter.MOST_TOPICS) topic else OTHER
        return counts.computeIfAbsent(own) { LongAdder() }
    }

    override fun published(): Map<String, Long> = counts.mapValuesTo(TreeMap()) { it.value.sum() }

    override fun close() {
        closed = true
        forget(this)
    }

    override fun toString(): String = "Emitter('$source', '$domain')"

    private companion object {
        // No topic of an emitter has a single segment.
        const val OTHER = "other"
    }
}
