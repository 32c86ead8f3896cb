// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel

import dev.jitney.SubscribeOptions
import dev.jitney.kotlin.on
import dev.jitney.kotlin.publishAndAwait
import dev.jitney.kotlin.publishSuspending
import io.opentelemetry.api.baggage.Baggage
import io.opentelemetry.api.trace.Span
import io.opentelemetry.api.trace.StatusCode
import io.opentelemetry.context.Context
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.util.concurrent.CopyOnWriteArrayList

/** The same from suspending handlers and publishers. */
@Timeout(60)
class KotlinHandlersTest {
    private val rig = Rig()

    @AfterEach
    fun close() = rig.close()

    private fun here() = "${Span.current().spanContext.spanId} ${Baggage.current().getEntryValue("tenant")}"

    /** Suspends, and goes on when another thread says so. */
    private suspend fun elsewhere() = withContext(Dispatchers.IO) { }

    private fun named(name: String) = SubscribeOptions.builder().name(name).build()

    @Test
    @DisplayName("CTX-4 a suspending handler keeps its span and baggage over delay, withContext and async")
    fun suspendingHandler() = runBlocking<Unit> {
        val bus = rig.bus("orders")
        val seen = CopyOnWriteArrayList<String>()
        bus.on("order.*", named("mail")) {
            seen += here()
            delay(1) // a timer's thread is where it goes on, which is what is tested
            seen += here()
            withContext(Dispatchers.Default) { seen += here() }
            yield()
            coroutineScope {
                async {
                    delay(1)
                    seen += here()
                }
            }.await()
            seen += here()
        }
        val baggage = Context.root().with(Baggage.builder().put("tenant", "acme").build())
        withContext(baggage.asElement()) { bus.publishAndAwait("order.placed", 1) }
        val process = rig.spans().single { it.name == "process order.placed" }
        assertThat(seen).hasSize(5).containsOnly("${process.spanId} acme")
        assertThat(Context.current()).isSameAs(Context.root())
    }

    @Test
    @DisplayName("NST-1 the tree of suspending handlers that publish, awaited and not")
    fun tree() = runBlocking<Unit> {
        val bus = rig.bus("orders")
        bus.on("order.placed", named("pay")) {
            elsewhere()
            bus.publishAndAwait("order.paid", 1)
            traced("pack", tracer = rig.tracer) {
                elsewhere()
                bus.publishSuspending("order.packed", 1)
            }
        }
        bus.on("order.paid", named("mail")) { elsewhere() }
        traced("checkout", tracer = rig.tracer) { bus.publishAndAwait("order.placed", 1) }
        assertThat(rig.tree()).isEqualTo(
            """
            T1 checkout INTERNAL OK
            T1   send order.placed PRODUCER {jitney.bus=orders, message.conversation_id=T1, message.id=#1}
            T2 process order.placed CONSUMER -> T1 send order.placed {destination.subscription.name=pay, jitney.bus=orders, message.conversation_id=T1, message.id=#1}
            T2   send order.paid PRODUCER {jitney.bus=orders, jitney.event.causation_id=#1, message.conversation_id=T1, message.id=#2}
            T2   pack INTERNAL OK
            T2     send order.packed PRODUCER {jitney.bus=orders, jitney.event.causation_id=#1, message.conversation_id=T1, message.id=#3}
            T3 process order.paid CONSUMER -> T2 send order.paid {destination.subscription.name=mail, jitney.bus=orders, jitney.event.causation_id=#1, message.conversation_id=T1, message.id=#2}

            """.trimIndent(),
        )
    }

    @Test
    @DisplayName("traced: a failure is recorded and thrown on, a cancellation is none")
    fun tracedFailure() {
        assertThatThrownBy { runBlocking { traced("work", tracer = rig.tracer) { error("no") } } }
            .isInstanceOf(IllegalStateException::class.java)
        runBlocking {
            val job = async(start = CoroutineStart.UNDISPATCHED) {
                traced("wait", tracer = rig.tracer) { delay(Long.MAX_VALUE) }
            }
            job.cancel()
        }
        assertThat(rig.tree()).isEqualTo(
            """
            T1 work INTERNAL {error.type=java.lang.IllegalStateException} ERROR !exception{exception.message=no, exception.type=java.lang.IllegalStateException}
            T2 wait INTERNAL

            """.trimIndent(),
        )
    }

    @Test
    @DisplayName("ERR-2 traced: a time limit of the block's own is a failure")
    fun tracedTimeLimit() {
        assertThatThrownBy {
            runBlocking { traced("work", tracer = rig.tracer) { withTimeout(0) { delay(1) } } }
        }.isInstanceOf(TimeoutCancellationException::class.java)
        assertThat(rig.spans()).singleElement().satisfies({ span ->
            assertThat(span.status.statusCode).isEqualTo(StatusCode.ERROR)
        })
    }

    @Test
    @DisplayName("CTX-4 a context that a coroutine leaves behind does not stay on its thread")
    fun leftBehind() {
        runBlocking { traced("work", tracer = rig.tracer) { leaveBehind() } }
        assertThat(Context.current()).isSameAs(Context.root())
        runBlocking(Context.current().asElement()) { leaveBehind() }
        assertThat(Context.current()).isSameAs(Context.root())
    }

    private fun leaveBehind() {
        rig.tracer.spanBuilder("left").startSpan().makeCurrent()
    }

    @Test
    @DisplayName("without an SDK only the block runs")
    fun withoutAnSdk() = runBlocking<Unit> {
        assertThat(traced("work") { 42 }).isEqualTo(42)
        assertThat(Context.current()).isSameAs(Context.root())
    }
}
