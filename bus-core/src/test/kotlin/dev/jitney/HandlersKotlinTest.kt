// SPDX-License-Identifier: Apache-2.0
package dev.jitney

import dev.jitney.event.DeliveryState
import dev.jitney.event.Event
import dev.jitney.event.InvalidTopicException
import dev.jitney.event.Outcome
import dev.jitney.event.Topic
import dev.jitney.kotlin.await
import dev.jitney.kotlin.eventBus
import dev.jitney.kotlin.events
import dev.jitney.kotlin.on
import dev.jitney.kotlin.payload
import dev.jitney.kotlin.publishAndAwait
import dev.jitney.kotlin.publishSuspending
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith
import java.time.Duration
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.Executors

@ExtendWith(NoLeaks::class)
class HandlersKotlinTest {
    @Topic("user.login")
    data class UserLogin(val name: String)

    private val seen = CopyOnWriteArrayList<Any?>()

    /** Suspends, and goes on when another thread says so. */
    private suspend fun elsewhere() = withContext(Dispatchers.IO) { }

    @Test
    @DisplayName("SUB-1 suspend functions handle events in order, and their values are kept")
    fun suspendingHandlers() = runBlocking<Unit> {
        eventBus("orders").use { bus ->
            bus.on("user.*") { event ->
                elsewhere()
                seen += event.topic()
                "value"
            }
            bus.on<UserLogin> { login ->
                yield()
                seen += login.name
            }
            val publication = bus.publishAndAwait(Event.of(UserLogin("alice")))
            assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED)
            assertThat(publication.handlerResults().map { it.value() }).containsExactly("value", null)
            assertThat(seen).containsExactly("user.login", "alice")
        }
    }

    @Test
    @DisplayName("ORD-1 a handler that suspends holds later events back")
    fun suspensionKeepsOrder() = runBlocking<Unit> {
        eventBus("orders").use { bus ->
            bus.on("*") { event ->
                if (event.payload<Int>() % 3 == 0) elsewhere()
                seen += event.payload()
            }
            repeat(50) { bus.publishSuspending("a", it) }
            withContext(Dispatchers.IO) { bus.awaitIdle(LONG) }
            assertThat(seen).isEqualTo((0 until 50).toList())
        }
    }

    @Test
    @DisplayName("EVT-7 a payload of another class is the handler's failure, with both types named")
    fun wrongPayload() = runBlocking<Unit> {
        eventBus("orders").use { bus ->
            bus.on<UserLogin> { seen += it }
            val result = bus.publishAndAwait("user.login", 7).handlerResults().single()
            assertThat(result.state()).isEqualTo(DeliveryState.FAILED)
            assertThat(result.error()).hasMessageContaining("java.lang.Integer").hasMessageContaining("UserLogin")
            assertThat(seen).isEmpty()
        }
    }

    @Test
    @DisplayName("EVT-7 a class without a topic needs one to be given")
    fun noTopic() {
        eventBus("orders").use { bus ->
            assertThatThrownBy { bus.on<String> { } }
                .isInstanceOf(InvalidTopicException::class.java)
                .hasMessage("Class 'java.lang.String' has no @Topic. Add one, or give the topic.")
            bus.on<String>("name") { seen += it }
            bus.publish("name", "x").join(LONG)
            assertThat(seen).containsExactly("x")
        }
    }

    @Test
    @DisplayName("NST-1 what a suspending handler publishes is caused by its event, on whatever thread")
    fun causation() = runBlocking<Unit> {
        eventBus("orders").use { bus ->
            val children = CopyOnWriteArrayList<Event>()
            bus.on("parent") {
                withContext(Dispatchers.IO) { children += bus.publish("child", 1).event() }
                elsewhere()
                children += bus.publish("child", 2).event()
            }
            val parent = bus.publishAndAwait("parent", 0).event()
            assertThat(children).hasSize(2).allMatch { it.causationId() == parent.id() }
            assertThat(children).allMatch { it.correlationId() == parent.correlationId() }
        }
    }

    @Test
    @DisplayName("NST-2 a suspending handler that awaits its child does not deadlock, four deep")
    fun nestedAwait() = runBlocking<Unit> {
        eventBus("orders").use { bus ->
            bus.on("level") { event ->
                val depth = event.payload<Int>()
                if (depth < 4) {
                    elsewhere()
                    withContext(Dispatchers.IO) { bus.publishAndAwait("level", depth + 1) }
                }
                seen += depth
            }
            withTimeout(20_000) { bus.publishAndAwait("level", 0) }
            assertThat(seen).containsExactly(4, 3, 2, 1, 0)
        }
    }

    @Test
    @DisplayName("NST-2 two buses whose handlers await each other do not deadlock")
    fun nestedAcrossBuses() = runBlocking<Unit> {
        eventBus("a").use { a ->
            eventBus("b").use { b ->
                a.on("ask") { b.publishAndAwait("ask", 1).also { seen += "a asked" } }
                b.on("ask") { a.publishAndAwait("answer", 1).also { seen += "b asked" } }
                a.subscribe("answer") { seen += "a answered" }
                withTimeout(20_000) { a.publishAndAwait("ask", 1) }
                assertThat(seen).containsExactly("a answered", "b asked", "a asked")
            }
        }
    }

    @Test
    @DisplayName("ERR-2 a cancellation that the bus did not ask for is a failure, and the bus goes on")
    fun ownCancellation() = runBlocking<Unit> {
        eventBus("orders").use { bus ->
            bus.on("a") { withTimeout(1) { awaitCancellation() } }
            bus.on("a") { seen += "next" }
            val publication = bus.publishAndAwait("a", 1)
            assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES)
            assertThat(seen).containsExactly("next")
        }
    }

    @Test
    @DisplayName("SUB-6 ERR-3 a handler whose scope ends is not tried again, so the lane goes on at once")
    fun endOfScopeIsNoRetry() = runBlocking<Unit> {
        eventBus("orders").use { bus ->
            val patient = SubscribeOptions.builder().retry(RetryPolicy.fixed(2, Duration.ofDays(1))).build()
            val screen = CoroutineScope(Dispatchers.Default)
            val started = CompletableDeferred<Unit>()
            bus.on("a", patient, screen) {
                started.complete(Unit)
                awaitCancellation()
            }
            val publication = bus.publishSuspending("a", 1)
            started.await()
            screen.cancel()
            withTimeout(20_000) { publication.await() }
            assertThat(publication.handlerResults().single().state()).isEqualTo(DeliveryState.CANCELLED)
            assertThat(publication.handlerResults().single().attempts()).isEqualTo(1)
        }
    }

    @Test
    @DisplayName(
        "SUB-6 a handler that its scope's dispatcher does not take, for it is closed, is cancelled and holds up nothing",
    )
    fun closedDispatcher() = runBlocking<Unit> {
        eventBus("orders").use { bus ->
            val dispatcher = Executors.newSingleThreadExecutor().asCoroutineDispatcher()
            val noJob = object : CoroutineScope {
                override val coroutineContext = dispatcher
            }
            val screen = bus.on("a", scope = noJob) { seen += "handled" }
            dispatcher.close()
            val publication = withTimeout(20_000) { bus.publishAndAwait("a", 1) }
            assertThat(publication.handlerResults().single().state()).isEqualTo(DeliveryState.CANCELLED)
            assertThat(seen).isEmpty()
            screen.close()
        }
    }

    @Test
    @DisplayName("LIF-2 closing past the limit cancels a suspended handler")
    fun closeCancels() = runBlocking<Unit> {
        val started = CompletableDeferred<Unit>()
        val cancelled = CompletableDeferred<Unit>()
        val bus = eventBus("orders") { closeLimit(Duration.ZERO) }
        bus.on("a") {
            try {
                started.complete(Unit)
                awaitCancellation()
            } finally {
                cancelled.complete(Unit)
            }
        }
        val publication = bus.publishSuspending("a", 1)
        started.await()
        bus.close()
        withTimeout(20_000) {
            cancelled.await()
            assertThat(publication.await().outcome()).isEqualTo(Outcome.CANCELLED)
        }
        assertThat(publication.reason()).isEqualTo("The bus was closed while a handler was running.")
    }

    @Test
    @DisplayName("SUB-8 events are a flow, typed if asked for, that ends with the bus")
    fun flow() = runBlocking<Unit> {
        val bus = eventBus("orders")
        val all = async(start = CoroutineStart.UNDISPATCHED) { bus.events("user.*").toList() }
        val two = async(start = CoroutineStart.UNDISPATCHED) { bus.events<UserLogin>().take(2).toList() }
        listOf("alice", "bob", "carol").forEach { bus.publishSuspending(Event.of(UserLogin(it))) }
        assertThat(two.await().map { it.name }).containsExactly("alice", "bob")
        withContext(Dispatchers.IO) { bus.close() }
        assertThat(all.await().map { it.payload<UserLogin>().name }).containsExactly("alice", "bob", "carol")
    }

    @Test
    @DisplayName("PUB-7 publishSuspending suspends for room instead of blocking, and can be cancelled")
    fun suspendsForRoom() = runBlocking<Unit> {
        eventBus("orders") { pendingLimit(1) }.use { bus ->
            val open = CompletableDeferred<Unit>()
            val started = CompletableDeferred<Unit>()
            bus.on("hold") {
                started.complete(Unit)
                open.await()
            }
            bus.subscribe("a") { seen += it.payload() }
            bus.publish("hold", 0)
            started.await()
            bus.publish("a", 1)
            val given = launch(start = CoroutineStart.UNDISPATCHED) { bus.publishSuspending("a", 2) }
            val waits = async(start = CoroutineStart.UNDISPATCHED) { bus.publishSuspending("a", 3) }
            given.cancel()
            open.complete(Unit)
            waits.await().await()
            assertThat(seen).containsExactly(1, 3)
        }
    }

    @Test
    @DisplayName("EVT-7 a payload that is missing is told, unless the type is nullable")
    fun missingPayload() {
        val event = Event.of("a", null)
        assertThat(event.payload<String?>()).isNull()
        assertThatThrownBy { event.payload<String>() }
            .hasMessage("Event '${event.id()}' of topic 'a' has no payload. Ask for a nullable type.")
    }

    private companion object {
        val LONG: Duration = Duration.ofSeconds(20)
    }
}
