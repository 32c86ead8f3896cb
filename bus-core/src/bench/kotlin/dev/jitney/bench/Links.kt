// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import com.google.common.eventbus.AsyncEventBus
import com.lmax.disruptor.BlockingWaitStrategy
import com.lmax.disruptor.EventHandler
import com.lmax.disruptor.WaitStrategy
import com.lmax.disruptor.YieldingWaitStrategy
import com.lmax.disruptor.dsl.Disruptor
import com.lmax.disruptor.dsl.ProducerType
import com.lmax.disruptor.util.DaemonThreadFactory
import dev.jitney.EventBus
import dev.jitney.EventBusBuilder
import dev.jitney.Publication
import dev.jitney.kotlin.publishSuspending
import io.vertx.core.Vertx
import io.vertx.core.eventbus.DeliveryOptions
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.launch
import org.greenrobot.eventbus.Subscribe
import org.greenrobot.eventbus.ThreadMode
import org.jctools.queues.MpscArrayQueue
import reactor.core.Disposable
import reactor.core.publisher.Sinks
import reactor.core.scheduler.Schedulers
import reactor.util.concurrent.Queues
import java.util.concurrent.ArrayBlockingQueue
import java.util.concurrent.Executors
import kotlin.concurrent.thread

/** What our bus and every queue that can be bounded hold at most. */
internal const val BOUND = 65_536

/** Our bus in its default configuration; the takers are its handlers. */
internal class OurLink(takers: List<Taker>, configure: EventBusBuilder.() -> Unit = {}) : Handoff(takers) {
    private val bus = ourBus(configure).subscribeAll(takers)
    private val kept = ArrayList<Publication>(BATCH)

    override fun send(item: Item) {
        val publication = bus.publish(TOPIC, item)
        // The outcome is known later only.
        if (reads) synchronized(kept) { kept += publication }
    }

    override fun ended() {
        readAll(bus, kept)
    }

    override fun close(): Unit = bus.close()
}

internal class OurSuspendingLink(takers: List<Taker>) : SuspendingHandoff(takers) {
    private val bus = ourBus().subscribeAll(takers)
    private val kept = ArrayList<Publication>(BATCH)

    override suspend fun sendSuspending(item: Item) {
        val publication = bus.publishSuspending(TOPIC, item)
        if (reads) synchronized(kept) { kept += publication }
    }

    override fun ended() {
        readAll(bus, kept)
    }

    override fun close(): Unit = bus.close()
}

// The last handler has run, but its event may not have its outcome yet.
internal fun readAll(bus: EventBus, kept: MutableList<Publication>) {
    if (kept.isEmpty()) return
    bus.awaitIdle(java.time.Duration.ofSeconds(WAIT_SECONDS))
    kept.forEach(::readOutcome)
    kept.clear()
}

internal class VertxLink(takers: List<Taker>) : Handoff(takers) {
    private val vertx = localVertx()
    private val options = DeliveryOptions().setLocalOnly(true)
    private val many = takers.size > 1

    init {
        takers.forEach { vertx.eventBus().localConsumer(TOPIC, it) }
    }

    override fun send(item: Item) {
        if (many) vertx.eventBus().publish(TOPIC, item, options) else vertx.eventBus().send(TOPIC, item, options)
    }

    override fun close() {
        vertx.close().toCompletionStage().toCompletableFuture().join()
    }
}

internal fun localVertx(): Vertx = Vertx.vertx().also { it.eventBus().registerDefaultCodec(Item::class.java, AsIs) }

internal class GuavaLink(takers: List<Taker>) : Handoff(takers) {
    private val worker = Executors.newSingleThreadExecutor()
    private val bus = AsyncEventBus(worker).also { bus -> takers.forEach(bus::register) }

    override fun send(item: Item): Unit = bus.post(item)

    override fun close(): Unit = worker.shutdown()
}

/** Gives what greenrobot hands on in its background thread to a taker. */
internal class InBackground(private val taker: Taker) {
    @Subscribe(threadMode = ThreadMode.BACKGROUND)
    fun on(item: Item): Unit = taker.take(item)
}

internal class GreenrobotLink(takers: List<Taker>) : Handoff(takers) {
    private val bus = org.greenrobot.eventbus.EventBus.builder().build()
        .also { bus -> takers.forEach { bus.register(InBackground(it)) } }

    override fun send(item: Item): Unit = bus.post(item)
}

/** A multicast sink; each subscriber has a queue and a thread of its own. */
internal class ReactorLink(takers: List<Taker>) : Handoff(takers) {
    private val sink = Sinks.many().multicast().onBackpressureBuffer<Item>(BOUND, false)
    private val schedulers = takers.map { Schedulers.newSingle("bench", true) }
    private val subscribed: List<Disposable> = takers.mapIndexed { i, taker ->
        sink.asFlux().publishOn(schedulers[i], Queues.SMALL_BUFFER_SIZE).subscribe(taker::take)
    }

