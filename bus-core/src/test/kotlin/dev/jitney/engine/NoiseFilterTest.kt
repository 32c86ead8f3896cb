// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.engine.NoiseFilter.Verdict
import dev.jitney.engine.NoiseFilter.Verdict.OPEN
import dev.jitney.engine.NoiseFilter.Verdict.PASS
import dev.jitney.engine.NoiseFilter.Verdict.SUPPRESS
import dev.jitney.event.Severity
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import java.time.Duration
import java.time.Instant
import java.util.Collections
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.LongAdder
import kotlin.concurrent.thread

class NoiseFilterTest {
    private val window = Duration.ofSeconds(60)
    private val summaries = Collections.synchronizedList(ArrayList<NoiseFilter.Summary>())
    private val filter = NoiseFilter(3, window) { summaries += it }
    private var now = START

    private fun arrive(
        severity: Severity = Severity.INFO,
        topic: String = "disk.full",
        at: Instant = now,
        filter: NoiseFilter = this.filter,
    ): Verdict = filter.arrive("host-1", topic, severity, at)

    private fun arrivals(count: Int, severity: Severity = Severity.INFO) = List(count) { arrive(severity) }

    private fun summaries() = summaries.map { "${it.topic} ${it.severity} ${it.suppressed} ${it.first} ${it.last}" }

    @Test
    @DisplayName(
        "DUP-2 up to the threshold events pass, the first one too many opens a silence, the rest is suppressed",
    )
    fun silence() {
        assertThat(arrivals(6)).containsExactly(PASS, PASS, PASS, OPEN, SUPPRESS, SUPPRESS)
        assertThat(arrive(topic = "disk.ok")).isEqualTo(PASS)
        assertThat(filter.arrive("host-2", "disk.full", Severity.INFO, now)).isEqualTo(PASS)
        assertThat(summaries).isEmpty()
    }

    @Test
    @DisplayName("DUP-2 W36 when the window closes its summary has the exact count, the first and the last time")
    fun closingSummary() {
        arrivals(3)
        now += Duration.ofSeconds(10)
        assertThat(arrive()).isEqualTo(OPEN)
        repeat(41) {
            now += Duration.ofSeconds(1)
            arrive()
        }
        assertThat(filter.expire(START + window)).isEqualTo(START.plusSeconds(70))
        assertThat(summaries).isEmpty()
        assertThat(filter.expire(START.plusSeconds(70))).isNull()
        assertThat(summaries()).containsExactly("disk.full INFO 42 2026-01-01T00:00:10Z 2026-01-01T00:00:51Z")
        assertThat(summaries.single().source).isEqualTo("host-1")
        assertThat(filter.expire(START.plusSeconds(71))).isNull()
        assertThat(summaries).hasSize(1)
    }

    @Test
    @DisplayName("DUP-2 W36 an event after the window closes the silence itself, before the timer, and once")
    fun closedByTheNext() {
        arrivals(5)
        now += window
        assertThat(arrivals(5)).containsExactly(PASS, PASS, PASS, OPEN, SUPPRESS)
        filter.expire(now)
        assertThat(summaries()).containsExactly("disk.full INFO 2 2026-01-01T00:00:00Z 2026-01-01T00:00:00Z")
    }

    @Test
    @DisplayName("DUP-2 the window slides: the threshold holds for every stretch of that length, its ends included")
    fun sliding() {
        arrive()
        now += window.minusSeconds(1)
        arrivals(2)
        now += Duration.ofSeconds(1)
        assertThat(arrive()).isEqualTo(OPEN)

        val other = NoiseFilter(3, window) { summaries += it }
        for (second in listOf(
            0L,
            59,
            59,
        )) {
            assertThat(arrive(at = START.plusSeconds(second), filter = other)).isEqualTo(PASS)
        }
        assertThat(arrive(at = START.plusSeconds(60).plusNanos(1), filter = other)).isEqualTo(PASS)
        assertThat(arrive(at = START.plusSeconds(61), filter = other)).isEqualTo(OPEN)
    }

    @Test
    @DisplayName("DUP-2 events just rare enough pass for ever")
    fun rareEnough() {
        repeat(1_000) {
            assertThat(arrive()).isEqualTo(PASS)
            now += Duration.ofSeconds(20).plusMillis(1)
        }
        assertThat(summaries).isEmpty()
    }

    @Test
    @DisplayName("DUP-2 W33 a rise in severity always passes, also in the midst of a silence")
    fun rise() {
        assertThat(arrivals(9)).endsWith(SUPPRESS)
        assertThat(arrive(Severity.WARNING)).isEqualTo(PASS)
        assertThat(arrivals(4, Severity.CRITICAL)).containsExactly(PASS, PASS, PASS, OPEN)
        assertThat(arrive(Severity.WARNING)).isEqualTo(PASS)
        assertThat(arrive()).isEqualTo(SUPPRESS)
        filter.expire(now + window)
        assertThat(summaries.map { it.severity to it.suppressed })
            .containsExactly(Severity.INFO to 7L, Severity.CRITICAL to 1L)
    }

    @Test
    @DisplayName("DUP-2 W33 three INFO, then CRITICAL: every CRITICAL up to the threshold passes")
    fun fire() {
        assertThat(arrivals(3) + arrivals(2, Severity.CRITICAL)).containsOnly(PASS)
    }

