// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

class FewTest {
    private data class Thing(val name: String)

    @Test
    fun keepsWhatWasAddedInOrder() {
        var few = Few.none<String>()
        assertThat(few.isEmpty).isTrue()
        assertThat(few.toList()).isEmpty()
        for (i in 1..9) {
            few = few.plus("$i")
            assertThat(few.isEmpty).isFalse()
            assertThat(few.toList()).isEqualTo(List(i) { "${it + 1}" })
        }
    }

    @Test
    fun removesTheSameObjectAndNoEqualOne() {
        val things = List(4) { Thing("same") }
        for (count in 1..4) {
            var few = things.take(count).fold(Few.none<Thing>()) { all, one -> all.plus(one) }
            few = few.minus(Thing("same"))
            assertThat(few.toList()).hasSize(count)
            for (left in count - 1 downTo 0) {
                few = few.minus(things[left])
                assertThat(few.toList()).hasSize(left).allMatch { kept -> things.take(left).any { it === kept } }
            }
            assertThat(few.isEmpty).isTrue()
            assertThat(few.plus(things[0]).toList()).containsExactly(things[0])
        }
    }

    @Test
    fun aListOfItIsNotItself() {
        val few = Few.none<String>().plus("a").plus("b")
        val before = few.toList()
        few.plus("c")
        assertThat(before).containsExactly("a", "b")
    }
}
