// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.suspendCancellableCoroutine
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test

class SleepersTest {
    private val sleepers = Sleepers(Dispatchers.Default)

    private fun CoroutineScope.sleeper(): Job = launch(start = CoroutineStart.UNDISPATCHED) {
        suspendCancellableCoroutine { sleepers.add(Sleeper(it)) }
    }

    @Test
    @DisplayName("SUB-8 while one looks nobody is woken, and it wakes whom it was left")
    fun owed() = runBlocking {
        val asleep = sleeper()
        val found = sleepers.look {
            sleepers.wake()
            assertThat(sleepers.count).isEqualTo(1)
            true
        }
        assertThat(found).isTrue()
        assertThat(sleepers.count).isZero()
        asleep.join()
        // It owes no more.
        val next = sleeper()
        assertThat(sleepers.look { true }).isTrue()
        assertThat(sleepers.count).isEqualTo(1)
        sleepers.wake()
        next.join()
    }

    @Test
    @DisplayName("SUB-8 one looks at a time, and none that is run by who feeds it")
    fun oneLooks() {
        val both = sleepers.look { sleepers.look { true } }
        assertThat(both).isFalse()
        assertThat(sleepers.look { true }).isTrue()
        assertThat(Sleepers(Dispatchers.Unconfined).look { true }).isFalse()
        assertThat(Sleepers(null).look { true }).isFalse()
    }
}
