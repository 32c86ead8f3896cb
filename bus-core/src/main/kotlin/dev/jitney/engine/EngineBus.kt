// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.BackpressureException
import dev.jitney.DeliveryHandler
import dev.jitney.DrainReport
import dev.jitney.EventBus
import dev.jitney.Handler
import dev.jitney.LiveEvents
import dev.jitney.Overflow
import dev.jitney.Publication
import dev.jitney.ReplayReport
import dev.jitney.ReplyHandler
import dev.jitney.StageHandler
import dev.jitney.SubscribeOptions
import dev.jitney.Subscription
import dev.jitney.event.Event
import dev.jitney.event.EventClock
import dev.jitney.event.Outcome
import dev.jitney.event.Selection
import dev.jitney.event.TopicPattern
import dev.jitney.spi.EventStore
import kotlinx.coroutines.CoroutineExceptionHandler
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.locks.LockSupport

/** The bus: takes events in, keeps its parts together, and closes them. */
internal class EngineBus(private val settings: BusSettings, private val parts: BusParts) : EventBus, PublicationOwner {
    private val name = settings.name
    private val clock = EventClock.of(settings.clock)
    private val life = Life(name, settings.clock)
    private val routes = Routes()
    private val admission = Admission(settings.pendingLimit)
    private val window = if (settings.duplicateWindow == 0) null else DuplicateWindow(settings.duplicateWindow)
    private val gate = parts.store?.let { StoreGate(it, settings.deliverAfter) }
    override val pool: HandlerPool = SharedPool.acquire()
    private val scope = CoroutineScope(
        SupervisorJob() + pool.dispatcher + CoroutineName("jitney-$name") +
            CoroutineExceptionHandler { _, e -> engineLog.error("Bus '{}' failed; this is a bug in Jitney", name, e) },
    )
    private val lane = Lane(scope, gate, Deliverer(name, routes, settings.clock), admission) { window?.release(it) }
    private val toLane = lane::add
    private val tail = gate?.let { RemoteTail(name, it, ::acceptRemote) }
    private val viewers = CoroutineScope(SupervisorJob() + pool.dispatcher + CoroutineName("jitney-$name-live"))
    private val sequence = AtomicLong()
    private val closing = AtomicBoolean()
    private val closed = CountDownLatch(1)

    override fun name(): String = name

    override fun store(): EventStore? = parts.store

    override fun pendingCount(): Int = admission.pending.toInt()

    // ---- publishing

    override fun publish(topic: String, payload: Any?): Publication {
        val handling = Current.get()
        val cause = handling?.event()
        val event = Event.published(clock, topic, payload, name, cause?.correlationId(), cause?.id())
        life.check(onBehalfOfHandler())
        return publish(EnginePublication(event, this, Origin.PUBLISHED, handling))
    }

    override fun publish(event: Event): Publication = publish(prepare(event))

    private fun publish(publication: EnginePublication): Publication =
        reserve(publication) ?: admit(publication) ?: run {
            waitForRoom(publication)
            submit(publication)
        }

    override fun tryPublish(event: Event): Publication? {
        val publication = prepare(event)
        return reserve(publication) ?: admit(publication) ?: null.also { window?.release(publication) }
    }

    override fun publishAsync(event: Event): CompletionStage<Publication> {
        val taken = CompletableFuture<Publication>()
        try {
            val publication = prepare(event)
            val now = reserve(publication) ?: admit(publication)
            if (now != null) taken.complete(now) else admitLater(publication, taken)
        } catch (e: Throwable) {
            taken.completeExceptionally(e)
        }
        return taken
    }

    /** Fills in what the event lacks (EVT-1, CTX-1), or throws if the bus takes no events. */
    private fun prepare(event: Event): EnginePublication {
        life.check(onBehalfOfHandler())
        val handling = Current.get()
        val cause = handling?.event()
        val filled = event.published(name, cause?.correlationId(), cause?.id())
        return EnginePublication(filled, this, Origin.PUBLISHED, handling)
    }