    @Test
    @DisplayName("DUP-2 W35 the time of an event counts for nothing: only that of arrival does")
    fun arrivalClock() {
        // What an event says of itself is not even asked: an hourly event passes, whatever the one before said.
        repeat(100) {
            assertThat(arrive()).isEqualTo(PASS)
            now += Duration.ofHours(1)
        }
    }

    @Test
    @DisplayName("DUP-2 W35 a clock that was years ahead and is set right silences nothing for ever")
    fun clockSetBack() {
        val ahead = START + Duration.ofDays(3_650)
        repeat(5) { arrive(at = ahead) }
        assertThat(arrivals(4)).containsExactly(PASS, PASS, PASS, OPEN)
        assertThat(summaries.single().suppressed).isEqualTo(2)

        val idle = NoiseFilter(1, window) { summaries += it }
        repeat(2) { arrive(at = ahead, filter = idle) }
        assertThat(idle.expire(START)).isNull()
        assertThat(summaries).hasSize(2)
        assertThat(arrive(filter = idle)).isEqualTo(PASS)
    }

    @Test
    @DisplayName("DUP-2 arrivals whose times are a little out of order count as if they were not")
    fun outOfOrder() {
        arrive(at = START.plusMillis(2))
        arrive(at = START)
        arrive(at = START.plusMillis(1))
        assertThat(arrive(at = START)).isEqualTo(OPEN)
        assertThat(arrive(at = Instant.MAX)).isEqualTo(PASS)
        assertThat(arrive(at = Instant.MIN)).isEqualTo(PASS)
        assertThat(summaries.single().suppressed).isEqualTo(1)
    }

    @Test
    @DisplayName("DUP-2 the table is bounded: the stream that is quiet for longest goes, with its summary")
    fun bounded() {
        val small = NoiseFilter(1, window, capacity = 2) { summaries += it }
        fun arrive(topic: String) = arrive(topic = topic, filter = small)
        assertThat(listOf(arrive("a"), arrive("a"), arrive("b"), arrive("b"))).containsExactly(PASS, OPEN, PASS, OPEN)
        assertThat(arrive("a")).isEqualTo(SUPPRESS)
        assertThat(arrive("c")).isEqualTo(PASS)
        assertThat(summaries()).containsExactly("b INFO 1 2026-01-01T00:00:00Z 2026-01-01T00:00:00Z")
        assertThat(arrive("a")).isEqualTo(SUPPRESS)
        assertThat(arrive("b")).isEqualTo(PASS)
        assertThat(arrive("a")).isEqualTo(SUPPRESS)
    }

    @Test
    @DisplayName("DUP-2 closing ends every silence with its summary")
    fun closing() {
        arrivals(5)
        arrivals(5, Severity.WARNING)
        filter.close()
        assertThat(summaries.map { it.suppressed }).containsExactly(2, 2)
        filter.close()
        assertThat(summaries).hasSize(2)
    }

    @Test
    @DisplayName("DUP-2 a summary is given outside the monitor: what it publishes may arrive at the filter again")
    fun reentrant() {
        var again: Verdict? = null
        lateinit var own: NoiseFilter
        own = NoiseFilter(1, window) { summary ->
            again =
                CompletableFuture.supplyAsync { arrive(topic = summary.topic, at = now + window, filter = own) }.get()
        }
        repeat(2) { arrive(filter = own) }
        own.expire(now + window)
        assertThat(again).isEqualTo(PASS)
    }

    @Test
    @DisplayName("DUP-2 what cannot be kept to is refused")
    fun refusals() {
        fun refused(message: String, make: () -> NoiseFilter) {
            assertThatThrownBy { make() }.isInstanceOf(IllegalArgumentException::class.java).hasMessage(message)
        }
        refused("Noise threshold '0' is out of range. Use 1 to 1000 events.") { NoiseFilter(0, window) {} }
        refused("Noise threshold '1001' is out of range. Use 1 to 1000 events.") { NoiseFilter(1_001, window) {} }
        refused("Noise window 'PT0S' is out of range. Use more than zero, up to 365 days.") {
            NoiseFilter(1, Duration.ZERO) {}
        }
        refused("Noise window 'PT8784H' is out of range. Use more than zero, up to 365 days.") {
            NoiseFilter(1, Duration.ofDays(366)) {}
        }
        refused("Noise capacity '0' is out of range. Use 1 or more.") { NoiseFilter(1, window, 0) {} }
    }

    @Test
    @DisplayName("DUP-2 threads that arrive at once lose no event: passed and suppressed make all")
    fun concurrent() {
        val small = NoiseFilter(5, Duration.ofMillis(10), capacity = 8) { summaries += it }
        val passed = LongAdder()
        val opened = ConcurrentHashMap<Int, Int>()
        val threads = List(4) { number ->
            thread {
                repeat(20_000) {
                    val at = START.plusNanos(it * 10_000L)
                    when (arrive(topic = "t${it % 16}", at = at, filter = small)) {
                        PASS -> passed.increment()
                        OPEN -> opened.merge(number, 1, Int::plus)
                        SUPPRESS -> Unit
                    }
                }
            }
        }
        threads.forEach { it.join() }
        small.close()
        assertThat(passed.sum() + summaries.sumOf { it.suppressed }).isEqualTo(80_000)
        assertThat(summaries).hasSize(opened.values.sum())
    }
}
