// SPDX-License-Identifier: Apache-2.0
package dev.jitney

import dev.jitney.event.Outcome
import dev.jitney.kotlin.on
import dev.jitney.kotlin.publishAndAwait
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith

/** Events that a coroutine awaits and runs itself. */
@ExtendWith(NoLeaks::class)
class AwaitHereKotlinTest {
    private val bus = EventBus.builder("here").build()
    private val threads = ArrayList<Thread>()

    @AfterEach
    fun close(): Unit = bus.close()

    @Test
    @DisplayName("ORD-10 a coroutine that awaits an event of an idle lane runs its handlers on its own thread")
    fun idle() {
        bus.subscribe("a") { threads.add(Thread.currentThread()) }
        runBlocking {
            assertThat(bus.publishAndAwait("a", 1).outcome()).isEqualTo(Outcome.HANDLED)
            assertThat(threads).containsExactly(Thread.currentThread())
        }
    }

    @Test
    @DisplayName("ORD-10 it runs none of an event that has a handler which says that it blocks")
    fun blocking() {
        bus.subscribe("a") { threads.add(Thread.currentThread()) }
        bus.subscribe("a", SubscribeOptions.builder().blocking().build()) { threads.add(Thread.currentThread()) }
        runBlocking {
            assertThat(bus.publishAndAwait("a", 1).outcome()).isEqualTo(Outcome.HANDLED)
            assertThat(threads).hasSize(2).doesNotContain(Thread.currentThread())
        }
    }

    @Test
    @DisplayName("ORD-10 a handler that suspends goes on elsewhere, and the coroutine's thread is free meanwhile")
    fun suspends() {
        val go = CompletableDeferred<Unit>()
        val asked = CompletableDeferred<Unit>()
        bus.on("a") {
            threads.add(Thread.currentThread())
            asked.complete(Unit)
            go.await()
            threads.add(Thread.currentThread())
        }
        runBlocking {
            val publication = async { bus.publishAndAwait("a", 1) }
            asked.await()
            go.complete(Unit)
            assertThat(publication.await().outcome()).isEqualTo(Outcome.HANDLED)
            assertThat(threads[0]).isSameAs(Thread.currentThread())
            assertThat(threads[1]).isNotSameAs(Thread.currentThread())
        }
    }

    @Test
    @DisplayName("ORD-1 PUB-1 events of one coroutine keep their order, awaited or not")
    fun order() {
        val seen = ArrayList<Any?>()
        bus.subscribe("a") { seen.add(it.payload()) }
        runBlocking {
            repeat(600) { if (it % 3 == 0) bus.publishAndAwait("a", it) else bus.publish("a", it) }
            bus.publishAndAwait("a", 600)
        }
        assertThat(seen).isEqualTo((0..600).toList())
    }
}