    /** Returns the publication of a duplicate, which completes with the first (PUB-4); null for a new event. */
    private fun reserve(publication: EnginePublication): Publication? {
        val first = window?.reserve(publication) ?: return null
        val reason = "An event with source '${publication.event().source()}' and id " +
            "'${publication.event().id()}' was accepted before."
        first.onCompleted { publication.complete(Outcome.DUPLICATE, reason) }
        return publication
    }

    /** Takes the event in if there is room or the policy does not wait for it; null to wait. */
    private fun admit(publication: EnginePublication): Publication? {
        if (onBehalfOfHandler()) {
            admission.acquireAnyway()
        } else if (!admission.tryAcquire()) {
            when (settings.overflow) {
                Overflow.SUSPEND -> return null

                Overflow.DROP_LATEST -> return publication.also { drop(it) }

                Overflow.DROP_OLDEST -> makeRoom()

                Overflow.FAIL -> {
                    window?.release(publication)
                    throw full("Bus '$name' is full: ${admission.pending} events wait and Overflow.FAIL is set.")
                }
            }
        }
        return submit(publication)
    }

    /** Hands an admitted event on to store and lane. */
    private fun submit(publication: EnginePublication): Publication {
        try {
            life.check(onBehalfOfHandler())
            if (gate == null) lane.add(publication) else gate.append(publication, toLane)
            // A handler's task that outlived its event may come after the last look at the queue.
            if (life.closed) lane.cancelRest(CLOSED_FIRST)
            return publication
        } catch (e: Throwable) {
            window?.release(publication)
            admission.giveBack()
            throw e
        }
    }

    private fun drop(publication: EnginePublication) {
        window?.release(publication)
        publication.complete(Outcome.DROPPED, "Bus '$name' was full: ${settings.pendingLimit} events waited.")
    }

    private fun makeRoom() {
        val reason = "Bus '$name' was full: ${settings.pendingLimit} events waited, and this one longest."
        while (!admission.tryAcquire()) {
            if (!lane.dropOldest(reason)) Thread.onSpinWait()
        }
    }

    private fun waitForRoom(publication: EnginePublication) {
        try {
            pool.blockingWait { parkForRoom() }
        } catch (e: Throwable) {
            window?.release(publication)
            throw e
        }
    }

    private fun parkForRoom() {
        val thread = Thread.currentThread()
        val waiter = Runnable { LockSupport.unpark(thread) }
        while (true) {
            admission.addWaiter(waiter)
            try {
                if (admission.tryAcquire()) return
                life.check(onBehalf = false)
                LockSupport.park(this)
                if (Thread.interrupted()) {
                    thread.interrupt()
                    throw full("Publishing to bus '$name' was interrupted while ${admission.pending} events waited.")
                }
            } finally {
                admission.removeWaiter(waiter)
            }
        }
    }

    private fun admitLater(publication: EnginePublication, taken: CompletableFuture<Publication>) {
        admission.addWaiter { pool.execute { tryLater(publication, taken) } }
        // Room may have come between the refusal and the waiting.
        if (admission.pending < admission.limit || life.closed) admission.wakeWaiters()
    }

    private fun tryLater(publication: EnginePublication, taken: CompletableFuture<Publication>) {
        if (taken.isDone) {
            // Its caller has cancelled it: the place it was woken for is another's.
            window?.release(publication)
            return admission.wakeWaiters()
        }
        try {
            life.check(onBehalf = false)
            if (admission.tryAcquire()) taken.complete(submit(publication)) else admitLater(publication, taken)
        } catch (e: Throwable) {
            window?.release(publication)
            taken.completeExceptionally(e)
        }
    }

    private fun full(message: String) = BackpressureException(message, admission.pending, admission.limit.toLong())

    private fun acceptRemote(event: Event) {
        parkForRoom()
        lane.add(EnginePublication(event, this, Origin.REMOTE))
    }

    // ---- subscribing

    override fun subscribe(pattern: String, options: SubscribeOptions, handler: Handler): Subscription =
        register(pattern, options, blockingIf(options, PlainInvoker(handler)))

    override fun subscribeReplying(pattern: String, options: SubscribeOptions, handler: ReplyHandler): Subscription =
        register(pattern, options, blockingIf(options, ReplyInvoker(handler)))

