// SPDX-License-Identifier: Apache-2.0
package dev.jitney

import dev.jitney.engine.EngineBus
import dev.jitney.engine.EnginePublication
import dev.jitney.event.DeliveryState
import dev.jitney.event.Event
import dev.jitney.event.Outcome
import dev.jitney.kotlin.await
import dev.jitney.kotlin.eventBus
import dev.jitney.kotlin.on
import dev.jitney.kotlin.publishAndAwait
import dev.jitney.kotlin.publishSuspending
import dev.jitney.kotlin.request
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith
import java.time.Duration
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.Executors
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.seconds

@ExtendWith(NoLeaks::class)
internal class NestingKotlinTest {
    private val seen = CopyOnWriteArrayList<Any?>()
    private val time = OwnTime()

    private fun limit(seconds: Long) = SubscribeOptions.builder().timeout(Duration.ofSeconds(seconds)).build()

    @Test
    @DisplayName("NST-1 children of async and withContext are the handler's, in its result and its correlation")
    fun causes() = run {
        eventBus("orders").use { bus ->
            bus.on("t") {
                coroutineScope {
                    awaitAll(
                        async(Dispatchers.Default) { bus.publish("a", 1) },
                        async { bus.publishAndAwait("b", 1) },
                        async(Dispatchers.IO) { bus.publishAndAwait("c", 1) },
                    )
                }
                bus.publishSuspending("d", 1)
            }
            val publication = bus.publishAndAwait(Event.of("t", 1).withCorrelationId("c1"))
            val children = publication.handlerResults().single().published()
            assertThat(children.map { it.topic() }).containsExactlyInAnyOrder("a", "b", "c", "d").endsWith("d")
            assertThat(children).allMatch { it.correlationId() == "c1" && it.causationId() == publication.event().id() }
        }
    }

