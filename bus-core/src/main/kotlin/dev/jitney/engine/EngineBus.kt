// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.BusStats
import dev.jitney.DeadLetters
import dev.jitney.DeliveryHandler
import dev.jitney.DrainReport
import dev.jitney.Emitter
import dev.jitney.EventBus
import dev.jitney.FindOptions
import dev.jitney.Handler
import dev.jitney.LiveEvents
import dev.jitney.Ordering
import dev.jitney.Publication
import dev.jitney.PublicationException
import dev.jitney.PublishOptions
import dev.jitney.ReplayOptions
import dev.jitney.ReplayReport
import dev.jitney.ReplyHandler
import dev.jitney.Scope
import dev.jitney.StageHandler
import dev.jitney.SubscribeOptions
import dev.jitney.Subscription
import dev.jitney.event.Event
import dev.jitney.event.Outcome
import dev.jitney.event.TopicPattern
import dev.jitney.spi.AlertStore
import dev.jitney.spi.EventStore
import dev.jitney.spi.TimeSource
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage
import java.util.concurrent.TimeoutException
import java.util.function.Consumer
import java.util.function.Supplier

/** The bus as users see it: hands what they ask for to its parts, keeps those together, and closes them. */
internal class EngineBus(private val settings: BusSettings, private val opened: OpenedPlugins) : EventBus {
    private val name = settings.name
    private val plugins = opened.plugins
    private val masking = Masking(plugins.context(), settings.maskStored)
    private val gate = plugins.store()?.let { StoreGate(it, settings.deliverAfter, masking) }

    // After everything that may refuse its settings: whoever has it must give it back.
    private val pool = SharedPool.acquire()
    val core: EngineCore = EngineCore(
        settings,
        pool,
        (settings.clock as? TimeSource)?.let { SourceTimers(it, pool::execute) } ?: pool.timers,
        gate,
        settings.group?.core?.lanes?.serial(),
        plugins,
        masking,
        SharedPool.nextNumber(),
        SystemEvents { event, about -> publisher.publishOwn(event, about) },
    )
    val publisher: Publisher = Publisher(core)
    private val tail = gate?.let { RemoteTail(core, it) { event -> accept(event) } }
    private val durables = gate?.let { Durables(core, publisher, it.store) }
    private val subscribing = Subscribing(core, tail, durables)
    private val emitters = Emitters(this)
    val ordering: Ordering get() = settings.ordering
    private val viewers = Viewers(name, pool)
    private val closing = Closing(core, tail, durables, viewers, opened)

    init {
        try {
            subscribing.addPlugins()
            core.measure()
            opened.output.meters = core.meters
            opened.output.masking = masking
            plugins.connect(publisher::publishForPlugin)
        } catch (e: Throwable) {
            closing.close()
            throw e
        }
    }

    override fun name(): String = name

    override fun store(): EventStore? = plugins.store()

    override fun pendingCount(): Int = core.admission.pending.toInt()

    // ---- publishing

    override fun publish(event: Event): Publication = publisher.publish(event, PublishOptions.defaults())

    override fun publish(event: Event, options: PublishOptions): Publication = publisher.publish(event, options)

    override fun publish(topic: String, payload: Any?): Publication = publisher.publish(topic, payload)

    override fun tryPublish(event: Event, options: PublishOptions): Publication? = publisher.tryPublish(event, options)

    override fun tryPublishAwaited(event: Event, options: PublishOptions): Publication? =
        publisher.tryPublish(event, options, awaited = true)

    override fun tryPublishAwaited(
        event: Event,
        options: PublishOptions,
        goOn: Consumer<in Publication>,
    ): Publication.Waiting? = publisher.tryPublishThen(event, options, goOn)

    override fun newEvent(topic: String, payload: Any?): Event = Event.of(core.eventClock, topic, payload)

    override fun publishAndJoin(topic: String, payload: Any?, limit: Duration): Publication =
        publisher.publishAndJoin(topic, payload, limit)

    override fun publishAsync(event: Event, options: PublishOptions): CompletionStage<Publication> =
        publisher.publishAsync(event, options)

    override fun publishAndJoin(event: Event, options: PublishOptions, limit: Duration): Publication =
        publisher.publishAndJoin(event, options, limit)

    override fun <T : Any> request(topic: String, payload: Any?, resultType: Class<T>, limit: Duration): T? {
        val options = PublishOptions.builder().resultType(resultType).build()
        val publication = publisher.publishAndJoin(newEvent(topic, payload), options, limit)
        if (publication.state() != Publication.State.COMPLETED) {
            throw TimeoutException(
                "No reply to event '${publication.event().id()}' of topic '$topic' came within ${Limits.text(limit)}.",
            )
        }
        if (publication.outcome() == Outcome.NO_HANDLER) {
            throw PublicationException(publication.reason(), Outcome.NO_HANDLER, null)
        }
        return publication.result(resultType)
    }