    override fun subscribeAsync(pattern: String, options: SubscribeOptions, handler: StageHandler): Subscription =
        register(pattern, unblocking(pattern, options), StageInvoker(handler))

    override fun subscribeDelivery(pattern: String, options: SubscribeOptions, handler: DeliveryHandler): Subscription =
        register(pattern, unblocking(pattern, options), DeliveryInvoker(handler))

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

    override fun awaitBegins(handling: EnginePublication): Unit = lane.lending.begin(handling)

    override fun awaitEnds(handling: EnginePublication): Unit = lane.lending.end(handling)

    override fun runSoon(awaited: EnginePublication): Unit = lane.runSoon(awaited)

    /** Says whether the caller is a handler of this bus, or one that such a handler waits for. */
    private fun insideHandler(): Boolean = Current.get()?.isAwaitedOn(this) == true

    /** Says whether the caller publishes on behalf of an event that this bus is still handling. */
    private fun onBehalfOfHandler(): Boolean = Current.get()?.descendsFrom(this) == true

    override fun reasonFor(outcome: Outcome, publication: EnginePublication): String = when (outcome) {
        Outcome.HANDLED -> "Every handler has returned."

        Outcome.HANDLED_WITH_FAILURES -> publication.handlerResults().filter { it.error() != null }
            .joinToString(" ") { "Handler '${it.subscription()}' failed: ${it.error()}." }

        Outcome.NO_HANDLER -> "No subscription of bus '$name' wanted the event."

        else -> ""
    }

    override fun whyNotStored(publication: EnginePublication): String = when {
        gate == null -> "Bus '$name' has no store. Set one with EventBusBuilder.store."
        publication.outcome() != null -> "The event was not given to the store: ${publication.reason()}"
        else -> "The event came from the store and was not given to it again."
    }

    override fun awaitIdle(limit: Duration): Boolean {
        check(!insideHandler()) { "A handler of bus '$name' cannot wait for the bus to be idle." }
        return pool.blockingWait { admission.awaitIdle(nanos(limit)) }
    }

    override fun replay(selection: Selection): ReplayReport {
        life.check(onBehalf = false)
        check(!insideHandler()) { "A handler of bus '$name' cannot wait for a replay on the same bus." }
        val store =
            checkNotNull(parts.store) { "Bus '$name' has no store to replay. Set one with EventBusBuilder.store." }
        return pool.blockingWait {
            Replay(store, selection).run { event ->
                parkForRoom()
                EnginePublication(event, this, Origin.REPLAYED).also(lane::add)
            }
        }
    }

    // ---- ending

    override fun drain(limit: Duration): DrainReport {
        val nanos = nanos(limit)
        life.drain()
        admission.wakeAllWaiters()
        tail?.close()
        val settledBefore = admission.settledSoFar
        val handledBefore = routes.subscriptions().associateWith { it.handled() }
        // A handler cannot wait for itself: it starts the drain and goes on.
        if (!insideHandler()) pool.blockingWait { admission.awaitIdle(nanos) }
        val left = admission.inFlight
        return DrainReport(
            left == 0L,
            admission.settledSoFar - settledBefore,
            left,
            handledBefore.entries.associate { (subscription, before) ->
                subscription.id() to subscription.handled() - before
            },
        )
    }

    override fun close() {
        val inside = insideHandler()
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
            scope.cancel()
            lane.cancelRest(CLOSED_FIRST)
            endViews()
            routes.subscriptions().forEach { it.close() }
            routes.clear()
            window?.clear()
            parts.close()
        } finally {
            SharedPool.release()
            closed.countDown()
            if (interrupted) Thread.currentThread().interrupt()
        }
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

    private fun nanos(limit: Duration): Long {
        require(!limit.isNegative) { "Limit '$limit' is negative. Use zero or more." }
        return try {
            limit.toNanos()
        } catch (_: ArithmeticException) {
            Long.MAX_VALUE / 2
        }
    }

    override fun toString(): String = "EventBus('$name')"

    private companion object {
        const val CLOSED_FIRST = "The bus was closed before the event was handled."
    }
}
