// SPDX-License-Identifier: Apache-2.0
package dev.jitney

import dev.jitney.engine.EnginePublication
import dev.jitney.engine.ForwardedRecord
import dev.jitney.engine.HandlerRun
import dev.jitney.engine.KeptResult
import dev.jitney.engine.QuietRecord
import dev.jitney.engine.ValueRecord
import dev.jitney.event.DeliveryState
import dev.jitney.event.Event
import dev.jitney.event.Outcome
import dev.jitney.kotlin.await
import dev.jitney.kotlin.on
import dev.jitney.kotlin.publishAndAwait
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith
import java.time.Duration
import java.time.Instant
import java.util.concurrent.CountDownLatch

/** What history keeps of handlers, and that it says no less than what it was made of. */
@ExtendWith(NoLeaks::class)
class KeptResultsTest {
    private val time = OwnTime()
    private val bus = EventBus.builder("kept").clock(time).build()
    private val again = RetryPolicy.builder().attempts(2).fixed(Duration.ZERO).build()

    @AfterEach
    fun close(): Unit = bus.close()

    private fun handled(event: Event): EnginePublication =
        bus.publishAndJoin(event, PublishOptions.defaults(), LONG) as EnginePublication

    private fun handled() = bus.publishAndJoin("t", 1, LONG) as EnginePublication

    private fun assertOnly(publication: Publication, state: DeliveryState, from: Instant, to: Instant, attempts: Int) {
        val result = publication.handlerResults().single()
        assertThat(result.state()).isEqualTo(state)
        assertThat(result.subscriptionId()).isEqualTo("s1")
        assertThat(result.subscription()).isEqualTo("t#s1")
        assertThat(result.start()).isEqualTo(from)
        assertThat(result.end()).isEqualTo(to)
        assertThat(result.attempts()).isEqualTo(attempts)
    }

    @Test
    @DisplayName("RES-1 of a handler that returned a value there is nothing kept but that, and when")
    fun value() {
        bus.subscribeReplying("t") { "value".also { time.advance(Duration.ofMillis(1_500)) } }
        val begun = time.instant()
        val publication = handled()
        assertThat(publication.recordAt(0)).isInstanceOf(ValueRecord::class.java)
        assertOnly(publication, DeliveryState.COMPLETED, begun, begun.plusMillis(1_500), 1)
        assertThat(publication.handlerResults().single().value()).isEqualTo("value")
        assertThat(publication.handlerResults().single().error()).isNull()
        assertThat(publication.result()).isEqualTo("value")
    }

    @Test
    @DisplayName("RES-1 a value is kept with its times, however far they are from the event's")
    fun farFromItsEvent() {
        bus.subscribeReplying("t") { "value".also { time.advance(Duration.ofSeconds(3)) } }
        val times: List<(Instant) -> Instant> =
            listOf({ Instant.MIN }, { Instant.EPOCH }, { it.minusSeconds(65) }, { it.plusSeconds(2) }, { Instant.MAX })
        for (time in times) {
            val now = this.time.instant()
            val publication = handled(Event.builder("t").payload(1).time(time(now)).build())
            assertThat(publication.recordAt(0)).isInstanceOf(KeptResult::class.java)
            assertOnly(publication, DeliveryState.COMPLETED, now, now.plusSeconds(3), 1)
        }
    }

    @Test
    @DisplayName("RES-1 a handler that took over a minute is kept with its times")
    fun long() {
        bus.subscribeReplying("t") { "value".also { time.advance(Duration.ofSeconds(66)) } }
        val begun = time.instant()
        val options = PublishOptions.builder().timeout(Duration.ZERO).handlerTimeout(Duration.ZERO).build()
        val publication = bus.publishAndJoin(Event.of("t", 1), options, LONG)
        assertOnly(publication, DeliveryState.COMPLETED, begun, begun.plusSeconds(66), 1)
    }

    @Test
    @DisplayName("RES-1 of a handler that returned nothing there is nothing kept but when")
    fun quiet() {
        bus.subscribe("t") { }
        val first = handled()
        assertThat(first.recordAt(0)).isInstanceOf(QuietRecord::class.java)
        val begun = time.instant()
        time.advance(Duration.ofMillis(1))
        val later = handled()
        assertOnly(first, DeliveryState.COMPLETED, begun, begun, 1)
        assertOnly(later, DeliveryState.COMPLETED, begun.plusMillis(1), begun.plusMillis(1), 1)
    }

    @Test
    @DisplayName("RES-1 of one that failed error, attempts and what all attempts have published are kept")
    fun failure() {
        val error = IllegalStateException("no")
        bus.subscribe("t", SubscribeOptions.builder().retry(again).build()) {
            bus.publish("a", 1)
            time.advance(Duration.ofSeconds(1))
            throw error
        }
        val begun = time.instant()
        val publication = handled()
        assertThat(publication.recordAt(0)).isInstanceOf(KeptResult::class.java)
        assertOnly(publication, DeliveryState.FAILED, begun, begun.plusSeconds(2), 2)
        val result = publication.handlerResults().single()
        assertThat(result.error()).isSameAs(error)
        assertThat(result.value()).isNull()
        assertThat(result.published().map { it.topic() }).containsExactly("a", "a")
        assertThat(result).hasToString("t#s1: FAILED (java.lang.IllegalStateException: no)")
    }

