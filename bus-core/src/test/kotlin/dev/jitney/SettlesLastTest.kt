// SPDX-License-Identifier: Apache-2.0
package dev.jitney

import dev.jitney.event.Event
import dev.jitney.event.Outcome
import dev.jitney.kotlin.on
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith
import java.time.Duration
import java.util.Collections

/** Where a lane goes on when a handler has settled its delivery on a thread of the bus. */
@ExtendWith(NoLeaks::class)
class SettlesLastTest {
    private val bus = EventBus.builder("last").build()
    private val seen: MutableList<String> = Collections.synchronizedList(ArrayList())
    private val first = SubscribeOptions.builder().priority(200).build()

    @AfterEach
    fun close(): Unit = bus.close()

    private fun publish() = bus.publishAndJoin("t", 1, Duration.ofSeconds(20))

    private fun notesEnd(last: Boolean) = object : DeliveryHandler {
        override fun settlesLast() = last

        override fun handle(delivery: Delivery) {
            delivery.executor().execute {
                // The lane's thread is on its way out of here.
                Thread.yield()
                delivery.complete(null)
                seen += "task ends on ${Thread.currentThread().name} in ${CorrelationContext.current()}"
            }
        }
    }

    @Test
    @DisplayName("ORD-1 TMO-7 a lane goes on where the last act of a handler was, no longer as part of that handler")
    fun goesOnHere() {
        bus.subscribeDelivery("t", first, notesEnd(last = true))
        bus.subscribe("t") { seen += "next on ${Thread.currentThread().name} in ${CorrelationContext.current()}" }
        Await.until("the next handler runs on the thread of the one before") {
            seen.clear()
            val publication = publish()
            assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED)
            assertThat(publication.handlerResults().flatMap { it.published() }).isEmpty()
            seen.size == 2 && seen[0].startsWith("task") && seen[1] == seen[0].replace("task ends", "next")
        }
    }

    @Test
    @DisplayName("TMO-7 a handler that may go on after it has settled its delivery keeps no lane waiting")
    fun goesOnElsewhere() {
        val gate = Gate()
        bus.subscribeDelivery("t", first) { delivery ->
            delivery.executor().execute {
                delivery.complete(null)
                gate.pass()
                seen += "task ends"
            }
        }
        bus.subscribe("t") { seen += "next" }
        assertThat(publish().outcome()).isEqualTo(Outcome.HANDLED)
        assertThat(seen).containsExactly("next")
        gate.open()
    }

    @Test
    @DisplayName("NST-1 what follows a suspending handler on its thread is no part of it")
    fun partOfNothing() {
        bus.on("t", first) { _: Event ->
            yield()
            "value"
        }
        bus.subscribe("t") { bus.publish("child", 1) }
        repeat(1_000) {
            val results = publish().handlerResults()
            assertThat(results[0].value()).isEqualTo("value")
            assertThat(results[0].published()).isEmpty()
            assertThat(results[1].published()).hasSize(1)
        }
    }

    @Test
    @DisplayName("TMO-2 an interrupt that a handler has left on its thread does not reach what follows there")
    fun interrupted() {
        bus.on("t", first) { _: Event ->
            yield()
            Thread.currentThread().interrupt()
        }
        bus.subscribe("t") { if (Thread.currentThread().isInterrupted) seen += "interrupted" }
        repeat(1_000) { assertThat(publish().outcome()).isEqualTo(Outcome.HANDLED) }
        assertThat(seen).isEmpty()
    }

    @Test
    @DisplayName("NST-1 CTX-4 each step of a suspending handler is part of it, whatever ran before on its thread")
    fun eachStep() {
        bus.on("t") { event: Event ->
            repeat(3) {
                yield()
                check(CorrelationContext.current() == event.correlationId()) { "Step $it is not the handler's." }
                bus.publish("child", it)
            }
        }
        repeat(300) {
            val publication = publish()
            assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED)
            val children = publication.handlerResults().single().published()
            assertThat(children).hasSize(3)
            assertThat(children.map { it.causationId() }).containsOnly(publication.event().id())
        }
    }
}
