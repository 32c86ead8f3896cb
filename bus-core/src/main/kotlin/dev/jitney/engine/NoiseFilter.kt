// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.Severity
import java.time.Duration
import java.time.Instant

/**
 * Silences what repeats too often (DUP-2): more than [threshold] events of one source, topic and severity
 * that arrive within a window. Knows no clock: time is that of arrival, as the caller passes it, never that
 * of the events. Safe for concurrent use; one monitor, since a bus has no filter unless told to.
 *
 * The first event too many opens a silence as long as the window, and is its first victim. When that is over
 * a [Summary] goes to [closed], once and outside the monitor, and counting begins again: a stream that never
 * ends shows [threshold] events in each window. Since each severity is counted by itself, the first events of
 * a worse one always pass.
 *
 * **Limits.** [capacity] streams, 4 096 by default, with 8 bytes for each event up to the threshold. A stream
 * too many pushes out the one that has been quiet for longest, whose silence then ends early.
 *
 * ```
 *   streams   all, in the order of their last arrival         open   those silenced, in the order of opening
 * ```
 */
internal class NoiseFilter(
    private val threshold: Int,
    window: Duration,
    private val capacity: Int = MAX_STREAMS,
    private val closed: (Summary) -> Unit,
) {
    /** What to do with an event. OPEN is SUPPRESS, and the opening event is due. */
    enum class Verdict { PASS, OPEN, SUPPRESS }

    /**
     * What a silence has swallowed.
     *
     * @param suppressed how many events, exactly
     * @param first when the first of them arrived
     * @param last when the last of them arrived
     */
    class Summary(
        val source: String,
        val topic: String,
        val severity: Severity,
        val suppressed: Long,
        val first: Instant,
        val last: Instant,
    )

    private val windowNanos: Long
    private val streams = LinkedHashMap<Key, Stream>(16, 0.75f, true)
    private val open = LinkedHashSet<Stream>()

    init {
        require(threshold in 1..MAX_THRESHOLD) {
            "Noise threshold '$threshold' is out of range. Use 1 to $MAX_THRESHOLD events."
        }
        require(window > Duration.ZERO && window <= MAX_WINDOW) {
            "Noise window '$window' is out of range. Use more than zero, up to ${MAX_WINDOW.toDays()} days."
        }
        require(capacity >= 1) { "Noise capacity '$capacity' is out of range. Use 1 or more." }
        windowNanos = window.toNanos()
    }

    private data class Key(val source: String, val topic: String, val severity: Severity)

    /** The arrivals of one key that count: at most [threshold], or the silence that they led to. */
    private inner class Stream(val key: Key, var lastArrival: Long) {
        private var times = LongArray(minOf(threshold, FIRST_TIMES))
        private var oldest = 0
        private var size = 0
        var openedAt = 0L
        var suppressed = 0L
        var first: Instant = Instant.EPOCH
        var last: Instant = Instant.EPOCH

        fun isFullAt(time: Long) = size == threshold && time - times[oldest] <= windowNanos

        fun remember(time: Long) {
            if (size == threshold) {
                times[oldest] = time
                oldest = (oldest + 1) % threshold
                return
            }
            // Does not wrap before it has grown to the threshold, so what was in order stays so.
            if (size == times.size) times = times.copyOf(minOf(2 * size, threshold))
            times[size++] = time
        }

        fun suppress(now: Instant) {
            if (suppressed++ == 0L) first = now
            last = maxOf(last, now)
        }

        fun startOver() {
            oldest = 0
            size = 0
            suppressed = 0
            last = Instant.EPOCH
        }

        fun summary() = Summary(key.source, key.topic, key.severity, suppressed, first, last)
    }

    /** Counts an event that arrives [now] and says what to do with it. */
    fun arrive(source: String, topic: String, severity: Severity, now: Instant): Verdict {
        val ended = ArrayList<Summary>(0)
        val verdict = synchronized(this) {
            val time = nanosOf(now)
            val stream = streamOf(Key(source, topic, severity), time, ended)
            // Two threads may read the clock in one order and arrive in the other.
            stream.lastArrival = maxOf(stream.lastArrival, time)
            judge(stream, stream.lastArrival, now, ended)
        }
        ended.forEach(closed)
        return verdict
    }

    private fun judge(stream: Stream, time: Long, now: Instant, ended: MutableList<Summary>): Verdict {
        if (stream in open) {
            if (time - stream.openedAt < windowNanos) {
                stream.suppress(now)
                return Verdict.SUPPRESS
            }
            endSilence(stream, ended)
        }
        if (!stream.isFullAt(time)) {
            stream.remember(time)
            return Verdict.PASS
        }
        stream.startOver()
        stream.openedAt = time
        stream.suppress(now)
        open += stream
        return Verdict.OPEN
    }

    private fun streamOf(key: Key, time: Long, ended: MutableList<Summary>): Stream {
        val known = streams[key]
        if (known != null) {
            // A clock that was ahead by more than a window has been set right: what it said counts no more.
            if (known.lastArrival - time > windowNanos) {
                endSilence(known, ended)
                known.lastArrival = time
            }
            return known
        }
        if (streams.size >= capacity) forget(streams.values.first(), ended)
        return Stream(key, time).also { streams[key] = it }
    }

    /**
     * Ends the silences whose window has passed. To be called when a silence may be due: a window after OPEN,
     * then at the time that this returns, until it returns null.
     */
    fun expire(now: Instant): Instant? {
        val ended = ArrayList<Summary>(0)
        val due = synchronized(this) {
            val time = nanosOf(now)
            while (open.isNotEmpty() && isOver(open.first(), time)) forget(open.first(), ended)
            while (streams.isNotEmpty() && isIdle(streams.values.first(), time)) forget(streams.values.first(), ended)
            open.firstOrNull()?.let { now.plusNanos(windowNanos - (time - it.openedAt)) }
        }
        ended.forEach(closed)
        return due
    }

    /** Ends all silences, each with its summary, and forgets everything. */
    fun close() {
        val ended = ArrayList<Summary>(0)
        synchronized(this) {
            while (open.isNotEmpty()) forget(open.first(), ended)
            streams.clear()
        }
        ended.forEach(closed)
    }

    // One that opened more than a window ahead of now did so by a clock that has been set back.
    private fun isOver(stream: Stream, time: Long) =
        time - stream.openedAt >= windowNanos || stream.openedAt - time > windowNanos

    private fun isIdle(stream: Stream, time: Long) = stream !in open && time - stream.lastArrival > windowNanos

    private fun forget(stream: Stream, ended: MutableList<Summary>) {
        endSilence(stream, ended)
        streams.remove(stream.key)
    }

    private fun endSilence(stream: Stream, ended: MutableList<Summary>) {
        if (open.remove(stream)) ended += stream.summary()
        stream.startOver()
    }

    companion object {
        const val MAX_STREAMS: Int = 4_096
        const val MAX_THRESHOLD: Int = 1_000
        val MAX_WINDOW: Duration = Duration.ofDays(365)
        private const val FIRST_TIMES = 4
        private const val NANOS_PER_SECOND = 1_000_000_000L
        private const val LAST_SECOND = Long.MAX_VALUE / NANOS_PER_SECOND / 4

        /** Nanoseconds since 1970, cut far enough from the ends that two of them can be subtracted. */
        private fun nanosOf(time: Instant): Long =
            time.epochSecond.coerceIn(-LAST_SECOND, LAST_SECOND) * NANOS_PER_SECOND + time.nano
    }
}
