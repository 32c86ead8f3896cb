// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.SubscribeOptions
import dev.jitney.event.Selection
import dev.jitney.event.TopicPattern
import dev.jitney.spi.EventStore
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.TimeUnit

/** The durable subscriptions of a bus (DSU-2 to DSU-4). */
internal class Durables(private val core: EngineCore, private val publisher: Publisher, private val store: EventStore) {
    private val readers = CopyOnWriteArrayList<DurableReader>()

    @Volatile
    private var stopped = false

    /** Takes the cursor up or begins to stand by; throws what the store throws. */
    fun open(pattern: TopicPattern, options: SubscribeOptions, name: String, cursor: String): DurableReader {
        check(store.capabilities().claims()) {
            "Subscription to '$pattern' is durable, but the store at ${store.info().location()} of bus " +
                "'${core.name}' has no cursors that can be claimed. Use another store."
        }
        val selection = Selection.builder().pattern(pattern.text())
        options.severities().forEach(selection::severity)
        core.lineages.want()
        return DurableReader(core, publisher, store, name, cursor, selection.build(), readers::remove)
            .also { it.open(options.cursorStart()) }
    }

    fun start(reader: DurableReader, subscription: EngineSubscription) {
        readers.add(reader)
        // A drain that ran meanwhile has not seen it.
        if (stopped) reader.stop()
        reader.start(subscription)
    }

    /** Lets all of them read no more. */
    fun stop() {
        stopped = true
        readers.forEach { it.stop() }
    }

    /** Waits until all of them have ended. */
    fun await(nanos: Long) {
        val deadline = System.nanoTime() + nanos
        readers.forEach { it.await(deadline - System.nanoTime()) }
    }

    /** Ends all of them, whatever their handlers do. */
    fun close() {
        stopped = true
        readers.forEach { it.abandon() }
        await(TimeUnit.SECONDS.toNanos(1))
    }
}
