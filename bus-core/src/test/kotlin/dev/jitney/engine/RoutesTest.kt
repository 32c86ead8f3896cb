// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.SubscribeOptions
import dev.jitney.event.TopicPattern
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test

class RoutesTest {
    private val routes = Routes(limit = 100)

    private fun subscribe(pattern: String, sequence: Long) = EngineSubscription(
        TopicPattern.parse(pattern),
        SubscribeOptions.defaults(),
        sequence,
        PlainInvoker { },
        emptyList(),
        1,
        routes::remove,
    ).also(routes::add)

    @Test
    @DisplayName("TOP-4 a route is worked out once and kept until a subscription of its topic changes")
    fun cached() {
        subscribe("a", 1)
        val route = routes.of("a")
        assertThat(routes.of("a")).isSameAs(route)
        subscribe("b", 2)
        assertThat(routes.of("a")).isSameAs(route)
        subscribe("*", 3).close()
        assertThat(routes.of("a")).isNotSameAs(route)
    }

    @Test
    @DisplayName("TOP-4 a million distinct topics do not fill the memory")
    fun bounded() {
        subscribe("t.*", 1)
        repeat(1_000_000) { routes.of("t.$it") }
        assertThat(routes.cached).isBetween(1, 100)
    }
}
