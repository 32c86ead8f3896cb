// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.TopicPattern
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import kotlin.random.Random

class PatternIndexTest {
    private val index = PatternIndex<String>()

    private fun found(topic: String): List<String> {
        val found = ArrayList<String>()
        index.exactly(topic, found)
        index.byStar(topic, found)
        return found
    }

    private fun add(vararg patterns: String): Unit = patterns.forEach { index.add(TopicPattern.parse(it), it) }

    @Test
    @DisplayName("TOP-2 a star in the middle is one segment, at the end one or more, alone every topic")
    fun stars() {
        add("*", "a.*", "a.b", "a.*.c", "*.b", "*.*.c", "a.*.*")
        assertThat(found("a")).containsExactlyInAnyOrder("*")
        assertThat(found("a.b")).containsExactlyInAnyOrder("*", "a.*", "a.b", "*.b")
        assertThat(found("a.b.c")).containsExactlyInAnyOrder("*", "a.*", "a.*.c", "*.*.c", "a.*.*")
        assertThat(found("a.b.c.d")).containsExactlyInAnyOrder("*", "a.*", "a.*.*")
        assertThat(found("b.c")).containsExactlyInAnyOrder("*")
    }

    @Test
    @DisplayName("TOP-2 TOP-4 the index finds what a search through all patterns finds, whatever comes and goes")
    fun sameAsSearch() {
        repeat(200) { seed ->
            val random = Random(seed)
            val there = LinkedHashMap<String, TopicPattern>()
            val index = PatternIndex<String>()
            repeat(300) {
                val pattern = pattern(random)
                val name = "${pattern.text()} ${random.nextInt(3)}"
                if (random.nextInt(3) > 0) {
                    index.add(pattern, name)
                    there[name] = pattern
                } else {
                    assertThat(index.remove(pattern, name)).isEqualTo(there.remove(name) != null)
                }
                val topic = topic(random)
                val found = ArrayList<String>()
                val own = index.exactly(topic, found)
                assertThat(own).isEqualTo(there.values.any { it.text() == topic })
                index.byStar(topic, found)
                assertThat(found).`as`("seed $seed, $topic")
                    .containsExactlyInAnyOrderElementsOf(there.filterValues { it.matches(topic) }.keys)
            }
            there.forEach { (name, pattern) -> assertThat(index.remove(pattern, name)).isTrue() }
            assertThat(index.nodes).isZero()
        }
    }

    @Test
    @DisplayName("SUB-3 SUB-4 many members of one pattern keep their order, and each is there once")
    fun manyMembers() {
        for (pattern in listOf("a.b", "a.*").map(TopicPattern::parse)) {
            val members = List(100) { "$pattern $it" }
            repeat(2) { members.forEach { index.add(pattern, it) } }
            assertThat(found("a.b")).containsExactlyElementsOf(members)
            assertThat(members.all { index.remove(pattern, it) }).isTrue()
            assertThat(members.none { index.remove(pattern, it) }).isTrue()
            assertThat(index.nodes).isZero()
        }
    }

    @Test
    @DisplayName("TOP-4 as many segments as a topic may have, with a star in every place")
    fun deep() {
        val segments = List(128) { "a" }
        val topic = segments.joinToString(".")
        for (at in segments.indices) {
            add(segments.toMutableList().also { it[at] = "*" }.joinToString("."))
            add((segments.take(at) + "*").joinToString("."))
        }
        // The last of both kinds is one.
        assertThat(found(topic).toSet()).hasSize(255)
        assertThat(found(topic.dropLast(1) + "b").toSet()).hasSize(128)
        assertThat(found(topic.dropLast(2)).toSet()).hasSize(127)
    }

    private companion object {
        val SEGMENTS = listOf("a", "b", "aa", "a-b", "A", "0")

        fun topic(random: Random): String = List(1 + random.nextInt(4)) { SEGMENTS.random(random) }.joinToString(".")

        fun pattern(random: Random): TopicPattern {
            val segments = List(1 + random.nextInt(4)) { if (random.nextInt(3) == 0) "*" else SEGMENTS.random(random) }
            return TopicPattern.parse(segments.joinToString("."))
        }
    }
}
