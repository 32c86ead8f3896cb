// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import java.util.concurrent.CountDownLatch
import kotlin.concurrent.thread

class AdmissionTest {
    @Test
    @DisplayName("LIF-1 nothing looks idle while each event accepts another one before it is settled")
    fun neverIdleTooEarly() {
        val admission = Admission(16)
        assertThat(admission.tryAcquire()).isTrue()
        val begun = CountDownLatch(1)
        val events = thread {
            begun.countDown()
            repeat(2_000_000) {
                admission.started()
                admission.acquireAnyway()
                admission.settled()
            }
        }
        begun.await()
        var least = Long.MAX_VALUE
        do least = minOf(least, admission.inFlight) while (events.isAlive)
        assertThat(least).isPositive()
        assertThat(admission.awaitIdle(0)).isFalse()
        admission.started()
        admission.settled()
        assertThat(admission.awaitIdle(0)).isTrue()
    }
}
