// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.LiveEvents
import dev.jitney.event.Event
import dev.jitney.event.TopicPattern
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import java.util.concurrent.CopyOnWriteArraySet
import java.util.concurrent.atomic.AtomicLong
import kotlin.coroutines.ContinuationInterceptor
import java.util.concurrent.Flow as JavaFlow

/**
 * One pattern's live view (SUB-8): a [ring][LiveRing] that lanes feed while someone collects.
 *
 * INVARIANTS: the view has a ring, and is in [routes], exactly while [collectors] is above 0; guarded by this. A lane that
 * took its route earlier may feed a ring that was left by all.
 */
internal class EngineLiveEvents(
    val pattern: TopicPattern,
    private val routes: Routes,
    private val scope: CoroutineScope,
    val masking: Masking,
    private val closed: () -> Boolean,
) : LiveEvents, Flow<Event> {
    /** For tests too. */
    @Volatile
    var ring: LiveRing? = null
        private set
    private val lost = AtomicLong()
    private var collectors = 0
    private val subscribers = CopyOnWriteArraySet<LiveSubscription>()

    /** Hands the event to the collectors. Called by lanes; never waits for a collector. */
    fun feed(event: Event) {
        ring?.feed(event)
    }

    /** Lets all collectors finish what they have and complete. */
    fun end() {
        ring?.end()
        subscribers.forEach { it.onBusClosed() }
    }

    override fun lost(): Long = lost.get()

    /** Counts an event that a subscriber can have no more. */
    fun countLost() {
        lost.incrementAndGet()
    }

    override suspend fun collect(collector: FlowCollector<Event>) {
        val context = currentCoroutineContext()
        val job = context[Job]
        val cursor = join(context[ContinuationInterceptor])
        try {
            // After the joining: a close that has not seen this view is seen here.
            if (closed()) return
            while (true) {
                val event = cursor.poll()
                if (event != null) {
                    job?.ensureActive()
                    collector.emit(event)
                } else if (cursor.over) {
                    return
                } else {
                    cursor.await()
                    cursor.rise()
                }
            }
        } finally {
            leave(cursor)
        }
    }

    override fun subscribe(subscriber: JavaFlow.Subscriber<in Event>) {
        val subscription = LiveSubscription(subscriber, this, closed)
        subscribers.add(subscription)
        try {
            subscription.start(scope) { subscribers.remove(subscription) }
        } catch (e: Throwable) {
            subscribers.remove(subscription)
            throw e
        }
    }

    @Synchronized
    private fun join(dispatcher: ContinuationInterceptor?): LiveRing.Cursor {
        val joined = ring ?: LiveRing(lost).also { ring = it }
        val cursor = joined.join(dispatcher)
        // With its ring, since a close may see it from here on.
        if (++collectors == 1) routes.add(this)
        return cursor
    }

    private fun leave(cursor: LiveRing.Cursor) {
        // Without the monitor: it may wake another, which may run here.
        cursor.leave()
        synchronized(this) {
            if (--collectors > 0) return
            routes.remove(this)
            ring = null
        }
    }
}