    @Test
    @DisplayName("RES-1 of one that has worked at last all attempts are kept, and what they have published")
    fun retried() {
        var calls = 0
        bus.subscribeReplying("t", SubscribeOptions.builder().retry(again).build()) {
            bus.publish("a.$calls", 1)
            time.advance(Duration.ofSeconds(1))
            check(++calls == 2)
            "value"
        }
        val begun = time.instant()
        val publication = handled()
        assertThat(publication.recordAt(0)).isInstanceOf(KeptResult::class.java)
        assertOnly(publication, DeliveryState.COMPLETED, begun, begun.plusSeconds(2), 2)
        val result = publication.handlerResults().single()
        assertThat(result.value()).isEqualTo("value")
        assertThat(result.published().map { it.topic() }).containsExactly("a.0", "a.1")
    }

    @Test
    @DisplayName("NST-1 what a handler's task publishes after its event has ended is in the handler's result")
    fun publishedLate() {
        for (value in listOf(null, "value")) {
            val go = CountDownLatch(1)
            val done = CountDownLatch(1)
            val subscription = bus.subscribeDelivery("t", SubscribeOptions.defaults()) { delivery ->
                delivery.executor().execute {
                    go.await()
                    repeat(2) { bus.publish("late.$it", 1) }
                    done.countDown()
                }
                delivery.complete(value)
            }
            val publication = handled()
            assertThat(publication.recordAt(0)).isNotInstanceOf(HandlerRun::class.java)
            go.countDown()
            done.await()
            val result = publication.handlerResults().single()
            assertThat(result.published().map { it.topic() }).containsExactly("late.0", "late.1")
            assertThat(result.value()).isEqualTo(value)
            assertThat(result.state()).isEqualTo(DeliveryState.COMPLETED)
            subscription.close()
        }
    }

    @Test
    @DisplayName(
        "HIS-1 of a handler that has waited for other events history keeps no more than of others, and not those events",
    )
    fun awaited() {
        bus.subscribe("child") { }
        EventBus.builder("other").build().use { other ->
            other.on("child") { _: Event -> yield() }
            val ways = listOf(
                bus.subscribe("t") { repeat(3) { bus.publishAndJoin("child", it, LONG) } },
                bus.subscribe("t") { repeat(3) { other.publishAndJoin("child", it, LONG) } },
                bus.subscribe("t") { repeat(3) { bus.publish("child", it).join(LONG) } },
                bus.on("t") { _: Event -> repeat(3) { bus.publishAndAwait("child", it) } },
                bus.on("t") { _: Event -> repeat(3) { other.publishAndAwait("child", it) } },
                bus.on("t") { _: Event -> repeat(3) { other.publish("child", it).await() } },
                bus.subscribeAsync("t") { other.publish("child", 1).toCompletableFuture() },
            )
            val publication = handled()
            for (at in ways.indices) {
                assertThat(publication.recordAt(at)).describedAs("$at").isInstanceOf(KeptResult::class.java)
            }
            val published = publication.handlerResults().map { it.published().size }
            assertThat(published).containsExactly(3, 3, 3, 3, 3, 3, 1)
        }
    }

    @Test
    @DisplayName("NST-3 what a handler's task begins to wait for after its event has ended is waited for as by anyone")
    fun awaitedLate() {
        val go = CountDownLatch(1)
        val done = CountDownLatch(1)
        bus.subscribe("late") { }
        bus.subscribeDelivery("t", SubscribeOptions.defaults()) { delivery ->
            delivery.executor().execute {
                go.await()
                if (bus.publishAndJoin("late", 1, LONG).outcome() == Outcome.HANDLED) done.countDown()
            }
            delivery.complete(null)
        }
        val publication = handled()
        go.countDown()
        done.await()
        assertThat(publication.runAt(0)).isNull()
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED)
    }

    @Test
    @DisplayName("FWD-2 of a forwarding that worked no result tells, but those of the other bus")
    fun forwarded() {
        EventBus.builder("other").build().use { other ->
            other.subscribeReplying("t") { "there" }
            bus.forwardTo(other, "t")
            val publication = handled()
            assertThat(publication.recordAt(0)).isInstanceOf(ForwardedRecord::class.java)
            assertThat(publication.handlerResults().single().value()).isEqualTo("there")
            // One for all as long as time stands still.
            assertThat(handled().recordAt(0)).isSameAs(publication.recordAt(0))
            time.advance(Duration.ofMillis(1))
            assertThat(handled().recordAt(0)).isNotSameAs(publication.recordAt(0))
        }
    }

    @Test
    @DisplayName("RES-1 FWD-1 while handlers still run the result of a forwarding that worked can be looked at")
    fun forwardedMeanwhile() {
        val gate = Gate()
        EventBus.builder("other").build().use { other ->
            val forwarding = bus.forwardTo(other, "t")
            bus.subscribe("t") { gate.pass() }
            bus.subscribe("t", SubscribeOptions.builder().priority(200).build()) { }
            bus.subscribe("t") { }
            val publication = bus.publish("t", 1)
            gate.awaitReached()
            assertThat(publication.handlerResults().map { it.state() }).containsExactly(
                DeliveryState.COMPLETED,
                DeliveryState.COMPLETED,
                DeliveryState.STARTED,
                DeliveryState.PENDING,
            )
            val forwarded = publication.handlerResults()[1]
            assertThat(forwarded.subscriptionId()).isEqualTo(forwarding.id())
            assertThat(forwarded.end()).isEqualTo(time.instant())
            gate.open()
            assertThat(publication.join(LONG)).isTrue()
            assertThat(publication.handlerResults()).hasSize(3)
        }
    }

    private companion object {
        val LONG: Duration = Duration.ofSeconds(20)
    }
}
