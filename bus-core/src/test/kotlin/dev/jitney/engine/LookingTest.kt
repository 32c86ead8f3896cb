// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import java.util.function.BooleanSupplier

class LookingTest {
    private var now = 0L
    private val looking = object : Looking() {
        override fun now() = now.also { now += 1_000 }
    }

    @Test
    @DisplayName("TMO-7 a thread looks for a while before it sleeps, and sees what comes meanwhile")
    fun looksForAWhile() {
        several()
        // 20 us, of which the first look takes none.
        assertThat(timesLooked()).isEqualTo(20)
        var looks = 0
        assertThat(looking.look { ++looks == 3 }).isTrue()
        assertThat(looks).isEqualTo(3)
    }

    @Test
    @DisplayName("TMO-7 where looking is in vain a thread looks seldom, until it was worth it again")
    fun looksSeldomInVain() {
        several()
        repeat(4) { assertThat(timesLooked()).isEqualTo(20) }
        val worthIt = List(160) { timesLooked() > 1 }
        assertThat(worthIt.count { it }).isEqualTo(10)
        // Until one of those finds something.
        while (!looking.look(SecondTime())) assertThat(looking.look { false }).isFalse()
        assertThat(timesLooked()).isEqualTo(20)
    }

    private fun timesLooked(): Int {
        var looks = 0
        assertThat(
            looking.look {
                looks++
                false
            },
        ).isFalse()
        return looks
    }

    /** Not there at the first look. */
    private class SecondTime : BooleanSupplier {
        private var looks = 0

        override fun getAsBoolean() = ++looks == 2
    }

    private fun several() = assumeTrue(Runtime.getRuntime().availableProcessors() > 1)
}
