// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import org.HdrHistogram.Histogram
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.locks.LockSupport

/** Whether what waits to be sent counts: the loads themselves, on targets that stall. */
@Timeout(60)
internal class BenchLoadTest {
    /** Takes events at once, but for one that it holds up. */
    private class Stalling(private val at: Long, private val nanos: Long) : BenchTarget {
        val numbers = ConcurrentLinkedQueue<Long>()

        override val timesSend get() = true

        override fun begin(histogram: Histogram) = Unit

        override fun send(number: Long, due: Long) {
            numbers.add(number)
            val end = System.nanoTime() + nanos
            while (number == at && System.nanoTime() < end) LockSupport.parkNanos(end - System.nanoTime())
        }

        override fun settle() = Unit

        override fun close() = Unit
    }

    private fun plan(rate: Double?, producers: Int = 1) = BenchPlan(
        Scenario.PUBLISH,
        durationNanos = 0,
        events = 0,
        warmupNanos = 0,
        runs = 1,
        payload = BenchPayload("x", null, 1),
        producers = producers,
        handlers = 1,
        topics = 1,
        keys = 0,
        rate = rate,
        level = null,
    )

    private fun BenchRun.slowerThan(nanos: Long): Long =
        latencies.totalCount - latencies.getCountBetweenValues(0, nanos)

    @Test
    fun anOpenLoopCountsWhatWaitedBehindOneThatWasHeldUp() {
        val run = BenchLoad(plan(rate = 10_000.0), Stalling(at = 100, nanos = 50 * MILLI)).run(0, 1_000)

        // Of the 500 that were due meanwhile, 400 have waited for 10 ms or more.
        assertThat(run.slowerThan(10 * MILLI)).isGreaterThanOrEqualTo(395)
        assertThat(run.events).isEqualTo(1_000)
        assertThat(run.unsent).isZero()
        assertThat(run.latencies.totalCount).isEqualTo(1_000)
    }

    @Test
    fun aClosedLoopSendsEachAfterTheOneBefore() {
        val target = Stalling(at = 100, nanos = 50 * MILLI)

        val run = BenchLoad(plan(rate = null), target).run(0, 1_000)

        assertThat(run.latencies.maxValue).isGreaterThanOrEqualTo(49 * MILLI)
        assertThat(target.numbers).containsExactlyElementsOf(0L..999L)
    }

    @Test
    fun whatCouldNotBeSentInTwiceTheTimeCountsAsLate() {
        // Twice the time is a second, in which the first one surely begins.
        val load = BenchLoad(plan(rate = 2_000.0), Stalling(at = 0, nanos = 1_500 * MILLI), least = 0)

        val run = load.run(500 * MILLI, 0)

        assertThat(run.events).isEqualTo(1)
        assertThat(run.unsent).isEqualTo(999)
        assertThat(run.latencies.totalCount).isEqualTo(1_000)
        assertThat(run.slowerThan(990 * MILLI)).isEqualTo(1_000)
    }

    @Test
    fun producersShareTheEventsAndTheirNumbers() {
        for (rate in listOf(null, 100_000.0)) {
            val target = Stalling(at = -1, nanos = 0)

            val run = BenchLoad(plan(rate, producers = 3), target).run(0, 100)

            assertThat(run.events).isEqualTo(100)
            assertThat(target.numbers).containsExactlyInAnyOrderElementsOf(0L..99L)
        }
    }

    @Test
    fun whatATargetThrowsEndsTheRun() {
        val failing = object : BenchTarget by Stalling(-1, 0) {
            override fun send(number: Long, due: Long) = throw IllegalStateException("full")
        }

        for (rate in listOf(null, 1000.0)) {
            assertThatThrownBy { BenchLoad(plan(rate, producers = 2), failing).run(0, 100) }
                .isInstanceOf(IllegalStateException::class.java).hasMessage("full")
        }
    }

    private companion object {
        const val MILLI = 1_000_000L
    }
}
