// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test

class LineageTest {
    private fun step(chain: Lineage?, handler: Long, limit: Int = Lineage.DEFAULT_LIMIT): Lineage {
        val generation = chain?.generation ?: 0
        return Lineage.next(chain, handler, "h$handler", "topic.$handler", "e$generation", limit)
    }

    /** Goes on with these handlers, one after the other, until it is stopped; says when and how. */
    private fun loop(handlers: LongRange, limit: Int): Pair<Long, String> {
        var chain: Lineage? = null
        try {
            repeat(100_000) { for (handler in handlers) chain = step(chain, handler, limit) }
        } catch (e: IllegalStateException) {
            return chain!!.generation to e.message!!
        }
        throw AssertionError("Nobody has stopped the handlers $handlers")
    }

    @Test
    @DisplayName("NST-5 a handler is stopped when it would be in one chain more often than allowed, and sees the chain")
    fun ownTopic() {
        val (generations, message) = loop(1L..1L, 64)
        assertThat(generations).isEqualTo(64)
        assertThat(message).isEqualTo(
            "Handler 'h1' may not publish while it handles event 'e64' of 'topic.1': it would be the cause 65 times " +
                "in one chain of events, and 64 are allowed. The chain: 'h1' on topic.1 'e0', … 61 more …, " +
                "'h1' on topic.1 'e62', 'h1' on topic.1 'e63', 'h1' on topic.1 'e64'. Break the loop, or raise the limit.",
        )
    }

    @Test
    @DisplayName("NST-5 a short chain is shown whole")
    fun shortChains() {
        fun chainAt(limit: Int) = loop(7L..7L, limit).second.substringAfter("The chain: ").substringBefore(". Break")
        fun link(number: Int) = "'h7' on topic.7 'e$number'"
        assertThat(chainAt(1)).isEqualTo("${link(0)}, ${link(1)}")
        assertThat(chainAt(2)).isEqualTo("${link(0)}, ${link(1)}, ${link(2)}")
        assertThat(chainAt(3)).isEqualTo("${link(0)}, ${link(1)}, ${link(2)}, ${link(3)}")
        assertThat(chainAt(4)).isEqualTo("${link(0)}, … 1 more …, ${link(2)}, ${link(3)}, ${link(4)}")
    }

    @Test
    @DisplayName("NST-5 handlers that feed each other are stopped as well, each by its own count")
    fun pingPong() {
        assertThat(loop(1L..2L, 64).first).isEqualTo(128)
        assertThat(loop(1L..100L, 5).first).isEqualTo(500)
        assertThat(loop(1L..100L, 64).first).isEqualTo(6_400)
    }

    @Test
    @DisplayName("NST-5 a loop over as many handlers as a chain keeps is found, however long it has run")
    fun wideLoop() {
        assertThat(loop(1L..Lineage.KEPT.toLong(), 64).first).isEqualTo(64L * Lineage.KEPT)
    }

    @Test
    @DisplayName("NST-5 publishing much from one handling is no loop, and branches do not count for each other")
    fun branches() {
        val root = step(null, 1)
        repeat(1_000) { step(root, 1) }
        var branch = root
        repeat(62) { branch = step(branch, 1) }
        step(branch, 1)
        step(branch, 1)
        var other = root
        repeat(63) { other = step(other, 2) }
        assertThat(step(other, 1).generation).isEqualTo(65)
    }

    @Test
    @DisplayName("NST-5 a legal chain that never ends keeps a bounded number of links")
    fun endlessChain() {
        var chain: Lineage? = null
        for (handler in 1L..100_000L) {
            chain = step(chain, handler)
            if (handler % 997 == 0L) assertThat(linksOf(chain)).isLessThanOrEqualTo(Lineage.MAX_KEPT)
        }
        assertThat(chain!!.generation).isEqualTo(100_000)
        val stopped = runCatching { step(step(chain, 5, limit = 1), 5, limit = 1) }
        assertThat(stopped.exceptionOrNull()).hasMessageContaining(
            "The chain: 'h1' on topic.1 'e0', … 99998 more …, 'h100000' on topic.100000 'e99999', " +
                "'h5' on topic.5 'e100000', 'h5' on topic.5 'e100001'.",
        )
    }

    @Test
    @DisplayName("NST-5 a chain that was shortened still shows its last links, those of one handler too")
    fun lastLinks() {
        var chain: Lineage? = null
        for (handler in 1L..Lineage.MAX_KEPT - 3L) chain = step(chain, handler)
        repeat(3) { chain = step(chain, 7) }
        assertThatThrownBy { step(chain, 7, limit = 4) }
            .hasMessageContaining("would be the cause 5 times in one chain of events, and 4 are allowed.")
            .hasMessageContaining(
                "The chain: 'h1' on topic.1 'e0', … 509 more …, " +
                    "'h7' on topic.7 'e510', 'h7' on topic.7 'e511', 'h7' on topic.7 'e512'.",
            )
    }

    @Test
    @DisplayName("NST-5 the limit counts, not the length: a handler may come back after many others")
    fun comesBack() {
        var chain: Lineage? = null
        for (round in 0 until 64) {
            chain = step(chain, 0)
            for (handler in 1L..5L) chain = step(chain, round * 10L + handler)
        }
        assertThatThrownBy { step(chain, 0) }.isInstanceOf(IllegalStateException::class.java)
    }

    private fun linksOf(chain: Lineage): Int {
        val parent = Lineage::class.java.getDeclaredField("parent").apply { isAccessible = true }
        return generateSequence(chain) { parent.get(it) as Lineage? }.count()
    }
}
