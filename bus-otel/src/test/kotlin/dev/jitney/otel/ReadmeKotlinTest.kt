// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel

import dev.jitney.kotlin.eventBus
import dev.jitney.kotlin.on
import dev.jitney.kotlin.publishAndAwait
import dev.jitney.kotlin.publishSuspending
import io.opentelemetry.api.GlobalOpenTelemetry
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test

class ReadmeKotlinTest {
    private val rig = Rig()
    private val printed = ArrayList<String?>()

    @AfterEach
    fun close() {
        GlobalOpenTelemetry.resetForTest()
        rig.close()
    }

    private fun println(text: String?) {
        printed += text
    }

    @Test
    @DisplayName("the README's Kotlin example does what it says")
    fun example() = runBlocking<Unit> {
        val openTelemetry = rig.openTelemetry
        GlobalOpenTelemetry.set(openTelemetry)
        // readme:start
        val bus = eventBus("orders") { BusTelemetry.of(openTelemetry).install(this) }
        bus.on("order.placed") { event ->
            delay(1)
            println(Traces.currentTraceId()) // the handler's, on whatever thread it goes on
            traced("pack") { bus.publishSuspending("order.packed", event.payload()) }
        }

        traced("checkout") { bus.publishAndAwait("order.placed", "tea") }
        // readme:end
        bus.close()
        val spans = rig.spans()
        assertThat(spans.map { it.name }).containsExactly(
            "checkout",
            "send order.placed",
            "process order.placed",
            "pack",
            "send order.packed",
        )
        assertThat(printed).containsExactly(spans[2].traceId)
        assertThat(spans[4].parentSpanId).isEqualTo(spans[3].spanId)
    }
}
