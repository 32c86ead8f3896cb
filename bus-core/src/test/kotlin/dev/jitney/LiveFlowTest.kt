// SPDX-License-Identifier: Apache-2.0
package dev.jitney

import dev.jitney.engine.EngineLiveEvents
import dev.jitney.event.Event
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancel
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith
import java.lang.ref.WeakReference

@ExtendWith(NoLeaks::class)
class LiveFlowTest {
    private val bus = EventBus.builder("orders").historyLimit(0).build()
    private val view = bus.liveEvents("a") as EngineLiveEvents

    @AfterEach
    fun close(): Unit = bus.close()

    private fun publish(count: Int) = repeat(count) { bus.publishAndJoin(Event.of("a", it), LIMIT) }

    @Test
    @DisplayName("SUB-8 a view keeps no event that was collected")
    fun keepsNothing() = runBlocking {
        val seen = ArrayList<WeakReference<Event>>()
        val collector = launch(Dispatchers.Default, CoroutineStart.UNDISPATCHED) {
            view.collect { synchronized(seen) { seen += WeakReference(it) } }
        }
        // Past the bus, which has reasons of its own to keep some.
        repeat(10) { view.feed(Event.of("a", it)) }
        Await.until("all are gone") {
            System.gc()
            synchronized(seen) { seen.size == 10 && seen.all { it.get() == null } }
        }
        collector.cancel()
    }

    @Test
    @DisplayName("SUB-8 a view has a buffer while somebody collects it")
    fun buffer() = runBlocking<Unit> {
        assertThat(view.ring).isNull()
        val one = launch(start = CoroutineStart.UNDISPATCHED) { view.collect { awaitCancellation() } }
        val two = async(start = CoroutineStart.UNDISPATCHED) { view.first() }
        publish(3)
        two.await()
        assertThat(view.ring).isNotNull()
        one.cancel()
        one.join()
        assertThat(view.ring).isNull()
    }

    @Test
    @DisplayName("SUB-8 a collector that is cancelled ends before its next event, also if it never waits")
    fun cancelled() = runBlocking {
        val seen = ArrayList<Any?>()
        val collector = async(start = CoroutineStart.UNDISPATCHED) {
            view.collect {
                seen += it.payload()
                if (seen.size == 3) currentCoroutineContext().cancel()
            }
        }
        publish(10)
        collector.join()
        assertThat(seen).containsExactly(0, 1, 2)
        assertThat(view.ring).isNull()
    }

    @Test
    @DisplayName("SUB-8 a failure of a collector is its own")
    fun failure() = runBlocking<Unit> {
        val other = async(start = CoroutineStart.UNDISPATCHED) { view.toList() }
        val failing = async(start = CoroutineStart.UNDISPATCHED) {
            runCatching { view.collect { error("no") } }
        }
        publish(2)
        assertThat(failing.await().exceptionOrNull()).isInstanceOf(IllegalStateException::class.java).hasMessage("no")
        bus.close()
        assertThat(other.await().map { it.payload() }).containsExactly(0, 1)
    }

    @Test
    @DisplayName("SUB-8 a closed bus completes those who collect later at once")
    fun afterClose() = runBlocking<Unit> {
        bus.close()
        assertThat(withTimeout(20_000) { view.toList() }).isEmpty()
        assertThat(view.ring).isNull()
        assertThatThrownBy { bus.liveEvents("a") }.isInstanceOf(BusClosedException::class.java)
    }

    private companion object {
        val LIMIT: java.time.Duration = java.time.Duration.ofSeconds(20)
    }
}
