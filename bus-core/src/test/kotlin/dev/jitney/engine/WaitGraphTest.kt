// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.EventBus
import dev.jitney.SubscribeOptions
import dev.jitney.event.DeliveryState
import dev.jitney.event.Event
import dev.jitney.event.TopicPattern
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test

class WaitGraphTest {
    private val bus = EventBus.builder("orders").build() as EngineBus
    private val handler =
        EngineSubscription(TopicPattern.parse("a"), SubscribeOptions.defaults(), 1, PlainInvoker { }, emptyList(), {})
    private val graph = WaitGraph()

    @AfterEach
    fun close(): Unit = bus.close()

    private fun publication() = EnginePublication(Event.of("a", 1), bus.core, Origin.PUBLISHED)

    private fun waiting() = HandlerWait.of(HandlerRun(publication(), handler, 0), publication()).also {
        assertThat(graph.begin(it)).isTrue()
    }

    @Test
    @DisplayName("NST-2 a handler that ended and is then told that its wait is over takes no other wait away")
    fun endedTwice() {
        val waits = List(4) { waiting() }
        assertThat(graph.all()).containsExactlyElementsOf(waits.asReversed())
        waits[1].run.end(DeliveryState.FAILED, null, Error(), 0)
        graph.handlerEnded(waits[1].run)
        graph.end(waits[1])
        assertThat(graph.all()).containsExactly(waits[3], waits[2], waits[0])
        graph.end(waits[3])
        graph.end(waits[0])
        assertThat(graph.all()).containsExactly(waits[2])
        graph.end(waits[2])
        assertThat(graph.all()).isEmpty()
        assertThat(waits).noneMatch { graph.isAwaited(it.awaited) }
    }

    @Test
    @DisplayName("PUB-4 NST-2 a wait for a duplicate that has completed leaves nothing with the first event")
    fun duplicate() {
        val first = publication()
        val duplicate = publication()
        duplicate.extra().more().first = first
        val wait = HandlerWait.of(HandlerRun(publication(), handler, 0), duplicate)
        graph.begin(wait)
        assertThat(graph.isAwaited(first)).isTrue()
        duplicate.extra().forget()
        graph.end(wait)
        assertThat(graph.isAwaited(first)).isFalse()
        assertThat(graph.all()).isEmpty()
    }

    @Test
    @DisplayName("NST-2 a wait that would never end is refused, over any number of handlers, and leaves nothing")
    fun circle() {
        val first = waiting()
        val second = HandlerWait.of(HandlerRun(first.awaited, handler, 0), publication())
        graph.begin(second)
        for (never in listOf(second.awaited, first.awaited, first.run.publication)) {
            refused(HandlerWait.of(HandlerRun(second.awaited, handler, 0), never))
        }
        val own = publication()
        refused(HandlerWait.of(HandlerRun(own, handler, 0), own))
        assertThat(graph.all()).containsExactly(second, first)
    }

    private fun refused(wait: HandlerWait) {
        assertThatThrownBy { graph.begin(wait) }
            .isInstanceOf(IllegalStateException::class.java)
            .hasMessageContaining("cannot be waited for by its own handlers")
    }
}
