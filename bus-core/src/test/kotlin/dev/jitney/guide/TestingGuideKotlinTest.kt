// SPDX-License-Identifier: Apache-2.0
package dev.jitney.guide

import dev.jitney.NoLeaks
import dev.jitney.event.Topic
import dev.jitney.kotlin.on
import dev.jitney.kotlin.payload
import dev.jitney.test.advanceSuspending
import dev.jitney.test.awaitPayload
import dev.jitney.test.delay
import dev.jitney.test.publishAndSettle
import dev.jitney.test.testBus
import kotlinx.coroutines.test.runTest
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.extension.ExtendWith
import kotlin.time.Duration.Companion.seconds

@ExtendWith(NoLeaks::class)
@Timeout(60)
class TestingGuideKotlinTest {
    @Topic("invoice.sent")
    data class Invoice(val order: Int)

    @Test
    fun testing() = runTest {
        // guide:start testing
        testBus("orders").use { kit ->
            kit.bus().on("order.placed") { event ->
                kit.time().delay(20.seconds) // of this time, not of kotlinx.coroutines
                kit.bus().publish("invoice.sent", Invoice(event.payload<Int>()))
            }
            kit.bus().on<Invoice> { }
            kit.publishAndSettle("order.placed", 7)

            kit.advanceSuspending(20.seconds)
            assertThat(kit.awaitPayload<Invoice>()).isEqualTo(Invoice(7))
        }
        // guide:end
    }
}