    private fun accept(event: Event) {
        publisher.acceptBlocking(EnginePublication(event, core, Origin.REMOTE))
    }

    // ---- subscribing

    override fun subscribe(pattern: String, options: SubscribeOptions, handler: Handler): Subscription =
        subscribing.subscribe(pattern, options, PlainInvoker(handler))

    override fun subscribeReplying(pattern: String, options: SubscribeOptions, handler: ReplyHandler): Subscription =
        subscribing.subscribe(pattern, options, ReplyInvoker(handler))

    override fun subscribeAsync(pattern: String, options: SubscribeOptions, handler: StageHandler): Subscription =
        subscribing.subscribe(pattern, options, StageInvoker(handler))

    override fun subscribeDelivery(pattern: String, options: SubscribeOptions, handler: DeliveryHandler): Subscription =
        subscribing.subscribe(pattern, options, DeliveryInvoker(handler))

    override fun forwardTo(target: EventBus, pattern: String): Subscription {
        require(target !== this) { "Bus '$name' cannot forward events to itself." }
        require(target is EngineBus) { "Bus '$name' cannot forward events to '$target', which is not one of Jitney's." }
        return subscribing.forward(target, pattern)
    }

    override fun unsubscribe(id: String): Boolean = core.routes.find(id)?.close() != null

    override fun scope(): Scope = EngineScope(this, core.life).also { core.life.check(onBehalf = true) }

    override fun subscriptions(): List<Subscription> = core.routes.subscriptions()

    override fun liveEvents(pattern: String): LiveEvents {
        core.life.check(onBehalf = true)
        return EngineLiveEvents(TopicPattern.parse(pattern), core.routes, viewers.scope(), masking) { core.life.closed }
    }

    // ---- looking back

    override fun find(options: FindOptions): CompletableFuture<Event?> {
        core.life.check(onBehalf = true)
        return core.past.find(options)
    }

    override fun filter(options: FindOptions, limit: Int): List<Publication> = core.past.filter(options, limit)

    override fun findOrPublish(options: FindOptions, event: Supplier<Event>): Publication {
        val made by lazy(LazyThreadSafetyMode.NONE) { event.get() }
        while (true) {
            val found = core.past.findOrPublish(options) { turn ->
                publisher.tryPublish(made, PublishOptions.defaults(), turn::end)
            }
            found?.let { return it }
            publisher.awaitRoom()
        }
    }

    override fun history(): List<Publication> = core.past.history.newestFirst()

    override fun children(event: Event): List<Event> = core.past.causality().children(event)

    override fun ancestors(event: Event): List<Event> = core.past.causality().ancestors(event)

    override fun isDescendantOf(event: Event, ancestor: Event): Boolean =
        core.past.causality().isDescendantOf(event, ancestor)

    override fun logTree(): String = core.past.tree("Events of bus '$name'")

    override fun stats(): BusStats = core.stats()

    override fun deadLetters(): DeadLetters = EngineDeadLetters(plugins.deadLetterSink()!!, core, publisher)

    override fun alerts(): AlertStore? = plugins.alerts()

    override fun emitter(source: String, domain: String): Emitter {
        core.life.check(onBehalf = true)
        return emitters.of(source, domain)
    }

    override fun emitters(): List<Emitter> = emitters.all()

    override fun pluginProblems(): List<String> = plugins.problems()

    override fun replay(options: ReplayOptions): ReplayReport {
        core.life.check(onBehalf = false)
        check(!core.insideHandler()) { "A handler of bus '$name' cannot wait for a replay on the same bus." }
        return pool.blockingWait { Replay(core, publisher, options).run() }
    }

    // ---- ending

    override fun awaitIdle(limit: Duration): Boolean {
        check(!core.insideHandler()) { "A handler of bus '$name' cannot wait for the bus to be idle." }
        return pool.blockingWait { core.admission.awaitIdle(limitOf(limit)) }
    }

    override fun drain(limit: Duration): DrainReport = closing.drain(limitOf(limit))

    override fun close(): Unit = closing.close()

    private fun limitOf(limit: Duration): Long {
        require(!limit.isNegative) { "Limit '$limit' is negative. Use zero or more." }
        return nanosOf(limit)
    }

    override fun toString(): String = "EventBus('$name')"
}
