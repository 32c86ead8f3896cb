// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.Event
import dev.jitney.event.EventClock

/**
 * The source and id of the last [capacity] accepted events, with their publications (PUB-4, DUP-1). A key
 * is reserved at publish, released when the event is refused after all, and forgotten [ageMillis] after it
 * was reserved, unless its event has not completed by then. Of an event that has, [keepKey] keeps no more than
 * the key. Safe for concurrent use.
 *
 * A hash map in order of insertion, made by hand so that an event costs no entry, no key and no text of
 * an id. Ids of one clock follow each other, and so do their buckets: most of what is read is at hand.
 *
 * ```
 *   held    ... - e e - e e e -       a ring; - is a place whose key was released, or free
 *               ^ oldest      ^ next  used: how many places that is, size: how many of them are taken
 *   buckets ─▶ place ─▶ chain[place] ─▶ …     places whose keys share a bucket
 * ```
 *
 * INVARIANTS: a place stands in one chain exactly while [held] has a publication for it, or the key of one that has
 * completed, which is an event; a link to no place is [NONE]; there are as many buckets as places, a power of two;
 * without places, one that is empty.
 */
internal class DuplicateWindow(
    private val capacity: Int,
    private val ageMillis: Long,
    private val clock: EventClock,
) : ShortLock() {
    private var held = NOBODY
    private var hashes = NO_NUMBERS
    private var reserved = LongArray(0)
    private var chain = NO_NUMBERS
    private var buckets = NO_BUCKETS
    private var oldest = 0
    private var next = 0
    private var used = 0
    private var size = 0

    /** Who has a key that was asked for: an event's publication, or null where that has completed and is gone. */
    class Taken(val by: EnginePublication?)

    /** Reserves the key, or says who has it. */
    fun reserve(publication: EnginePublication): Taken? {
        val now = clock.millis()
        return locked { reserve(publication, now) }
    }

    private fun reserve(publication: EnginePublication, now: Long): Taken? {
        while (used > 0 && isOver(oldest, now)) dropOldest()
        val hash = publication.event().duplicateHash()
        val first = find(publication, hash)
        if (first != NONE) {
            if (!isOver(first, now)) return Taken(held[first] as? EnginePublication)
            remove(first)
        }
        while (size == capacity) dropOldest()
        if (used == held.size) makeRoom()
        insert(publication, hash, now)
        return null
    }

    // A released place is over, too. A clock that is set back makes nothing older.
    private fun isOver(place: Int, now: Long): Boolean {
        val holder = held[place] ?: return true
        return now - reserved[place] >= ageMillis && (holder !is EnginePublication || holder.completed)
    }

    fun release(publication: EnginePublication): Unit = locked {
        val place = find(publication, publication.event().duplicateHash())
        if (place != NONE && held[place] === publication) remove(place)
    }

    /** Keeps of an event that has completed its key alone, without payload and results. */
    fun keepKey(publication: EnginePublication): Unit = locked {
        val place = find(publication, publication.event().duplicateHash())
        if (place != NONE && held[place] === publication) held[place] = publication.event().duplicateKey()
    }

    fun clear(): Unit = locked {
        used = 0
        rebuild(0)
    }

    private fun find(publication: EnginePublication, hash: Int): Int {
        var place = buckets[hash and buckets.size - 1]
        while (place != NONE && !(hashes[place] == hash && isSame(held[place]!!, publication))) place = chain[place]
        return place
    }

    private fun isSame(holder: Any, other: EnginePublication): Boolean {
        val event = if (holder is EnginePublication) holder.event() else holder as Event
        return event.isDuplicateOf(other.event())
    }

    private fun insert(holder: Any, hash: Int, now: Long) {
        val place = next
        held[place] = holder
        hashes[place] = hash
        reserved[place] = now
        val bucket = hash and buckets.size - 1
        chain[place] = buckets[bucket]
        buckets[bucket] = place
        next = place + 1 and held.size - 1
        used++
        size++
    }

    private fun dropOldest() {
        if (held[oldest] != null) remove(oldest)
        oldest = oldest + 1 and held.size - 1
        used--
    }

    private fun remove(place: Int) {
        val bucket = hashes[place] and buckets.size - 1
        if (buckets[bucket] == place) {
            buckets[bucket] = chain[place]
        } else {
            var before = buckets[bucket]
            while (chain[before] != place) before = chain[before]
            chain[before] = chain[place]
        }
        held[place] = null
        size--
    }

    /** Closes the gaps that releases have left if they are half of it all, else takes twice the places. */
    private fun makeRoom() {
        val places = held.size
        rebuild(if (places != 0 && size <= places / 2) places else maxOf(FIRST_PLACES, 2 * places))
    }

    private fun rebuild(places: Int) {
        val before = held
        val hash = hashes
        val since = reserved
        val first = oldest
        val count = used
        held = arrayOfNulls(places)
        hashes = IntArray(places)
        reserved = LongArray(places)
        chain = IntArray(places)
        buckets = if (places == 0) NO_BUCKETS else IntArray(places) { NONE }
        oldest = 0
        next = 0
        used = 0
        size = 0
        for (i in first until first + count) {
            val at = i and before.size - 1
            before[at]?.let { insert(it, hash[at], since[at]) }
        }
    }

    private companion object {
        const val NONE = -1
        const val FIRST_PLACES = 16

        // An idle bus holds next to nothing; one bucket, so that nothing is found without a question.
        val NOBODY = emptyArray<Any?>()
        val NO_NUMBERS = IntArray(0)
        val NO_BUCKETS = intArrayOf(NONE)
    }
}
