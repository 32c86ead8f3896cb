// SPDX-License-Identifier: Apache-2.0
package dev.jitney.kotlin

import dev.jitney.CorrelationContext
import dev.jitney.NoLeaks
import dev.jitney.SubscribeOptions
import dev.jitney.event.Event
import dev.jitney.spi.DeliveryInfo
import dev.jitney.spi.Interceptor
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ThreadContextElement
import kotlinx.coroutines.asContextElement
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith
import org.slf4j.MDC
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.coroutines.CoroutineContext

@ExtendWith(NoLeaks::class)
internal class ContextKotlinTest {
    private val seen = CopyOnWriteArrayList<String>()

    @Test
    @DisplayName("CTX-2 MDC is that of the event wherever a suspending handler goes on, and nowhere else")
    fun loggingContext() = runBlocking {
        eventBus("orders").use { bus ->
            bus.on("a.b") { event: Event ->
                note("begins", event)
                yield()
                note("goes on", event)
                withContext(Dispatchers.IO) { note("hops", event) }
                note("comes back", event)
            }
            MDC.put("eventId", "caller's")
            bus.publishAndAwait("a.b", 1)
            assertThat(MDC.getCopyOfContextMap()).isEqualTo(mapOf("eventId" to "caller's"))
            MDC.clear()
            withContext(Dispatchers.IO) { assertThat(MDC.get("eventId")).isNull() }
        }
        assertThat(seen).containsExactly("begins", "goes on", "hops", "comes back")
        Unit
    }

    private fun note(where: String, event: Event) {
        val expected = mapOf(
            "correlationId" to event.correlationId(),
            "eventId" to event.id(),
            "topic" to "a.b",
        )
        seen += if (MDC.getCopyOfContextMap()?.entries?.containsAll(expected.entries) == true) where else "lost: $where"
    }

    @Test
    @DisplayName("CTX-4 blocking and suspending handlers see the publishing coroutine's ThreadContextElements")
    fun elements() = runBlocking {
        val user = ThreadLocal<String>()
        eventBus("orders").use { bus ->
            bus.subscribe("a") { seen += "lane ${user.get()}" }
            bus.subscribe("a", SubscribeOptions.builder().blocking().build()) { seen += "blocking ${user.get()}" }
            bus.on("a") { _: Event ->
                seen += "suspending ${user.get()}"
                yield()
                seen += "resumed ${user.get()}"
                withContext(Dispatchers.IO) { seen += "elsewhere ${user.get()}" }
            }
            withContext(user.asContextElement("ann")) {
                bus.publishAndAwait("a", 1)
                assertThat(user.get()).isEqualTo("ann")
            }
            bus.publishAndAwait("a", 2)
        }
        val places = listOf("lane", "blocking", "suspending", "resumed", "elsewhere")
        assertThat(seen).containsExactlyElementsOf(places.map { "$it ann" } + places.map { "$it null" })
        Unit
    }

    @Test
    @DisplayName("CTX-4 an element that cannot be installed or restored leaves nothing of the others on the thread")
    fun elementsThatFail() = runBlocking {
        val user = ThreadLocal<String>()
        eventBus("orders").use { bus ->
            bus.subscribe("a") { seen += "on ${user.get()}" }
            for (fails in listOf("install", "restore")) {
                val publication = withContext(user.asContextElement("ann") + FailsElsewhere(fails)) {
                    bus.publishSuspending("a", 1)
                }
                publication.await()
                bus.publishSuspending("a", 2).await()
            }
        }
        assertThat(seen.filterIndexed { index, _ -> index % 2 == 1 }).containsExactly("on null", "on null")
        Unit
    }

    /** Works on the thread that made it. */
    private class FailsElsewhere(private val where: String) : ThreadContextElement<Unit> {
        private val home = Thread.currentThread()
        override val key: CoroutineContext.Key<*> = Key

        override fun updateThreadContext(context: CoroutineContext): Unit = failIf("install")

        override fun restoreThreadContext(context: CoroutineContext, oldState: Unit): Unit = failIf("restore")

        private fun failIf(here: String) {
            check(here != where || Thread.currentThread() === home) { "cannot $here" }
        }

        private companion object Key : CoroutineContext.Key<FailsElsewhere>
    }

    @Test
    @DisplayName("CTX-4 publishes of coroutines beside each other are isolated")
    fun isolated() = runBlocking {
        val user = ThreadLocal<String>()
        val wrong = ConcurrentHashMap.newKeySet<String>()
        eventBus("orders").use { bus ->
            bus.on("a") { event: Event ->
                repeat(3) {
                    if (user.get() != event.payload()) wrong += "${event.payload()} ran as ${user.get()}"
                    if (CorrelationContext.current() != event.payload()) wrong += "wrong correlation"
                    yield()
                }
            }
            List(50) { number ->
                async(Dispatchers.Default + user.asContextElement("user-$number")) {
                    withCorrelation("user-$number") { bus.publishAndAwait("a", "user-$number") }
                }
            }.awaitAll()
        }
        assertThat(wrong).isEmpty()
        Unit
    }

    @Test
    @DisplayName("CTX-1 NST-1 what a suspending handler publishes after a hop belongs to its event")
    fun nested() = runBlocking {
        val children = CopyOnWriteArrayList<Event>()
        eventBus("orders").use { bus ->
            bus.subscribe("child", children::add)
            bus.on("parent") { _: Event ->
                withContext(Dispatchers.IO) { bus.publishSuspending("child", 1) }
                withCorrelation("other") { bus.publishSuspending("child", 2) }
            }
            val parent = bus.publishAndAwait("parent", 1)
            bus.awaitIdle(java.time.Duration.ofSeconds(20))
            assertThat(children.map { it.causationId() }).containsOnly(parent.event().id())
            assertThat(children.map { it.correlationId() })
                .containsExactly(parent.event().correlationId(), "other")
            assertThat(parent.handlerResults().single().published()).isEqualTo(children)
        }
        Unit
    }

    /** Notes each time that it enters a thread, and leaves it. */
    private inner class Entering : Interceptor {
        override fun name() = "entering"

        override fun enter(delivery: DeliveryInfo): AutoCloseable {
            val thread = Thread.currentThread()
            seen += "enter"
            return AutoCloseable { seen += if (Thread.currentThread() === thread) "leave" else "leave elsewhere" }
        }
    }

    @Test
    @DisplayName("ICP-1 enter surrounds a suspending handler on each thread that it goes on")
    fun entering() = runBlocking {
        eventBus("orders") { interceptor(Entering()) }.use { bus ->
            bus.on("a") { _: Event ->
                seen += "begins"
                yield()
                seen += "goes on"
            }
            bus.publishAndAwait("a", 1)
        }
        val core = seen.filter { it != "enter" && it != "leave" }
        assertThat(core).containsExactly("begins", "goes on")
        assertThat(seen.count { it == "enter" }).isEqualTo(seen.count { it == "leave" }).isGreaterThanOrEqualTo(2)
        assertThat(seen.subList(seen.indexOf("begins"), seen.indexOf("goes on"))).contains("enter")
        Unit
    }
}
