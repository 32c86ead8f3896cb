// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import org.HdrHistogram.Histogram
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicReference
import java.util.concurrent.locks.LockSupport

/** What a benchmark sends events to. */
internal interface BenchTarget : AutoCloseable {
    /** Gets ready for a run whose latencies go to [histogram], where the target is who knows them. */
    fun begin(histogram: Histogram)

    /** Sends the event with this number, which was due at this time; called by several threads at once. */
    fun send(number: Long, due: Long)

    /** Whether the end of [send] is what is measured. */
    val timesSend: Boolean

    /** Waits until all that was sent has arrived. */
    fun settle()
}

/** What one run has found. */
internal class BenchRun(
    val events: Long,
    /** From the first event that was due to the end of the last. */
    val nanos: Long,
    /** What was due and was not sent, as the load could not be kept up. */
    val unsent: Long,
    val gcMillis: Long,
    val latencies: Histogram,
) {
    /** Events a second. */
    val rate: Double get() = events * NANOS / nanos

    private companion object {
        const val NANOS = 1e9
    }
}

/**
 * Sends one run: in an open loop each event at its time, whatever became of those before it, so that what waits counts
 * (no coordinated omission); in a closed loop each when the one before it has returned.
 *
 * An open loop that falls behind sends on until twice its time is over, or two seconds. What is left then has waited at
 * least that long, and counts with it.
 */
internal class BenchLoad(
    private val plan: BenchPlan,
    private val target: BenchTarget,
    /** Twice that long is the least that an open loop is given, in nanoseconds. */
    private val least: Long = SECOND,
) {
    private val failure = AtomicReference<Throwable>()

    private class Producer(val number: Int) {
        val latencies = histogram()
        var sent = 0L
        var unsent = 0L
    }

    /** Sends for a time, or a number of events where that is 0. */
    fun run(nanos: Long, events: Long): BenchRun {
        val shared = histogram()
        target.begin(shared)
        val gc = BenchEnvironment.gcMillis()
        val go = CountDownLatch(1)
        val start = AtomicReference<Long>()
        val producers = List(plan.producers, ::Producer)
        val threads = producers.map { producer ->
            Thread {
                go.await()
                guarded { send(producer, start.get(), nanos, share(events, producer.number)) }
            }.also {
                it.name = "bus-bench-${producer.number}"
                it.isDaemon = true
                it.start()
            }
        }
        val begun = System.nanoTime()
        start.set(begun)
        go.countDown()
        threads.forEach { it.join() }
        failure.get()?.let { throw it }
        target.settle()
        val took = System.nanoTime() - begun
        for (producer in producers) shared.add(producer.latencies)
        return BenchRun(
            producers.sumOf { it.sent },
            took,
            producers.sumOf { it.unsent },
            BenchEnvironment.gcMillis() - gc,
            shared,
        )
    }

    private fun share(events: Long, producer: Int): Long {
        val rest = if (producer < events % plan.producers) 1 else 0
        return events / plan.producers + rest
    }

    private fun guarded(work: () -> Unit) {
        try {
            work()
        } catch (
            @Suppress("TooGenericExceptionCaught") e: Throwable,
        ) {
            failure.compareAndSet(null, e)
        }
    }

    private fun send(producer: Producer, start: Long, nanos: Long, events: Long) {
        val rate = plan.rate
        if (rate == null) closed(producer, start, nanos, events) else open(producer, start, nanos, events, rate)
    }

    private fun closed(producer: Producer, start: Long, nanos: Long, events: Long) {
        var number = producer.number.toLong()
        while (failure.get() == null) {
            val due = System.nanoTime()
            if (if (events > 0) producer.sent >= events else due - start >= nanos) return
            one(producer, number, due)
            number += plan.producers
        }
    }

    private fun open(producer: Producer, start: Long, nanos: Long, events: Long, rate: Double) {
        val gap = NANOS * plan.producers / rate
        // Their turns are spread evenly, not all at once.
        val offset = gap * producer.number / plan.producers
        val planned = if (events > 0) events else ((nanos - offset) / gap).toLong().coerceAtLeast(1)
        val end = start + 2 * maxOf((planned * gap + offset).toLong(), least)
        var number = producer.number.toLong()
        for (i in 0 until planned) {
            if (failure.get() != null) return
            val due = start + (offset + i * gap).toLong()
            val now = awaitDue(due)
            if (now > end) {
                producer.unsent++
                producer.latencies.recordValue(bounded(now - due))
            } else {
                one(producer, number, due)
                number += plan.producers
            }
        }
    }

    private fun one(producer: Producer, number: Long, due: Long) {
        target.send(number, due)
        producer.sent++
        if (target.timesSend) producer.latencies.recordValue(bounded(System.nanoTime() - due))
    }

    // Parking may take that much too long: the rest is spun.
    private fun awaitDue(due: Long): Long {
        while (true) {
            val now = System.nanoTime()
            val left = due - now
            if (left <= 0) return now
            if (left > SPIN) LockSupport.parkNanos(left - SPIN) else Thread.onSpinWait()
        }
    }

    companion object {
        private const val NANOS = 1e9
        private const val SPIN = 100_000L
        private const val SECOND = 1_000_000_000L
        private const val LONGEST = 3_600_000_000_000L
        private const val DIGITS = 3

        /** Returns an empty one, for up to an hour in nanoseconds, with three digits. */
        fun histogram(): Histogram = org.HdrHistogram.AtomicHistogram(LONGEST, DIGITS)

        /** Returns a latency as a histogram takes it. */
        fun bounded(nanos: Long): Long = nanos.coerceIn(0, LONGEST)
    }
}
