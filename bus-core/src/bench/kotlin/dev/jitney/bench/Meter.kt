// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import com.sun.management.ThreadMXBean
import java.lang.management.ManagementFactory

/**
 * Bytes allocated and processor time used by all Java threads, those of pools included; the JVM's own threads, for
 * garbage and compiling, are not among them. A thread that ended in between is not seen before Java 21.
 */
internal class Meter private constructor(
    private val ids: LongArray,
    private val bytes: LongArray,
    private val cpu: LongArray,
    private val total: Long,
) {
    private val began = System.nanoTime()

    /** Puts what was used since this was taken, for each of [events], into [into]. */
    fun since(events: Long, into: MutableMap<String, Double>) {
        val nanos = System.nanoTime() - began
        val now = now()
        val total = now.total - total
        into["ns"] = nanos.toDouble() / events
        into["bytes"] = (if (TOTAL != null) total else grown(now, bytes, now.bytes)).toDouble() / events
        into["cpu"] = grown(now, cpu, now.cpu).toDouble() / events
    }

    private fun grown(now: Meter, before: LongArray, after: LongArray): Long {
        val old = HashMap<Long, Long>()
        ids.forEachIndexed { i, id -> old[id] = before[i] }
        return now.ids.indices.sumOf { i -> maxOf(0, after[i] - (old[now.ids[i]] ?: 0)) }
    }

    companion object {
        private val THREADS = ManagementFactory.getThreadMXBean() as ThreadMXBean

        // Java 21 has it, and counts threads that have ended.
        private val TOTAL = ThreadMXBean::class.java.methods.find { it.name == "getTotalThreadAllocatedBytes" }

        fun now(): Meter {
            val ids = THREADS.allThreadIds
            val cpu = THREADS.getThreadCpuTime(ids)
            val total = TOTAL?.invoke(THREADS) as Long? ?: 0
            return Meter(ids, THREADS.getThreadAllocatedBytes(ids), cpu, total)
        }
    }
}
