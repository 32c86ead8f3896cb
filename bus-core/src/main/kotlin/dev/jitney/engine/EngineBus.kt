// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.DeliveryHandler
import dev.jitney.DrainReport
import dev.jitney.EventBus
import dev.jitney.Handler
import dev.jitney.LiveEvents
import dev.jitney.Ordering
import dev.jitney.Publication
import dev.jitney.PublicationException
import dev.jitney.PublishOptions
import dev.jitney.ReplayReport
import dev.jitney.ReplyHandler
import dev.jitney.Scope
import dev.jitney.StageHandler
import dev.jitney.SubscribeOptions
import dev.jitney.Subscription
import dev.jitney.event.Event
import dev.jitney.event.Outcome
import dev.jitney.event.Selection
import dev.jitney.event.TopicPattern
import dev.jitney.spi.EventStore
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import java.time.Duration
import java.util.concurrent.CompletionStage
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicLong

/** The bus as users see it: hands what they ask for to its parts, keeps those together, and closes them. */
internal class EngineBus(private val settings: BusSettings, private val parts: BusParts) : EventBus {
    private val name = settings.name
    private val gate = parts.store?.let { StoreGate(it, settings.deliverAfter) }

    // After everything that may refuse its settings: whoever has it must give it back.
    private val pool = SharedPool.acquire()
    val core: EngineCore = EngineCore(
        settings,
        pool,
        pool.timers,
        gate,
        settings.group?.core?.lanes?.serial(),
    )
    val publisher: Publisher = Publisher(core)
    val ordering: Ordering get() = settings.ordering
    private val life = core.life
    private val routes = core.routes
    private val admission = core.admission
    private val tail = gate?.let { RemoteTail(name, it) { event -> accept(event, Origin.REMOTE) } }
    private val viewers = CoroutineScope(SupervisorJob() + pool.dispatcher + CoroutineName("jitney-$name-live"))
    private val sequence = AtomicLong()
    private val closing = AtomicBoolean()
    private val closed = CountDownLatch(1)

    override fun name(): String = name

    override fun store(): EventStore? = parts.store

    override fun pendingCount(): Int = admission.pending.toInt()

    // ---- publishing

    override fun publish(event: Event): Publication = publisher.publish(event, PublishOptions.defaults())

    override fun publish(event: Event, options: PublishOptions): Publication = publisher.publish(event, options)

    override fun publish(topic: String, payload: Any?): Publication = publisher.publish(topic, payload)

    override fun tryPublish(event: Event, options: PublishOptions): Publication? = publisher.tryPublish(event, options)

    override fun publishAsync(event: Event, options: PublishOptions): CompletionStage<Publication> =
        publisher.publishAsync(event, options)

    override fun publishAndJoin(event: Event, options: PublishOptions, limit: Duration): Publication =
        publisher.publishAndJoin(event, options, limit)

