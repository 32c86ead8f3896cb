// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.SubscribeOptions
import dev.jitney.event.TopicPattern
import org.jetbrains.lincheck.datastructures.IntGen
import org.jetbrains.lincheck.datastructures.Operation
import org.jetbrains.lincheck.datastructures.Param
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test

/**
 * The model is a set of subscriptions in order of priority and sequence, which is searched anew for every topic.
 * Two topics are known at a time, so that they are forgotten as well.
 */
@Param(name = "which", gen = IntGen::class, conf = "0:3")
@Tag("stress")
class RoutesLincheckTest {
    private val routes = Routes(KnownTopics(null, limit = 2, listed = 0))
    private val subscriptions = PATTERNS.mapIndexed { at, pattern ->
        val options = SubscribeOptions.builder().priority(at % 2).name("$at").build()
        val invoker = PlainInvoker { }
        EngineSubscription(TopicPattern.parse(pattern), options, at.toLong(), invoker, emptyList(), routes::remove)
    }

    @Operation
    fun add(@Param(name = "which") which: Int): Unit = routes.add(subscriptions[which])

    @Operation
    fun remove(@Param(name = "which") which: Int): Unit = routes.remove(subscriptions[which])

    @Operation
    fun of(@Param(name = "which") which: Int): String = routes.of(TOPICS[which]).all.joinToString { it.name() }

    @Operation
    fun count(): Int = routes.count

    class Model {
        private val there = sortedSetOf(compareByDescending<Int> { it % 2 }.thenBy { it })

        fun add(which: Int) {
            there.add(which)
        }

        fun remove(which: Int) {
            there.remove(which)
        }

        fun of(which: Int): String =
            there.filter { TopicPattern.parse(PATTERNS[it]).matches(TOPICS[which]) }.joinToString()

        fun count(): Int = there.size
    }

    @Test
    @DisplayName("SUB-5 TOP-4 a topic has the subscriptions of that moment, whoever subscribes and closes at once")
    fun set(): Unit = linearizable(javaClass, Model::class.java)

    private companion object {
        val PATTERNS = listOf("a.b", "a.*", "*", "a.b")
        val TOPICS = listOf("a.b", "a.c", "b", "a.b")
    }
}
