// SPDX-License-Identifier: Apache-2.0
package dev.jitney.proof

import dev.jitney.NoLeaks
import dev.jitney.SubscribeOptions
import dev.jitney.event.Outcome
import dev.jitney.event.Topic
import dev.jitney.kotlin.on
import dev.jitney.kotlin.publishAndAwait
import dev.jitney.test.advanceSuspending
import dev.jitney.test.awaitEventSuspending
import dev.jitney.test.awaitPayload
import dev.jitney.test.delay
import dev.jitney.test.publishAndSettle
import dev.jitney.test.publishedPayloads
import dev.jitney.test.settleSuspending
import dev.jitney.test.testBus
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.extension.ExtendWith
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.toJavaDuration

/** The test kit from Kotlin: suspending handlers, in `runTest`, in time that the test moves. */
@ExtendWith(NoLeaks::class)
@Timeout(60)
class TestBusKotlinTest {
    @Topic("user.login")
    data class UserLogin(val username: String)

    @Topic("user.greeted")
    data class UserGreeted(val username: String)

    private val seen = CopyOnWriteArrayList<String>()

    @Test
    fun suspendingHandlersTakeVirtualTime() = runTest {
        testBus("users").use { kit ->
            kit.bus().on<UserLogin> { login ->
                kit.time().delay(5.seconds)
                kit.bus().publish("user.greeted", UserGreeted(login.username))
            }
            val login = kit.publishAndSettle("user.login", UserLogin("alice"))
            assertThat(login.outcome()).isNull()
            kit.advanceSuspending(4_999.milliseconds)
            assertThat(kit.publishedPayloads<UserGreeted>()).isEmpty()
            kit.advanceSuspending(1.milliseconds)
            assertThat(kit.awaitPayload<UserGreeted>()).isEqualTo(UserGreeted("alice"))
            assertThat(login.outcome()).isEqualTo(Outcome.HANDLED)
        }
    }

    @Test
    fun aHandlerThatAwaitsItsChildIsNotOvertakenByTheTime() = runTest {
        testBus("users").use { kit ->
            kit.bus().on("user.login") {
                kit.bus().publishAndAwait("user.greeted", null)
                seen += "greeted at ${kit.time().passed()}"
            }
            kit.bus().on("user.greeted") { kit.time().delay(1.seconds) }
            kit.bus().publish("user.login", null)
            kit.advanceSuspending(3.seconds)
            kit.settleSuspending()
            assertThat(seen).containsExactly("greeted at PT1S")
        }
    }

    @Test
    fun aSuspendedHandlerIsCancelledAtItsLimit() = runTest {
        testBus("users").expectFailures("user.login").use { kit ->
            val limit = SubscribeOptions.builder().timeout(2.seconds.toJavaDuration()).build()
            kit.bus().on("user.login", limit) {
                try {
                    awaitCancellation()
                } finally {
                    seen += "cancelled at ${kit.time().passed()}"
                }
            }
            kit.bus().publish("user.login", null)
            kit.advanceSuspending(1.seconds)
            assertThat(seen).isEmpty()
            kit.advanceSuspending(1.seconds)
            assertThat(seen).containsExactly("cancelled at PT2S")
        }
    }

    @Test
    fun awaitingSuspendsUntilTheEventComes() = runTest {
        testBus("users", configure = { historyLimit(0) }).use { kit ->
            val greeted = async(start = CoroutineStart.UNDISPATCHED) {
                kit.awaitEventSuspending("user.greeted") { it.payload() == 2 }
            }
            kit.publishAndSettle("user.greeted", 1)
            kit.publishAndSettle("user.greeted", 2)
            assertThat(greeted.await().payload()).isEqualTo(2)
        }
    }

    @Test
    fun aCancelledWaitIsNoFailure() = runTest {
        testBus("users").use { kit ->
            val waiting = launch(start = CoroutineStart.UNDISPATCHED) { kit.awaitEventSuspending("user.login") }
            waiting.cancelAndJoin()
            assertThat(waiting.isCancelled).isTrue()
        }
    }
}
