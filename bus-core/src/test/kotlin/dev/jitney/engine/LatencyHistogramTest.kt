// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.BusStats.Latency
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.within
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import java.time.Duration
import java.util.Random
import kotlin.concurrent.thread
import kotlin.math.ceil
import kotlin.math.exp

class LatencyHistogramTest {
    private fun of(times: Iterable<Long>) = LatencyHistogram().also { times.forEach(it::record) }.latency()

    @Test
    @DisplayName("LIF-4 nothing measured is zero everywhere")
    fun nothing() {
        assertThat(LatencyHistogram().latency()).isEqualTo(Latency.NONE)
    }

    @Test
    @DisplayName("LIF-4 times below 32 ns are exact")
    fun exact() {
        val latency = of(0L..31L)
        assertThat(latency.count).isEqualTo(32)
        assertThat(latency.p50).isEqualTo(Duration.ofNanos(15))
        assertThat(latency.p99).isEqualTo(Duration.ofNanos(31))
        assertThat(latency.max).isEqualTo(Duration.ofNanos(31))
        assertThat(latency.mean).isEqualTo(Duration.ofNanos(16))
    }

    @Test
    @DisplayName("LIF-4 every single time is given back within 3.2 %, the longest exactly")
    fun relativeError() {
        for (bits in 0..62) {
            val least = 1L shl bits
            // The ends of the lowest bucket, where the error is greatest, and of the doubling.
            for (time in longArrayOf(least, least + least / 16 - 1, least + least / 16, 2 * least - 1)) {
                if (time < 0) continue
                val latency = of(listOf(time, Long.MAX_VALUE))
                val p50 = latency.p50.toNanos()
                assertThat(p50.toDouble()).`as`("%s ns", time).isCloseTo(time.toDouble(), within(time * 0.032))
                assertThat(latency.max.toNanos()).isEqualTo(Long.MAX_VALUE)
                assertThat(of(listOf(time)).p99.toNanos()).isLessThanOrEqualTo(time)
            }
        }
    }

    @Test
    @DisplayName("LIF-4 quantiles and mean of many times are within 3.2 % of the true ones")
    fun distribution() {
        val random = Random(1)
        val times = List(20_000) { exp(5 + 2.5 * random.nextGaussian()).toLong() + 16 }
        val sorted = times.sorted()
        val latency = of(times)
        fun check(measured: Duration, real: Long) =
            assertThat(measured.toNanos().toDouble()).isCloseTo(real.toDouble(), within(real * 0.032))
        check(latency.p50, sorted[ceil(0.50 * sorted.size).toInt() - 1])
        check(latency.p99, sorted[ceil(0.99 * sorted.size).toInt() - 1])
        check(latency.mean, times.average().toLong())
        assertThat(latency.max.toNanos()).isEqualTo(sorted.last())
        assertThat(latency.count).isEqualTo(20_000)
    }

    @Test
    @DisplayName("LIF-4 however often a time is counted, one at a time or many at once, none of them is lost")
    fun often() {
        for (step in 0L..15L) {
            val histogram = LatencyHistogram()
            var counted = 0L
            repeat(3_000) { histogram.record(16 + step, times = it % 700).also { _ -> counted += it % 700 } }
            histogram.record(31)
            assertThat(histogram.latency().count).isEqualTo(counted + 1)
            assertThat(histogram.latency().p50.toNanos()).isEqualTo(16 + step)
        }
    }

    @Test
    @DisplayName("LIF-4 times that come in any order are counted together")
    fun anyOrder() {
        for (order in listOf(
            listOf(1_000_000L, 1, 1_000),
            listOf(1L, 1_000_000, 1_000),
            listOf(1_000L, 1_000_000, 1),
        )) {
            val latency = of(order)
            assertThat(latency.count).isEqualTo(3)
            assertThat(latency.p50.toNanos()).isBetween(968L, 1_032L)
            assertThat(latency.max.toNanos()).isEqualTo(1_000_000)
        }
    }

    @Test
    @DisplayName("LIF-4 a time before its start, as of a clock set back, counts as none")
    fun negative() {
        val latency = of(listOf(-5L, Long.MIN_VALUE))
        assertThat(latency).isEqualTo(Latency(2, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO))
    }

    @Test
    @DisplayName("LIF-4 threads that record at once lose nothing, and a reader never sees a time above the longest")
    fun concurrent() {
        val histogram = LatencyHistogram()
        val threads = List(4) { number ->
            thread { repeat(50_000) { histogram.record(((it * 7_919L) shl number) and 0xff_ffff) } }
        }
        while (threads.any { it.isAlive }) {
            val seen = histogram.latency()
            assertThat(seen.p50).isLessThanOrEqualTo(seen.p99)
            assertThat(seen.p99).isLessThanOrEqualTo(seen.max)
        }
        assertThat(histogram.latency().count).isEqualTo(200_000)
    }
}
