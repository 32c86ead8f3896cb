// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.Offset
import dev.jitney.spi.Cursor.Progress
import dev.jitney.spi.Cursor.Range
import java.util.TreeMap

/**
 * How far a durable subscription has come: the lowest unfinished offset, and the ranges that are
 * finished above it (DSU-2). Safe for concurrent use: one thread reads the log, many finish events.
 *
 * ```
 *   0 ........ low ... done ... done ... read ........ end of the log
 *   all finished   ^ begun      ^ begun  ^ not read yet
 * ```
 *
 * INVARIANTS: what lies below [read] is finished or begun; [done] holds ranges, first to behind the
 * last, that lie above [low] and neither overlap nor touch each other or it. So between two ranges
 * there is an event that has begun, and there are never more ranges than such events, or than there
 * were at the start.
 */
internal class Checkpoint(from: Progress) {
    private var low = from.checkpoint().value()
    private val done = TreeMap<Long, Long>()
    private var read = low

    init {
        for (range in from.above()) done[range.from().value()] = range.to().value()
    }

    /**
     * An event was read; the log has none between it and the one before. Says whether it is to be
     * handled, or was finished before.
     */
    @Synchronized
    fun begin(offset: Long): Boolean {
        if (offset >= read) {
            finish(read, offset)
            read = offset + 1
        }
        return !contains(offset)
    }

    /** The log was read up to an offset, and nothing more found; says whether that was news. */
    @Synchronized
    fun passed(to: Long): Boolean {
        if (to <= read) return false
        finish(read, to)
        read = to
        return true
    }

    /** An event that has begun is finished. */
    @Synchronized
    fun finish(offset: Long): Unit = finish(offset, offset + 1)

    /** Whether the event is finished. */
    @Synchronized
    fun contains(offset: Long): Boolean = offset < low || (done.floorEntry(offset)?.value ?: 0) > offset

    @Synchronized
    fun progress(): Progress =
        Progress(Offset.of(low), done.map { (from, to) -> Range(Offset.of(from), Offset.of(to)) })

    private fun finish(from: Long, to: Long) {
        if (from >= to || to <= low) return
        if (from <= low) {
            low = to
        } else {
            join(from, to)
        }
        while (done.isNotEmpty() && done.firstKey() <= low) low = maxOf(low, done.pollFirstEntry().value)
    }

    private fun join(from: Long, to: Long) {
        var first = from
        var end = to
        val before = done.floorEntry(from)
        if (before != null && before.value >= from) {
            first = before.key
            end = maxOf(end, before.value)
        }
        while (true) {
            val next = done.ceilingEntry(first) ?: break
            if (next.key > end) break
            end = maxOf(end, next.value)
            done.remove(next.key)
        }
        done[first] = end
    }
}
