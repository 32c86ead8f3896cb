// SPDX-License-Identifier: Apache-2.0
package dev.jitney.guide

import dev.jitney.Await
import dev.jitney.CorrelationContext
import dev.jitney.EventBus
import dev.jitney.NoLeaks
import dev.jitney.SubscribeOptions
import dev.jitney.event.DeliveryState
import dev.jitney.event.Event
import dev.jitney.event.Topic
import dev.jitney.kotlin.await
import dev.jitney.kotlin.eventBus
import dev.jitney.kotlin.events
import dev.jitney.kotlin.on
import dev.jitney.kotlin.payload
import dev.jitney.kotlin.publishAndAwait
import dev.jitney.kotlin.publishSuspending
import dev.jitney.kotlin.request
import dev.jitney.kotlin.withCorrelation
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.serialization.Serializable
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.extension.ExtendWith
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.time.Duration.Companion.seconds
import kotlin.time.toJavaDuration

/** The Kotlin examples of the guide; see the Java ones for how they are quoted. */
@ExtendWith(NoLeaks::class)
@Timeout(60)
class GuideKotlinTest {
    private val lines = CopyOnWriteArrayList<String>()

    private fun println(line: Any?) {
        lines.add(line.toString())
    }

    private fun run(example: suspend CoroutineScope.(EventBus) -> Unit) = runBlocking {
        eventBus("orders").use { example(it) }
    }

    // guide:start kotlin
    @Serializable
    @Topic("order.placed")
    data class OrderPlaced(val id: Int, val customer: String)
    // guide:end

    @Test
    fun publish() = runBlocking<Unit> {
        // guide:start publish
        eventBus("orders").use { bus ->
            bus.on<OrderPlaced> { order -> println(order.customer) }

            val placed = bus.publishSuspending("order.placed", OrderPlaced(7, "alice")) // suspends for room only
            println(placed.await().outcome()) // HANDLED
            println(bus.publishAndAwait("order.lost", null).outcome()) // NO_HANDLER
        }
        // guide:end
        assertThat(lines).containsExactly("alice", "HANDLED", "NO_HANDLER")
    }

    @Test
    fun handle() = run { bus ->
        // guide:start handle
        bus.on<OrderPlaced> { order ->
            delay(10) // the lane waits, but no thread does
            println("packed ${order.id}")
        }
        val screen = CoroutineScope(Dispatchers.Default)
        bus.on("order.*", scope = screen) { event -> println("shown ${event.payload<OrderPlaced>().id}") }

        bus.publishAndAwait("order.placed", OrderPlaced(7, "alice"))
        screen.cancel() // ends the subscription, and cancels its handlers that run
        // guide:end
        bus.publishAndAwait("order.placed", OrderPlaced(8, "bob"))
        assertThat(lines).startsWith("packed 7", "shown 7").contains("packed 8").hasSize(3)
    }

    @Test
    fun results() = run { bus ->
        bus.on("price.asked") { 42 }
        // guide:start results
        val price: Int? = withTimeout(5.seconds) { bus.request<Int>("price.asked", "a book") }
        // guide:end
        assertThat(price).isEqualTo(42)
    }

    @Test
    fun timeLimits() = run { bus ->
        // guide:start time-limits
        val short = SubscribeOptions.builder().timeout(0.05.seconds.toJavaDuration()).build()
        bus.on("order.packed", short) {
            try {
                delay(10.seconds)
            } finally {
                println("cancelled") // at its limit, like any coroutine
            }
        }
        val packed = bus.publishAndAwait("order.packed", 7)
        println(packed.handlerResults().single().state()) // TIMED_OUT
        // guide:end
        Await.until("the handler has noticed") { lines.size == 2 }
        assertThat(lines).containsExactlyInAnyOrder("cancelled", DeliveryState.TIMED_OUT.name)
    }

    @Test
    fun nesting() = run { bus ->
        bus.on("order.paid") { println("paid") }
        // guide:start nesting
        bus.on<OrderPlaced> { order ->
            bus.publishAndAwait("order.paid", order) // runs now, ahead of all that is queued
            println("placed")
        }
        // guide:end
        bus.publishAndAwait("order.placed", OrderPlaced(7, "alice"))
        assertThat(lines).containsExactly("paid", "placed")
    }

    @Test
    fun context() = run { bus ->
        // guide:start context
        bus.on<OrderPlaced> { println(CorrelationContext.current()) }

        withCorrelation("req-42") {
            delay(1) // kept over suspension, and from thread to thread
            bus.publishAndAwait("order.placed", OrderPlaced(7, "alice"))
        }
        // guide:end
        assertThat(lines).containsExactly("req-42")
    }

    @Test
    fun live() = run { bus ->
        // guide:start kotlin
        val bobs = async(start = CoroutineStart.UNDISPATCHED) {
            bus.events<OrderPlaced>().first { it.customer == "bob" } // live, from the collection on
        }
        bus.publishAndAwait(Event.of("order.placed", OrderPlaced(7, "alice")))
        bus.publishAndAwait(Event.of("order.placed", OrderPlaced(8, "bob")))
        println(bobs.await())
        // guide:end
        assertThat(lines).containsExactly("OrderPlaced(id=8, customer=bob)")
    }

    @Test
    fun set() = runBlocking<Unit> {
        // guide:start kotlin
        eventBus("orders") {
            store("memory:")
            handlerTimeout(5.seconds.toJavaDuration())
        }.use { bus ->
            bus.on<OrderPlaced> { order -> "packed ${order.id}" } // what it returns is its value
            println(bus.request<String>("order.placed", OrderPlaced(7, "alice"))) // packed 7
        }
        // guide:end
        assertThat(lines).containsExactly("packed 7")
    }
}