    override fun send(item: Item) {
        while (true) {
            when (val result = sink.tryEmitNext(item)) {
                Sinks.EmitResult.OK -> return
                Sinks.EmitResult.FAIL_OVERFLOW, Sinks.EmitResult.FAIL_NON_SERIALIZED -> Thread.yield()
                else -> throw AssertionError("Reactor has refused an event: $result")
            }
        }
    }

    override fun close() {
        subscribed.forEach(Disposable::dispose)
        schedulers.forEach { it.dispose() }
    }
}

/** Raw, from a thread: yields where a coroutine would suspend. */
internal class SharedFlowLink(takers: List<Taker>) : SuspendingHandoff(takers) {
    private val flow = MutableSharedFlow<Item>(extraBufferCapacity = BOUND)
    private val scope = CoroutineScope(Dispatchers.Default)
    private var suspending = false

    init {
        takers.forEach { taker ->
            scope.launch(start = CoroutineStart.UNDISPATCHED) { flow.collect { taker.take(it) } }
        }
    }

    fun suspending(): SharedFlowLink = apply { suspending = true }

    override fun send(item: Item) {
        while (!flow.tryEmit(item)) Thread.yield()
    }

    override suspend fun sendSuspending(item: Item): Unit = flow.emit(item)

    override fun batch(): Long = if (suspending) {
        super.batch()
    } else {
        batch(BATCH) { from, count ->
            for (i in from until from + count) send(Items.all[i.toInt() and Items.MASK])
        }
    }

    override fun close(): Unit = scope.cancel()
}

internal class ChannelLink(takers: List<Taker>) : SuspendingHandoff(takers) {
    private val channel = Channel<Item>(BOUND)
    private val scope = CoroutineScope(Dispatchers.Default)
    private var suspending = false

    init {
        scope.launch(start = CoroutineStart.UNDISPATCHED) { for (item in channel) takers[0].take(item) }
    }

    fun suspending(): ChannelLink = apply { suspending = true }

    override fun send(item: Item) {
        while (channel.trySend(item).isFailure) Thread.yield()
    }

    override suspend fun sendSuspending(item: Item): Unit = channel.send(item)

    override fun batch(): Long = if (suspending) {
        super.batch()
    } else {
        batch(BATCH) { from, count ->
            for (i in from until from + count) send(Items.all[i.toInt() and Items.MASK])
        }
    }

    override fun close(): Unit = scope.cancel()
}

/** Slots are made beforehand: nothing is allocated for an event. */
internal class DisruptorLink(
    takers: List<Taker>,
    wait: WaitStrategy,
    producers: ProducerType = ProducerType.SINGLE,
    oneConsumer: Boolean = false,
) : Handoff(takers) {
    private val disruptor = Disruptor(::Slot, BOUND, DaemonThreadFactory.INSTANCE, producers, wait).apply {
        if (oneConsumer) {
            val all = takers.toTypedArray()
            handleEventsWith(EventHandler { slot, at, last -> for (taker in all) taker.onEvent(slot, at, last) })
        } else {
            handleEventsWith(*takers.toTypedArray<EventHandler<Slot>>())
        }
    }
    private val ring = disruptor.start()

    override fun send(item: Item) {
        val at = ring.next()
        try {
            ring.get(at).item = item
        } finally {
            ring.publish(at)
        }
    }

    override fun close(): Unit = disruptor.halt()

    companion object {
        fun blocking(): WaitStrategy = BlockingWaitStrategy()

        fun yielding(): WaitStrategy = YieldingWaitStrategy()
    }
}

/** Both sides yield while they can do nothing. */
internal class JcToolsLink(takers: List<Taker>) : Handoff(takers) {
    private val queue = MpscArrayQueue<Item>(BOUND)
    private val taker = takers[0]

    @Volatile
    private var open = true
    private val consumer = thread(isDaemon = true) {
        while (open) {
            val item = queue.poll()
            if (item == null) Thread.yield() else taker.take(item)
        }
    }

    override fun send(item: Item) {
        while (!queue.offer(item)) Thread.yield()
    }

    override fun close() {
        open = false
        consumer.join()
    }
}

internal class BlockingQueueLink(takers: List<Taker>) : Handoff(takers) {
    private val queue = ArrayBlockingQueue<Item>(BOUND)
    private val taker = takers[0]
    private val consumer = thread(isDaemon = true) {
        try {
            while (true) taker.take(queue.take())
        } catch (_: InterruptedException) {
            // Closed.
        }
    }

    override fun send(item: Item): Unit = queue.put(item)

    override fun close() {
        consumer.interrupt()
        consumer.join()
    }
}
