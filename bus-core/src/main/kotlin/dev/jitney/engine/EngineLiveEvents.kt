// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.LiveEvents
import dev.jitney.event.Event
import dev.jitney.event.TopicPattern
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.channels.BufferOverflow
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.onSubscription
import kotlinx.coroutines.flow.transformWhile
import java.util.concurrent.CopyOnWriteArraySet
import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.Flow as JavaFlow

/**
 * One pattern's live view (SUB-8): a shared flow that the lane feeds while someone collects it.
 *
 * INVARIANTS: the view is in [routes] exactly while [collectors] is above 0; [fed] numbers the events,
 * so that a collector that was overtaken counts what it has lost. Both are guarded by this.
 * The end of the bus is an entry too: it is the newest, so it is never the one that is dropped.
 */
internal class EngineLiveEvents(
    val pattern: TopicPattern,
    private val routes: Routes,
    private val scope: CoroutineScope,
    val masking: Masking,
    private val closed: () -> Boolean,
) : LiveEvents, Flow<Event> {
    private val shared = MutableSharedFlow<Entry>(0, BUFFER, BufferOverflow.DROP_OLDEST)
    private val lost = AtomicLong()
    private var collectors = 0
    private var fed = 0L
    private val subscribers = CopyOnWriteArraySet<LiveSubscription>()

    /** Hands the event to the collectors. Called by the lane; never waits. */
    @Synchronized
    fun feed(event: Event) {
        shared.tryEmit(Entry(event, fed++))
    }

    /** Lets all collectors finish what they have and complete. */
    fun end() {
        synchronized(this) { shared.tryEmit(Entry(null, fed)) }
        subscribers.forEach { it.onBusClosed() }
    }

    override fun lost(): Long = lost.get()

    override suspend fun collect(collector: FlowCollector<Event>) {
        var expected = 0L
        var joined = false
        try {
            shared.onSubscription {
                expected = join()
                joined = true
                if (expected < 0) emit(END)
            }.transformWhile { entry ->
                if (entry.number > expected) lost.addAndGet(entry.number - expected)
                expected = entry.number + 1
                entry.event?.let { emit(it) }
                entry.event != null
            }.collect(collector)
        } finally {
            if (joined) leave()
        }
    }

    override fun subscribe(subscriber: JavaFlow.Subscriber<in Event>): Unit =
        LiveSubscription(subscriber, this, closed).let {
            subscribers.add(it)
            it.start(scope) { subscribers.remove(it) }
        }

    /** Returns the number of the first event that the new collector gets, or -1 after the end. */
    @Synchronized
    private fun join(): Long {
        if (++collectors == 1) routes.add(this)
        // After the adding: a close that has not seen this view is seen here.
        return if (closed()) -1 else fed
    }

    @Synchronized
    private fun leave() {
        if (--collectors == 0) routes.remove(this)
    }

    private class Entry(val event: Event?, val number: Long)

    private companion object {
        const val BUFFER = 1_024
        val END = Entry(null, -1)
    }
}
