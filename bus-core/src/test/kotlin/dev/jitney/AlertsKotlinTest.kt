// SPDX-License-Identifier: Apache-2.0
package dev.jitney

import dev.jitney.event.Event
import dev.jitney.event.Severity
import dev.jitney.kotlin.await
import dev.jitney.kotlin.eventBus
import dev.jitney.spi.AlertStore.Alert
import dev.jitney.spi.AlertStore.Filter
import dev.jitney.spi.AlertStore.State
import dev.jitney.spi.AlertStoreProvider
import kotlinx.coroutines.runBlocking
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.extension.ExtendWith
import java.time.Instant

@ExtendWith(NoLeaks::class)
@Timeout(60)
class AlertsKotlinTest {
    @Test
    @DisplayName("ALR-1 alerts are worked with from Kotlin, null-safe and without ceremony")
    fun alertsFromKotlin() {
        eventBus("shop") { plugin(AlertStoreProvider::class.java, "memory", mapOf()) }.use { bus ->
            val alerts = checkNotNull(bus.alerts())
            val event = Event.builder("disk.full").severity(Severity.CRITICAL).source("host").build()
            alerts.raise(Alert.of(event, "no room", Instant.EPOCH))
            alerts.acknowledge(event.id(), "alice", "looking", Instant.EPOCH)
            assertThat(alerts[event.id()]?.changeTo(State.ACKNOWLEDGED)?.user).isEqualTo("alice")
            assertThat(alerts.list(Filter.open(), 10).map { it.severity }).containsExactly(Severity.CRITICAL)
        }
    }

    @Test
    @DisplayName("STA-2 emitters are used from Kotlin")
    fun emittersFromKotlin(): Unit = runBlocking {
        eventBus("shop").use { bus ->
            bus.emitter("till 4", "order").use { till ->
                assertThat(till.publish("placed", 7).await().event().source()).isEqualTo("till 4")
                assertThat(bus.emitters().associate { it.domain() to it.published() })
                    .isEqualTo(mapOf("order" to mapOf("order.placed" to 1L)))
            }
        }
    }
}
