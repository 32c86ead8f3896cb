// SPDX-License-Identifier: Apache-2.0
package dev.jitney

import dev.jitney.event.Outcome
import dev.jitney.kotlin.publishAndAwait
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith
import java.time.Duration
import java.util.concurrent.CopyOnWriteArrayList

/** Events of a bus with a store that a coroutine awaits. */
@ExtendWith(NoLeaks::class)
class AwaitStoredKotlinTest {
    private val threads = CopyOnWriteArrayList<Thread>()

    private fun bus(store: HeldStore) = EventBus.builder("stored").store(store).build().also(::listen)

    private fun listen(bus: EventBus) {
        bus.subscribe("a") { threads.add(Thread.currentThread()) }
    }

    @Test
    @DisplayName("ORD-10 PUB-3 where the store has an event at once the coroutine runs the handlers on its own thread")
    fun atOnce() {
        EventBus.builder("stored").store("memory:").build().use { bus ->
            listen(bus)
            runBlocking {
                repeat(3) { assertThat(bus.publishAndAwait("a", it).outcome()).isEqualTo(Outcome.HANDLED) }
                assertThat(threads).hasSize(3).containsOnly(Thread.currentThread())
            }
            assertThat(NoLeaks.threads()).noneMatch { it.matches(Regex("jitney-\\d+")) }
        }
    }

    @Test
    @DisplayName("ORD-10 PUB-3 but none of an event that has a handler which says that it blocks")
    fun blocking() {
        EventBus.builder("stored").store("memory:").build().use { bus ->
            listen(bus)
            bus.subscribe("a", SubscribeOptions.builder().blocking().build()) { threads.add(Thread.currentThread()) }
            runBlocking {
                assertThat(bus.publishAndAwait("a", 1).outcome()).isEqualTo(Outcome.HANDLED)
                assertThat(threads).hasSize(2).doesNotContain(Thread.currentThread())
            }
        }
    }

    @Test
    @DisplayName("ORD-10 PUB-3 else they run when the store has it, and no thread waits for that")
    fun later() {
        HeldStore().use { store ->
            bus(store).use { bus ->
                runBlocking {
                    val publication = async { bus.publishAndAwait("a", 1) }
                    yield()
                    assertThat(store.held()).isEqualTo(1)
                    assertThat(NoLeaks.threads()).noneMatch { it.matches(Regex("jitney-\\d+")) }
                    store.release()
                    assertThat(publication.await().outcome()).isEqualTo(Outcome.HANDLED)
                }
                assertThat(threads).hasSize(1).doesNotContain(Thread.currentThread())
            }
        }
    }

    @Test
    @DisplayName("ORD-1 PUB-3 what others publish behind an event that the store has not got waits for it")
    fun behind() {
        val seen = CopyOnWriteArrayList<Any?>()
        HeldStore().use { store ->
            bus(store).use { bus ->
                bus.subscribe("*") { seen.add(it.payload()) }
                runBlocking {
                    val first = async { bus.publishAndAwait("a", 1) }
                    yield()
                    val second = bus.publish("b", 2)
                    store.release()
                    first.await()
                    assertThat(seen).containsExactly(1)
                    store.release()
                    assertThat(second.join(LONG)).isTrue()
                }
                assertThat(seen).containsExactly(1, 2)
            }
        }
    }

    @Test
    @DisplayName("PUB-3 a coroutine that waits no longer leaves the event to its lane")
    fun givenUp() {
        HeldStore().use { store ->
            bus(store).use { bus ->
                runBlocking { assertThat(withTimeoutOrNull(1) { bus.publishAndAwait("a", 1) }).isNull() }
                store.release()
                assertThat(bus.awaitIdle(LONG)).isTrue()
                assertThat(threads).hasSize(1)
            }
        }
    }

    private companion object {
        val LONG: Duration = Duration.ofSeconds(20)
    }
}