    override fun <T : Any> request(topic: String, payload: Any?, resultType: Class<T>, limit: Duration): T? {
        val options = PublishOptions.builder().resultType(resultType).build()
        val publication = publisher.publishAndJoin(Event.of(topic, payload), options, limit)
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

    private fun accept(event: Event, origin: Origin) =
        EnginePublication(event, core, origin).also(publisher::acceptBlocking)

    // ---- subscribing

    override fun subscribe(pattern: String, options: SubscribeOptions, handler: Handler): Subscription =
        register(pattern, options, blockingIf(options, PlainInvoker(handler)))

    override fun subscribeReplying(pattern: String, options: SubscribeOptions, handler: ReplyHandler): Subscription =
        register(pattern, options, blockingIf(options, ReplyInvoker(handler)))

    override fun subscribeAsync(pattern: String, options: SubscribeOptions, handler: StageHandler): Subscription =
        register(pattern, unblocking(pattern, options), StageInvoker(handler))

    override fun subscribeDelivery(pattern: String, options: SubscribeOptions, handler: DeliveryHandler): Subscription =
        register(pattern, unblocking(pattern, options), DeliveryInvoker(handler))

    override fun forwardTo(target: EventBus, pattern: String): Subscription {
        require(target !== this) { "Bus '$name' cannot forward events to itself." }
        require(target is EngineBus) { "Bus '$name' cannot forward events to '$target', which is not one of Jitney's." }
        val options = SubscribeOptions.builder().name("forward to ${target.name()}").build()
        return register(pattern, options, ForwardInvoker(target))
    }

    override fun scope(): Scope = EngineScope(this).also { life.check(onBehalf = true) }

    override fun subscriptions(): List<Subscription> = routes.subscriptions()

    private fun blockingIf(options: SubscribeOptions, handler: Invoker): Invoker =
        if (options.blocking()) BlockingInvoker(handler) { options.executor() ?: pool.blocking } else handler

    private fun unblocking(pattern: String, options: SubscribeOptions): SubscribeOptions {
        require(!options.blocking()) {
            "Subscription to '$pattern' is declared blocking, but its handler returns before it is done. " +
                "Use subscribe or subscribeReplying for a handler that blocks."
        }
        return options
    }

    private fun register(pattern: String, options: SubscribeOptions, invoker: Invoker): Subscription {
        life.check(onBehalf = true)
        val parsed = TopicPattern.parse(pattern)
        if (options.includeRemote()) {
            val following = checkNotNull(tail) {
                "Subscription to '$pattern' asks for events of other processes, but bus '$name' has no store. " +
                    "Set one with EventBusBuilder.store."
            }
            following.want()
        }
        val subscription = EngineSubscription(parsed, options, sequence.incrementAndGet(), invoker, ::unregister)
        routes.add(subscription)
        // A close that ran meanwhile has not seen it.
        if (life.closed) subscription.close()
        return subscription
    }

    private fun unregister(subscription: EngineSubscription) {
        routes.remove(subscription)
        if (subscription.includeRemote) tail?.release()
    }

    override fun unsubscribe(id: String): Boolean = routes.find(id)?.close() != null

    override fun liveEvents(pattern: String): LiveEvents {
        life.check(onBehalf = true)
        return EngineLiveEvents(TopicPattern.parse(pattern), routes, viewers) { life.closed }
    }

    // ---- awaiting

    override fun awaitIdle(limit: Duration): Boolean {
        check(!core.insideHandler()) { "A handler of bus '$name' cannot wait for the bus to be idle." }
        return pool.blockingWait { admission.awaitIdle(limitOf(limit)) }
    }

    override fun replay(selection: Selection): ReplayReport {
        life.check(onBehalf = false)
        check(!core.insideHandler()) { "A handler of bus '$name' cannot wait for a replay on the same bus." }
        val store =
            checkNotNull(parts.store) { "Bus '$name' has no store to replay. Set one with EventBusBuilder.store." }
        return pool.blockingWait {
            Replay(store, selection).run { event ->
                accept(event, Origin.REPLAYED)
            }
        }
    }

    // ---- ending

    override fun drain(limit: Duration): DrainReport {
        val nanos = limitOf(limit)
        life.drain()
        admission.wakeAllWaiters()
        tail?.close()
        val settledBefore = admission.settledSoFar
        val handledBefore = routes.subscriptions().associateWith { it.handled() }
        // A handler cannot wait for itself: it starts the drain and goes on.
        if (!core.insideHandler()) pool.blockingWait { admission.awaitIdle(nanos) }
        val left = admission.inFlight
        return DrainReport(
            left == 0L,
            admission.settledSoFar - settledBefore,
            0,
            left,
            handledBefore.entries.associate { (subscription, before) ->
                subscription.id() to subscription.handled() - before
            },
        )
    }

    override fun close() {
        val inside = core.insideHandler()
        when {
            !closing.compareAndSet(false, true) -> if (!inside) pool.blockingWait { closed.await() }

            inside -> {
                life.drain()
                Thread(::closeNow, "jitney-$name-close").apply { isDaemon = true }.start()
            }

            else -> closeNow()
        }
    }

    private fun closeNow() {
        val interrupted = Thread.interrupted()
        try {
            drainQuietly()
            life.close()
            admission.wakeAllWaiters()
            tail?.close()
            cancelRest()
            endViews()
            routes.subscriptions().forEach { it.close() }
            routes.clear()
            core.window?.clear()
            core.watch.close()
            parts.close()
        } finally {
            SharedPool.release()
            closed.countDown()
            if (interrupted) Thread.currentThread().interrupt()
        }
    }

    /** Ends what waits and what runs; a handler that does not heed that is left behind. */
    private fun cancelRest() {
        core.lanes.cancelQueued(core)
        val why = Stop(Outcome.CANCELLED, "The bus was closed while a handler was running.", null)
        for (running in core.watch.running()) if (running.owner === core) core.stop(running, why)
        admission.awaitIdle(TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS))
    }

    private fun drainQuietly() {
        try {
            val report = drain(settings.closeLimit)
            if (!report.complete) {
                engineLog.warn("Bus '{}' closes with {} events not handled", name, report.abandoned)
            }
        } catch (_: InterruptedException) {
            Thread.currentThread().interrupt()
        }
    }

    /** Lets subscribers of live views have what they have asked for, for a second at most. */
    private fun endViews() {
        routes.views().forEach { it.end() }
        val gone = CountDownLatch(1)
        viewers.launch { viewers.coroutineContext.job.children.forEach { if (it != coroutineContext.job) it.join() } }
            .invokeOnCompletion { gone.countDown() }
        gone.await(1, TimeUnit.SECONDS)
        viewers.cancel()
    }

    private fun limitOf(limit: Duration): Long {
        require(!limit.isNegative) { "Limit '$limit' is negative. Use zero or more." }
        return nanosOf(limit)
    }

    override fun toString(): String = "EventBus('$name')"

    private companion object {
        const val GRACE_MILLIS = 1_000L
    }
}
