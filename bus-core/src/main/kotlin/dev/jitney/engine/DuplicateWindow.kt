// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import java.time.InstantSource

/**
 * The source and id of the last [capacity] accepted events, with their publications (PUB-4, DUP-1). A key
 * is reserved at publish, released when the event is refused after all, and forgotten [ageMillis] after it
 * was reserved, unless its event has not completed by then. Safe for concurrent use.
 *
 * A hash map in order of insertion, made by hand so that an event costs no entry and no key:
 *
 * ```
 *   buckets ─▶ slot ─▶ chain[slot] ─▶ …      slots whose keys share a bucket
 *   oldest  ─▶ newer[slot] ─▶ … ─▶ newest    all slots in use, also linked back by older
 *   free    ─▶ newer[slot] ─▶ …              all others
 * ```
 *
 * INVARIANTS: a slot is in use exactly while [held] has a publication for it, and stands in one chain
 * and in the list then; a link to no slot is [NONE]; there are as many buckets as slots, a power of two.
 */
internal class DuplicateWindow(
    private val capacity: Int,
    private val ageMillis: Long,
    private val clock: InstantSource,
) {
    private var held = arrayOfNulls<EnginePublication>(FIRST_SLOTS)
    private var hashes = IntArray(FIRST_SLOTS)
    private var reserved = LongArray(FIRST_SLOTS)
    private var chain = IntArray(FIRST_SLOTS)
    private var older = IntArray(FIRST_SLOTS)
    private var newer = IntArray(FIRST_SLOTS)
    private var buckets = IntArray(FIRST_SLOTS)
    private var oldest = NONE
    private var newest = NONE
    private var free = NONE
    private var size = 0

    init {
        clear()
    }

    /** Reserves the key, or returns the publication that has it. */
    fun reserve(publication: EnginePublication): EnginePublication? {
        val now = clock.millis()
        return synchronized(this) { reserve(publication, now) }
    }

    private fun reserve(publication: EnginePublication, now: Long): EnginePublication? {
        while (oldest != NONE && isOver(oldest, now)) remove(oldest)
        val hash = hashOf(publication)
        val first = find(publication, hash)
        if (first != NONE) {
            if (!isOver(first, now)) return held[first]
            remove(first)
        }
        if (size == capacity) remove(oldest)
        if (free == NONE) grow()
        insert(publication, hash, now)
        return null
    }

    // A clock that is set back makes nothing older.
    private fun isOver(slot: Int, now: Long) = now - reserved[slot] >= ageMillis && held[slot]!!.completed

    @Synchronized
    fun release(publication: EnginePublication) {
        val slot = find(publication, hashOf(publication))
        if (slot != NONE && held[slot] === publication) remove(slot)
    }

    @Synchronized
    fun clear() {
        held.fill(null)
        buckets.fill(NONE)
        oldest = NONE
        newest = NONE
        free = NONE
        size = 0
        addFree(0)
    }

    private fun find(publication: EnginePublication, hash: Int): Int {
        var slot = buckets[hash and buckets.size - 1]
        while (slot != NONE && !(hashes[slot] == hash && same(held[slot]!!, publication))) slot = chain[slot]
        return slot
    }

    private fun insert(publication: EnginePublication, hash: Int, now: Long) {
        val slot = free
        free = newer[slot]
        held[slot] = publication
        hashes[slot] = hash
        reserved[slot] = now
        older[slot] = newest
        newer[slot] = NONE
        if (newest == NONE) oldest = slot else newer[newest] = slot
        newest = slot
        putInChain(slot)
        size++
    }

    private fun putInChain(slot: Int) {
        val bucket = hashes[slot] and buckets.size - 1
        chain[slot] = buckets[bucket]
        buckets[bucket] = slot
    }

    private fun remove(slot: Int) {
        takeFromChain(slot)
        if (older[slot] == NONE) oldest = newer[slot] else newer[older[slot]] = newer[slot]
        if (newer[slot] == NONE) newest = older[slot] else older[newer[slot]] = older[slot]
        held[slot] = null
        newer[slot] = free
        free = slot
        size--
    }

    private fun takeFromChain(slot: Int) {
        val bucket = hashes[slot] and buckets.size - 1
        if (buckets[bucket] == slot) {
            buckets[bucket] = chain[slot]
            return
        }
        var before = buckets[bucket]
        while (chain[before] != slot) before = chain[before]
        chain[before] = chain[slot]
    }

    private fun grow() {
        val slots = held.size
        held = held.copyOf(2 * slots)
        hashes = hashes.copyOf(2 * slots)
        reserved = reserved.copyOf(2 * slots)
        chain = chain.copyOf(2 * slots)
        older = older.copyOf(2 * slots)
        newer = newer.copyOf(2 * slots)
        buckets = IntArray(2 * slots) { NONE }
        for (slot in 0 until slots) putInChain(slot)
        addFree(slots)
    }

    private fun addFree(from: Int) {
        for (slot in held.indices.last downTo from) {
            newer[slot] = free
            free = slot
        }
    }

    private fun hashOf(publication: EnginePublication): Int {
        val hash = 31 * publication.event().source().hashCode() + publication.event().id().hashCode()
        return hash xor (hash ushr 16)
    }

    private fun same(one: EnginePublication, other: EnginePublication) =
        one.event().id() == other.event().id() && one.event().source() == other.event().source()

    private companion object {
        const val NONE = -1
        const val FIRST_SLOTS = 16
    }
}
