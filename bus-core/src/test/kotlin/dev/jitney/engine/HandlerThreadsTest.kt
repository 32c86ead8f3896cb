// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import java.time.Duration
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit.MILLISECONDS
import java.util.concurrent.TimeUnit.SECONDS

class HandlerThreadsTest {
    private val time = ManualTime()
    private val failures = ConcurrentHashMap.newKeySet<Throwable>()
    private val timers = object : Timers {
        override fun nanoTime(): Long = Duration.between(START, time.instant()).toNanos()

        override fun schedule(delayNanos: Long, action: Runnable) = time.schedule(Duration.ofNanos(delayNanos), action)
    }
    private val threads = object : HandlerThreads(timers) {
        override fun failed(e: Throwable) {
            failures.add(e)
        }
    }

    @AfterEach
    fun noneFailed() {
        assertThat(failures).isEmpty()
    }

    @Test
    @DisplayName("TMO-7 threads that took the place of held-up ones end again, also under traffic")
    fun threadsEndUnderTraffic() {
        val gate = CountDownLatch(1)
        val held = CountDownLatch(HELD)
        try {
            repeat(HELD) {
                threads.execute {
                    held.countDown()
                    gate.await()
                }
            }
            until { time.advance(Duration.ofMillis(10)).let { held.await(1, MILLISECONDS) } }
            assertThat(threads.count).isGreaterThanOrEqualTo(HELD)
            gate.countDown()
            until {
                everyThreadHasWork()
                time.advance(Duration.ofSeconds(1))
                threads.count == HandlerThreads.PARALLELISM
            }
        } finally {
            gate.countDown()
            threads.shutdown()
        }
    }

    @Test
    @DisplayName("TMO-7 threads for those that wait stay while short waits come again and again")
    fun threadsStayBetweenWaits() {
        try {
            threads.resize(1)
            val first = allAtOnce()
            repeat(100) {
                threads.resize(-1)
                everyThreadHasWork()
                time.advance(Duration.ofMillis(100))
                threads.resize(1)
                assertThat(allAtOnce()).isEqualTo(first)
            }
        } finally {
            threads.shutdown()
        }
    }

    /** As many tasks as there may be threads, each of which waits for all others; returns the threads. */
    private fun allAtOnce(): Set<Thread> {
        val all = HandlerThreads.PARALLELISM + 1
        val met = CountDownLatch(all)
        val ran = ConcurrentHashMap.newKeySet<Thread>()
        val done = CountDownLatch(all)
        repeat(all) {
            threads.execute {
                ran += Thread.currentThread()
                met.countDown()
                met.await()
                done.countDown()
            }
        }
        assertThat(done.await(30, SECONDS)).isTrue()
        return ran
    }

    /** More tasks than threads, all done. */
    private fun everyThreadHasWork() {
        val tasks = 2 * HELD
        val done = CountDownLatch(tasks)
        repeat(tasks) { threads.execute { done.countDown() } }
        assertThat(done.await(30, SECONDS)).isTrue()
    }

    private fun until(condition: () -> Boolean) {
        val deadline = System.nanoTime() + SECONDS.toNanos(8)
        while (!condition()) assertThat(System.nanoTime()).describedAs("a deadline of 8 s").isLessThan(deadline)
    }

    private companion object {
        // More than there are without a wait, on any machine.
        val HELD = HandlerThreads.PARALLELISM + 10
    }
}
