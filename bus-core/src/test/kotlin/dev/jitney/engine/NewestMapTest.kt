// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

class NewestMapTest {
    @Test
    fun keepsTheLastKeysThatWerePut() {
        val map = NewestMap<Int>(3)
        assertThat(map["a"]).isNull()
        listOf("a", "b", "c", "d").forEachIndexed { at, key -> map[key] = at }
        assertThat(listOf("a", "b", "c", "d").map { map[it] }).containsExactly(null, 1, 2, 3)
    }

    @Test
    fun aKeyThatIsPutAgainTakesNoOthersPlace() {
        val map = NewestMap<Int>(2)
        map["a"] = 1
        map["b"] = 2
        map["b"] = 3
        assertThat(map["a"]).isEqualTo(1)
        assertThat(map["b"]).isEqualTo(3)
    }
}
