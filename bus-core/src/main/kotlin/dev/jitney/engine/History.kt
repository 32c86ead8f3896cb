// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Publication

/**
 * The last [capacity] completed publications; the oldest go first (HIS-1). Safe for concurrent use.
 *
 * ```
 *   ring   ... o n n n n          next: where the next one goes; the newest stands before it
 *              ^ oldest  ^ next   size: how many there are, never more than the ring has places
 * ```
 *
 * A lock and not a counter over the places: a thread that is stopped between taking a place and filling
 * it would later put an old event over a new one, and `find` would miss what it was asked for. On a serial
 * lane nobody competes for it. The ring grows to its capacity, so that an idle bus holds next to nothing;
 * after that adding makes no object.
 */
internal class History(private val capacity: Int) : ShortLock() {
    init {
        require(capacity >= 0) { "History '$capacity' is negative. Use zero to keep none, or more." }
    }

    private var ring = NONE
    private var next = 0
    private var size = 0

    /** Whether it keeps nothing. */
    val isNone: Boolean get() = capacity == 0

    /** Returns the publication that goes for this one, null if none does. */
    fun add(publication: Publication): Publication? = if (capacity == 0) null else locked { append(publication) }

    private fun append(publication: Publication): Publication? {
        if (size == ring.size && size < capacity) grow()
        val gone = ring[next]
        ring[next] = publication
        next = if (next + 1 == ring.size) 0 else next + 1
        if (size < ring.size) size++
        return gone
    }

    // Never wrapped before it has grown to its capacity: what was in order stays so.
    private fun grow() {
        next = size
        ring = ring.copyOf(minOf(maxOf(2L * size, FIRST_PLACES), capacity.toLong()).toInt())
    }

    /** Returns what is kept now, the one completed last first. */
    fun newestFirst(): List<Publication> {
        val all = oldestFirst()
        val turned = ArrayList<Publication>(all.size)
        for (at in all.indices.reversed()) turned.add(all[at]!!)
        return turned
    }

    // Copied in two pieces, and turned without the lock, which publishers wait for.
    private fun oldestFirst(): Array<Publication?> = locked {
        val all = arrayOfNulls<Publication>(size)
        // Where the oldest stands; while there is room it is the first.
        val oldest = if (size == ring.size) next else 0
        ring.copyInto(all, 0, oldest, size)
        ring.copyInto(all, size - oldest, 0, oldest)
        all
    }

    fun clear(): Unit = locked {
        ring = NONE
        next = 0
        size = 0
    }

    private companion object {
        const val FIRST_PLACES = 16L
        val NONE = emptyArray<Publication?>()
    }
}
