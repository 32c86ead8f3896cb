// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import dev.jitney.bench.Latencies

/**
 * What one receiver has had of events that are numbered from 0. One thread at a time adds to it; others may look at
 * [count].
 */
internal class Tally {
    private var next = 0L

    @Volatile
    var count: Long = 0
        private set

    /** Numbers that were passed over. */
    var missing: Long = 0
        private set

    /** Numbers that came when a later one had come, or a second time. */
    var again: Long = 0
        private set

    fun add(seq: Long) {
        when {
            seq == next -> next++

            seq > next -> {
                missing += seq - next
                next = seq + 1
            }

            else -> again++
        }
        count++
    }

    /** Whether it has had each of so many events once, in order. */
    fun complete(sent: Long): Boolean = count == sent && next == sent && missing == 0L && again == 0L

    override fun toString(): String = "$count events, $missing missing, $again doubled or late"
}

/** Latencies, and those while the measurement itself was in the way apart from them. */
internal class Split {
    val own = Latencies()
    val apart = Latencies()

    fun add(nanos: Long, disturbed: Boolean) {
        (if (disturbed) apart else own).add(nanos)
    }
}
