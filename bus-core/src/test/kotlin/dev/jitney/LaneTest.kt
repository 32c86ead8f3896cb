// SPDX-License-Identifier: Apache-2.0
package dev.jitney

import dev.jitney.engine.EngineBus
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith
import java.time.Duration
import java.util.concurrent.CopyOnWriteArrayList

@ExtendWith(NoLeaks::class)
internal class LaneTest {
    private val time = OwnTime()
    private val seen = CopyOnWriteArrayList<String>()

    @Test
    @DisplayName("ERR-3 ORD-1 a retry that is due comes before what is queued, though it has released the order")
    fun dueBeforeQueued() {
        EventBus.builder("orders").clock(time).build().use { bus ->
            val second = Duration.ofSeconds(1)
            val policy = RetryPolicy.builder().attempts(2).fixed(second).releaseOrder().build()
            val gate = Gate()
            bus.subscribe("t", SubscribeOptions.builder().retry(policy).build()) {
                seen.add("attempt")
                check(seen.size > 1) { "not yet" }
            }
            bus.subscribe("hold") { gate.pass() }
            bus.subscribe("queued") { seen.add("queued") }
            bus.publish("t", 1)
            bus.publish("hold", 1)
            gate.awaitReached()
            repeat(3) { bus.publish("queued", it) }
            Await.until("it sleeps") { time.timers() == 2 }
            time.advance(second)
            val lane = (bus as EngineBus).core.lanes.serial()
            Await.until("it waits for its turn") { "resuming 1" in lane.toString() }
            gate.open()
            assertThat(bus.awaitIdle(Duration.ofSeconds(20))).isTrue()
            assertThat(seen).containsExactly("attempt", "attempt", "queued", "queued", "queued")
        }
    }

    @Test
    @DisplayName("BPR-1 what was dropped leaves nothing in the queue of a lane that is held up")
    fun dropped() {
        EventBus.builder("orders").pendingLimit(10).overflow(Overflow.DROP_OLDEST).build().use { bus ->
            val gate = Gate()
            bus.subscribe("hold") { gate.pass() }
            bus.publish("hold", 0)
            gate.awaitReached()
            repeat(1_000) { bus.publish("none", it) }
            assertThat((bus as EngineBus).core.lanes.serial().queued()).hasSize(10)
            gate.open()
        }
    }
}
