// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.Test
import kotlin.concurrent.thread

class ShortLockTest {
    private val lock = ShortLock()
    private var count = 0

    @Test
    fun letsNoTwoInAtOnce() {
        val threads = List(4) { thread { repeat(100_000) { lock.locked { count++ } } } }
        threads.forEach { it.join() }
        assertThat(count).isEqualTo(400_000)
    }

    @Test
    fun waitsForAHolderThatTakesItsTime() {
        lock.lock()
        val other = thread { lock.locked { count = 2 } }
        while (other.state != Thread.State.TIMED_WAITING) Thread.yield()
        count = 1
        lock.unlock()
        other.join()
        assertThat(count).isEqualTo(2)
    }

    @Test
    fun isFreeAfterAFailure() {
        assertThatThrownBy { lock.locked<Unit> { error("inside") } }.hasMessage("inside")
        assertThat(lock.locked { 1 }).isEqualTo(1)
    }
}
