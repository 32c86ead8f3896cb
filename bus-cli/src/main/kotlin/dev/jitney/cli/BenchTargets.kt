// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.EventBus
import dev.jitney.EventBusBuilder
import dev.jitney.Handler
import dev.jitney.SubscribeOptions
import dev.jitney.event.Event
import dev.jitney.event.Selection
import dev.jitney.spi.EventStore
import org.HdrHistogram.Histogram
import java.time.Duration

private const val SOURCE = "bench"
private val PATIENCE = Duration.ofMinutes(5)

/** Returns the event with this number, complete but for what a bus adds. */
private fun BenchPlan.event(number: Long): Event.Builder {
    val event = Event.builder(topic(number)).source(SOURCE).payload(payload.value).contentType(payload.contentType)
    key(number)?.let(event::key)
    return event
}

private fun BenchPlan.bus(store: EventStore?): EventBus {
    val builder = EventBusBuilder.create(SOURCE)
    if (store != null) builder.store(store).deliverAfter(checkNotNull(level))
    return builder.build()
}

private fun subscribe(bus: EventBus, pattern: String, handlers: Int, handler: Handler) {
    repeat(handlers) { bus.subscribe(pattern, SubscribeOptions.builder().name("h$it").build(), handler) }
}

private fun EventBus.settleAll() {
    check(awaitIdle(PATIENCE)) { "events are still pending after $PATIENCE" }
}

/** `publish`: the call alone; handlers do nothing. */
internal class PublishTarget(private val plan: BenchPlan, store: EventStore?) : BenchTarget {
    private val bus = plan.bus(store)

    init {
        subscribe(bus, BenchPlan.PATTERN, plan.handlers) { }
    }

    override val timesSend get() = true

    override fun begin(histogram: Histogram) = Unit

    override fun send(number: Long, due: Long) {
        bus.publish(plan.event(number).build())
    }

    override fun settle() = bus.settleAll()

    override fun close() = bus.close()
}

/** `e2e`: until each handler has the event. A closed loop waits for it, so that it has one event under way. */
internal class EndToEndTarget(private val plan: BenchPlan, store: EventStore?) : BenchTarget {
    private val bus = plan.bus(store)

    @Volatile
    private var histogram = BenchLoad.histogram()

    init {
        subscribe(bus, BenchPlan.PATTERN, plan.handlers, ::handle)
    }

    // When an event was due stands where a story's id does: no other field is as cheap.
    private fun handle(event: Event) {
        val due = checkNotNull(event.correlationId()).toLong()
        histogram.recordValue(BenchLoad.bounded(System.nanoTime() - due))
    }

    override val timesSend get() = false

    override fun begin(histogram: Histogram) {
        this.histogram = histogram
    }

    override fun send(number: Long, due: Long) {
        val event = plan.event(number).correlationId(due.toString()).build()
        if (plan.rate == null) bus.publishAndJoin(event, PATIENCE) else bus.publish(event)
    }

    override fun settle() = bus.settleAll()

    override fun close() = bus.close()
}

/** `store`: until the store has acknowledged an event at its level. */
internal class StoreTarget(private val plan: BenchPlan, private val store: EventStore) : BenchTarget {
    private val level = checkNotNull(plan.level)

    override val timesSend get() = true

    override fun begin(histogram: Histogram) = Unit

    override fun send(number: Long, due: Long) {
        val event = plan.event(number).build()
        store.appendAndWait(listOf(event.withCorrelationId(event.id())), level, Duration.ZERO)
    }

    override fun settle() = Unit

    override fun close() = Unit
}

/** `replay`: passes over a store; not a load, as nobody sends. */
internal class ReplayTarget(private val plan: BenchPlan, private val store: EventStore) : AutoCloseable {
    private val bus = plan.bus(store)
    private var histogram = BenchLoad.histogram()
    private var last = 0L

    init {
        // The gap is that between events, not between the handlers of one.
        subscribe(bus, "*", plan.handlers - 1) { }
        bus.subscribe("*", SubscribeOptions.builder().name("gap").priority(1).build(), Handler(::gap))
    }

    @Synchronized
    private fun gap(@Suppress("UNUSED_PARAMETER") event: Event) {
        val now = System.nanoTime()
        histogram.recordValue(BenchLoad.bounded(now - last))
        last = now
    }

    /** Stores what is to be replayed. */
    fun fill(events: Long, progress: (Long) -> Unit) {
        var done = 0L
        while (done < events) {
            val batch = List(minOf(BATCH, events - done).toInt()) {
                val event = plan.event(done + it).build()
                event.withCorrelationId(event.id())
            }
            store.appendAndWait(batch, checkNotNull(plan.level), Duration.ZERO)
            done += batch.size
            progress(done)
        }
    }

    /** Replays all that is stored once. */
    fun pass(): BenchRun {
        bus.settleAll()
        val gc = BenchEnvironment.gcMillis()
        val begun = System.nanoTime()
        val into = BenchLoad.histogram()
        synchronized(this) {
            histogram = into
            last = begun
        }
        val report = bus.replay(Selection.all())
        val took = System.nanoTime() - begun
        return BenchRun(report.delivered(), took, 0, BenchEnvironment.gcMillis() - gc, into)
    }

    override fun close() = bus.close()

    private companion object {
        const val BATCH = 512L
    }
}
