// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

/** What is published. Handlers add up [value]; [at] is when it was to be published, for open loops. */
internal class Item(@JvmField val value: Int, @JvmField val producer: Int = 0, @JvmField val seq: Long = 0) {
    @JvmField
    var at: Long = 0
}

/**
 * Payloads made beforehand, for peers as for us: what the application allocates is no bus's.
 * There are more than any queue here holds, so that none is changed while it is on its way.
 */
internal object Items {
    const val COUNT = 1 shl 18
    const val MASK = COUNT - 1
    val all: Array<Item> = Array(COUNT) { Item(it * 31 and 0xff) }
    private val upTo = LongArray(COUNT + 1).also { for (i in 0 until COUNT) it[i + 1] = it[i] + all[i].value }

    /** The sum of the values of [count] items in a row from the one at [from], which may wrap around. */
    fun sum(from: Long, count: Long): Long = before(from + count) - before(from)

    private fun before(end: Long) = end / COUNT * upTo[COUNT] + upTo[(end % COUNT).toInt()]
}
