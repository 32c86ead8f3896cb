// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit.SECONDS

class HandlerPoolTest {
    @Test
    @DisplayName("LIF-3 TMO-7 a blocking handler that comes after the last bus keeps no thread")
    fun blockingAfterTheEnd() {
        val pool = HandlerPool()
        pool.shutdown()
        val ran = CompletableFuture<Thread>()
        pool.blocking.execute { ran.complete(Thread.currentThread()) }
        val thread = ran.get(20, SECONDS)
        thread.join(Duration.ofSeconds(HandlerThreads.IDLE_SECONDS / 2).toMillis())
        assertThat(thread.isAlive).isFalse()
    }
}