    @Test
    @DisplayName("NST-2 ORD-5 of very many handlers that run together all may wait for events of their own lane")
    fun manyTogether() = run {
        eventBus("orders").use { bus ->
            val began = AtomicInteger()
            val all = CompletableDeferred<Unit>()
            bus.on("child") { seen += it.payload() }
            repeat(MANY) { number ->
                bus.on("t") {
                    if (began.incrementAndGet() == MANY) all.complete(Unit)
                    all.await()
                    bus.publishAndAwait("child", number).outcome()
                }
            }
            val together = PublishOptions.builder().handlerOrder(HandlerOrder.PARALLEL).build()
            val publication = bus.publishAndAwait(Event.of("t", 1), together)
            assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED)
            assertThat(publication.handlerResults().map { it.value() }).hasSize(MANY).containsOnly(Outcome.HANDLED)
            assertThat(seen).containsExactlyInAnyOrderElementsOf(0 until MANY)
        }
    }

    @Test
    @DisplayName("NST-2 a handler whose wait was cut short goes on only when its lane is its own again")
    fun cutWait() = run {
        eventBus("orders").use { bus ->
            val overlap = Overlap()
            val inside = CompletableDeferred<Unit>()
            val open = CompletableDeferred<Unit>()
            bus.on("child") {
                overlap.enter()
                inside.complete(Unit)
                open.await()
                overlap.leave()
            }
            val waiting = CompletableDeferred<Job>()
            val own = Executors.newSingleThreadExecutor().asCoroutineDispatcher()
            bus.on("t") {
                withContext(own) {
                    waiting.complete(launch { bus.publishAndAwait("child", 1) })
                    waiting.await().join()
                    seen += "goes on"
                    overlap.enter()
                    yield()
                    overlap.leave()
                }
            }
            own.use {
                val publication = bus.publishSuspending("t", 1)
                inside.await()
                waiting.await().cancel()
                // On its one thread, what the cancellation has to do comes before this, and what comes of that.
                repeat(10) { withContext(own) {} }
                assertThat(seen).isEmpty()
                open.complete(Unit)
                assertThat(publication.await().outcome()).isEqualTo(Outcome.HANDLED)
                assertThat(seen).containsExactly("goes on")
                assertThat(overlap.most()).isEqualTo(1)
            }
        }
    }

    @Test
    @DisplayName("NST-2 a handler that waits again before it has its lane back leaves the lane to that event")
    fun waitsAgain() = run {
        eventBus("orders").use { bus ->
            val inside = CompletableDeferred<Unit>()
            val open = CompletableDeferred<Unit>()
            bus.on("first") {
                inside.complete(Unit)
                open.await()
            }
            bus.on("second") { seen += "second" }
            val own = Executors.newSingleThreadExecutor().asCoroutineDispatcher()
            bus.on("t") {
                coroutineScope {
                    val first = launch(own) { bus.publishAndAwait("first", 1) }
                    inside.await()
                    first.cancel()
                    // Behind the end of that wait, which then waits for its lane.
                    withContext(own) { }
                    launch(start = CoroutineStart.UNDISPATCHED) { bus.publishAndAwait("second", 1) }
                    open.complete(Unit)
                }
            }
            assertThat(withTimeout(20.seconds) { bus.publishSuspending("t", 1).await() }.outcome())
                .isEqualTo(Outcome.HANDLED)
            assertThat(seen).containsExactly("second")
            own.close()
        }
    }

    @Test
    @DisplayName("NST-2 handlers that suspend in each other's favour over two buses, both ways at once")
    fun crossing() = run {
        eventBus("a").use { a ->
            eventBus("b").use { b ->
                val overlaps = mapOf(a to Overlap(), b to Overlap())
                for ((bus, other) in listOf(a to b, b to a)) {
                    bus.on("ask") {
                        yield()
                        other.publishAndAwait("answer", 1)
                        overlaps.getValue(bus).enter()
                        yield()
                        overlaps.getValue(bus).leave()
                    }
                    bus.on("answer") {
                        overlaps.getValue(bus).enter()
                        yield()
                        seen += bus.name()
                        overlaps.getValue(bus).leave()
                    }
                }
                repeat(200) {
                    val asked = listOf(a.publish("ask", it), b.publish("ask", it))
                    asked.forEach { assertThat(it.await().outcome()).isEqualTo(Outcome.HANDLED) }
                }
                assertThat(seen).hasSize(400)
                assertThat(overlaps.values.map { it.most() }).containsOnly(1)
            }
        }
    }

    @Test
    @DisplayName("NST-2 runBlocking in a plain handler awaits its child as join does")
    fun insideRunBlocking() = run {
        eventBus("orders").use { bus ->
            bus.subscribe("child") { seen += "child" }
            bus.subscribe("t") {
                runBlocking { bus.publishAndAwait("child", 1) }
                seen += "parent"
            }
            assertThat(bus.publishAndAwait("t", 1).outcome()).isEqualTo(Outcome.HANDLED)
            assertThat(seen).containsExactly("child", "parent")
        }
    }

    @Test
    @DisplayName("NST-2 several children awaited at once run one after the other on a serial bus")
    fun manyChildren() = run {
        eventBus("orders").use { bus ->
            val overlap = Overlap()
            bus.on("child") { event ->
                overlap.enter()
                yield()
                overlap.leave()
                event.payload()
            }
            bus.on("t") {
                coroutineScope {
                    (0 until 20).map { async { bus.request<Int>("child", it) } }.awaitAll().sumOf { it!! }
                }
            }
            assertThat(bus.request<Int>("t", 1)).isEqualTo(190)
            assertThat(overlap.most()).isEqualTo(1)
        }
    }

    @Test
    @DisplayName("TMO-2 a suspended handler is cancelled at its limit, and what it still does is refused")
    fun cancelledAtItsLimit() = run {
        eventBus("orders") { clock(time) }.use { bus ->
            val begun = CompletableDeferred<Unit>()
            val refused = CompletableDeferred<Throwable>()
            bus.on("t", limit(1)) {
                try {
                    begun.complete(Unit)
                    awaitCancellation()
                } finally {
                    try {
                        bus.publish("late", 1)
                    } catch (e: DeliveryEndedException) {
                        refused.complete(e)
                    }
                }
            }
            bus.on("t") { seen += "next" }
            val publication = bus.publishSuspending("t", 1)
            begun.await()
            time.advance(Duration.ofSeconds(1))
            assertThat(publication.await().handlerResults().map { it.state() })
                .containsExactly(DeliveryState.TIMED_OUT, DeliveryState.COMPLETED)
            assertThat(refused.await()).hasMessageContaining("has ended as TIMED_OUT")
            assertThat(seen).containsExactly("next")
        }
    }

    @Test
    @DisplayName("TMO-4 children that a suspended handler awaits are cancelled with it, others are not")
    fun cancelledChildren() = run {
        eventBus("orders") { clock(time) }.use { bus ->
            eventBus("other") { clock(time) }.use { other ->
                val begun = CompletableDeferred<Publication>()
                val free = CompletableDeferred<Publication>()
                other.on("child") { awaitCancellation() }
                bus.on("free") { seen += "free" }
                bus.on("t", limit(1)) {
                    free.complete(bus.publish("free", 1))
                    val child = other.publish("child", 1)
                    begun.complete(child)
                    child.await()
                }
                val publication = bus.publishSuspending("t", 1)
                val child = begun.await()
                Await.until("the child runs") { child.handlerResults().any { it.state() == DeliveryState.STARTED } }
                val waits = (bus as EngineBus).core.pool.waits
                Await.until("it is waited for") { waits.isAwaited(child as EnginePublication) }
                time.advance(Duration.ofSeconds(1))
                assertThat(publication.await().outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES)
                assertThat(child.await().outcome()).isEqualTo(Outcome.CANCELLED)
                assertThat(free.await().await().outcome()).isEqualTo(Outcome.HANDLED)
            }
        }
    }

    @Test
    @DisplayName("TMO-3 ORD-3 thousands of handlers are suspended at once, and all end at the event's limit")
    fun manySuspended() = run {
        val bus = eventBus("orders") { clock(time).ordering(Ordering.PARALLEL).parallelism(2_000) }
        bus.use {
            val begun = AtomicInteger()
            bus.on("t", limit(0)) {
                begun.incrementAndGet()
                awaitCancellation()
            }
            val all = List(2_000) { bus.publishSuspending("t", it) }
            Await.until("all run") { begun.get() == 2_000 }
            time.advance(Duration.ofSeconds(60))
            all.forEach { assertThat(it.await().outcome()).isEqualTo(Outcome.TIMED_OUT) }
        }
    }

    @Test
    @DisplayName("ORD-6 a suspended loser is cancelled, and its finally block runs")
    fun suspendedLoser() = run {
        eventBus("orders") { completion(Completion.FIRST).handlerOrder(HandlerOrder.PARALLEL) }.use { bus ->
            val suspended = CompletableDeferred<Unit>()
            val cancelled = CompletableDeferred<Unit>()
            bus.on("t") {
                try {
                    suspended.complete(Unit)
                    awaitCancellation()
                } finally {
                    cancelled.complete(Unit)
                }
            }
            bus.on("t") {
                suspended.await()
                "won"
            }
            val publication = bus.publishAndAwait("t", 1)
            assertThat(publication.result()).isEqualTo("won")
            assertThat(
                publication.handlerResults().map {
                    it.state()
                },
            ).containsExactly(DeliveryState.CANCELLED, DeliveryState.COMPLETED)
            cancelled.await()
        }
    }

    @Test
    @DisplayName("ERR-3 a suspending handler is tried again, and sees its attempt fail at its own time-out")
    fun retried() = run {
        eventBus("orders").use { bus ->
            val options = SubscribeOptions.builder().retry(RetryPolicy.immediate(3)).build()
            val runs = AtomicInteger()
            bus.on("t", options) {
                if (runs.incrementAndGet() < 3) withTimeout(1) { awaitCancellation() }
                "done"
            }
            val publication = bus.publishAndAwait("t", 1)
            assertThat(publication.result()).isEqualTo("done")
            assertThat(publication.handlerResults().single().attempts()).isEqualTo(3)
        }
    }

    @Test
    @DisplayName("BPR-1 ORD-8 suspending handlers of full buses publish to each other and go on")
    fun fullBuses() = run {
        eventBus("a") { pendingLimit(1) }.use { a ->
            eventBus("b") { pendingLimit(1) }.use { b ->
                for ((bus, other) in listOf(a to b, b to a)) {
                    bus.on("t") { repeat(3) { other.publishSuspending("answer", it) } }
                    bus.on("answer") { seen += it.payload() }
                }
                coroutineScope {
                    for (bus in listOf(a, b)) {
                        launch(Dispatchers.Default) { repeat(50) { bus.publishSuspending("t", it) } }
                    }
                }
                withContext(Dispatchers.IO) {
                    // What one has handled the other may still have to: until both have nothing left.
                    Await.until("all was answered") { seen.size == 300 }
                    assertThat(a.awaitIdle(LONG) && b.awaitIdle(LONG)).isTrue()
                }
            }
        }
    }

    @Test
    @DisplayName("NST-5 a suspending handler that awaits its own topic for ever is stopped")
    fun generations() = run {
        eventBus("orders").use { bus ->
            val runs = AtomicInteger()
            bus.on("t") {
                runs.incrementAndGet()
                bus.publishAndAwait("t", 1)
            }
            bus.publishAndAwait("t", 1)
            assertThat(runs.get()).isEqualTo(65)
        }
    }

    private fun run(test: suspend () -> Unit) = runBlocking { withTimeout(20_000) { test() } }

    private companion object {
        val LONG: Duration = Duration.ofSeconds(20)

        // More than a byte can count.
        const val MANY = 300
    }
}
