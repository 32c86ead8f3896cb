// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.HandlerResult
import dev.jitney.SubscribeOptions
import dev.jitney.Subscription
import dev.jitney.event.Event
import dev.jitney.event.TopicPattern
import java.time.Instant
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicLong

/** A handler with its options and counters. [sequence] is its place among all of the bus, for SUB-3. */
internal class EngineSubscription(
    private val pattern: TopicPattern,
    options: SubscribeOptions,
    val sequence: Long,
    val invoker: Invoker,
    private val onClose: (EngineSubscription) -> Unit,
) : Subscription {
    private val id = "s$sequence"
    private val name = options.name() ?: "$pattern#$id"
    private val priority = options.priority()
    private val severities = options.severities()
    private val predicate = options.predicate()
    private val active = AtomicBoolean(true)
    private val handled = AtomicLong()
    private val failed = AtomicLong()
    val includeRemote: Boolean = options.includeRemote()

    /** Says whether the event is wanted, its topic apart; throws what the predicate throws. */
    fun wants(event: Event): Boolean {
        if (severities.isNotEmpty() && event.severity() !in severities) return false
        return predicate == null || predicate.test(event)
    }

    fun count(state: HandlerResult.State) {
        if (state == HandlerResult.State.COMPLETED) handled.incrementAndGet() else failed.incrementAndGet()
    }

    override fun id(): String = id

    override fun name(): String = name

    override fun pattern(): TopicPattern = pattern

    override fun priority(): Int = priority

    override fun active(): Boolean = active.get()

    override fun handled(): Long = handled.get()

    override fun failed(): Long = failed.get()

    override fun close() {
        if (active.compareAndSet(true, false)) onClose(this)
    }

    override fun toString(): String = "Subscription('$name' on $pattern)"
}

/** What one handler has made of one event. Holds no subscription: a result that is kept keeps no handler alive. */
internal class EngineHandlerResult(
    private val subscriptionId: String,
    private val subscription: String,
    private val state: HandlerResult.State,
    private val value: Any?,
    private val error: Throwable?,
    private val startMillis: Long,
    private val endMillis: Long,
) : HandlerResult {
    override fun subscriptionId(): String = subscriptionId

    override fun subscription(): String = subscription

    override fun state(): HandlerResult.State = state

    override fun value(): Any? = value

    override fun error(): Throwable? = error

    override fun start(): Instant = Instant.ofEpochMilli(startMillis)

    override fun end(): Instant = Instant.ofEpochMilli(endMillis)

    override fun attempts(): Int = 1

    override fun toString(): String = "$subscription: $state" + (error?.let { " ($it)" } ?: "")
}
