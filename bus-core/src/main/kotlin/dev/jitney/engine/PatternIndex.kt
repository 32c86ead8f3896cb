// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.TopicPattern

private const val STAR = '*'

/** So many members stay a list: to find one of them costs no more than in a set. */
private const val LONG = 16

/**
 * Finds what was added with patterns that match a topic (TOP-2): what has the very topic in a map, all
 * others in a tree of segments. A look costs as much as the segments of the topic and what matches it,
 * however many patterns there are.
 *
 * ```
 *   root ─ orders ─ placed ─ *     orders.placed.*  ends in `more` of placed
 *     │       └──── * ────── eu    orders.*.eu      ends in `here` of eu
 *     └─ *                         *                ends in `more` of the root
 * ```
 *
 * INVARIANTS: no node but the root is empty. Where a star in the middle stands beside a segment both ways are
 * gone; each node lies on one way only, so a look never visits more nodes than there are. Not thread-safe.
 */
internal class PatternIndex<T : Any> {
    private val exact = HashMap<String, Members<T>>()
    private val root = Node<T>()

    fun add(pattern: TopicPattern, member: T) {
        val text = pattern.text()
        if (pattern.exact()) {
            exact.getOrPut(text) { Members() }.add(member)
        } else {
            root.enter(text).add(member)
        }
    }

    /** Says whether it was there. */
    fun remove(pattern: TopicPattern, member: T): Boolean {
        val text = pattern.text()
        if (!pattern.exact()) return root.remove(text, 0, member)
        val same = exact[text] ?: return false
        return same.remove(member).also { if (same.isEmpty) exact.remove(text) }
    }

    /** Adds those whose pattern is the topic itself, and says whether there are any. */
    fun exactly(topic: String, into: MutableCollection<in T>): Boolean {
        val same = exact[topic] ?: return false
        same.addTo(into)
        return true
    }

    /** Adds those whose pattern has a star and matches the topic, in no order. */
    fun byStar(topic: String, into: MutableCollection<in T>): Unit = root.collect(topic, 0, into)

    fun clear() {
        exact.clear()
        root.clear()
    }

    /** How many nodes there are; for tests. */
    val nodes: Int get() = exact.size + root.count()

    /** What was added with one pattern, in order: mostly one, a list where it is short, a set where it is long. */
    private class Members<T : Any> {
        private var only: T? = null
        private var several: MutableCollection<T>? = null

        val isEmpty: Boolean get() = only == null && several.isNullOrEmpty()

        fun add(member: T) {
            when (val all = several) {
                null -> if (only == null) {
                    only = member
                } else if (only != member) {
                    become(arrayListOf(only!!, member))
                }

                is LinkedHashSet -> all.add(member)

                else -> if (member !in all) roomFor(all).add(member)
            }
        }

        private fun roomFor(all: MutableCollection<T>) = if (all.size == LONG) become(LinkedHashSet(all)) else all

        private fun become(all: MutableCollection<T>): MutableCollection<T> {
            only = null
            several = all
            return all
        }

        fun remove(member: T): Boolean {
            val all = several ?: return (only == member).also { if (it) only = null }
            return all.remove(member)
        }

        fun addTo(into: MutableCollection<in T>) {
            only?.let(into::add)
            several?.let(into::addAll)
        }
    }

    /** A place in the tree, after some segments. */
    private class Node<T : Any> {
        private var children: HashMap<String, Node<T>>? = null
        private var star: Node<T>? = null

        // Patterns that end here, and those whose last star does: for topics that go on.
        private var here: Members<T>? = null
        private var more: Members<T>? = null

        private val isEmpty: Boolean get() = here == null && more == null && star == null && children == null

        /** The members of a pattern, made where there are none. */
        fun enter(pattern: String): Members<T> {
            var node = this
            var at = 0
            while (true) {
                val end = endOf(pattern, at)
                val isLast = end == pattern.length
                val isStar = pattern[at] == STAR
                if (isLast && isStar) return node.more ?: Members<T>().also { node.more = it }
                node = if (isStar) {
                    node.star ?: Node<T>().also { node.star = it }
                } else {
                    node.child(pattern.substring(at, end))
                }
                if (isLast) return node.here ?: Members<T>().also { node.here = it }
                at = end + 1
            }
        }

        private fun child(segment: String): Node<T> =
            (children ?: HashMap<String, Node<T>>(2).also { children = it }).getOrPut(segment) { Node() }

        /** Removes the member of a pattern whose rest begins at [at], and whatever is empty then. */
        fun remove(pattern: String, at: Int, member: T): Boolean {
            if (at > pattern.length) return removeHere(member)
            val end = endOf(pattern, at)
            val isStar = pattern[at] == STAR
            if (isStar && end == pattern.length) return removeMore(member)
            val segment = if (isStar) null else pattern.substring(at, end)
            val next = (if (segment == null) star else children?.get(segment)) ?: return false
            val removed = next.remove(pattern, end + 1, member)
            if (next.isEmpty) drop(segment)
            return removed
        }

        private fun removeHere(member: T): Boolean {
            val members = here ?: return false
            return members.remove(member).also { if (members.isEmpty) here = null }
        }

        private fun removeMore(member: T): Boolean {
            val members = more ?: return false
            return members.remove(member).also { if (members.isEmpty) more = null }
        }

        private fun drop(segment: String?) {
            if (segment == null) {
                star = null
                return
            }
            val all = children!!
            all.remove(segment)
            if (all.isEmpty()) children = null
        }

        fun collect(topic: String, at: Int, into: MutableCollection<in T>) {
            more?.addTo(into)
            val all = children
            if (all == null && star == null) return
            val end = endOf(topic, at)
            all?.get(topic.substring(at, end))?.collectNext(topic, end, into)
            star?.collectNext(topic, end, into)
        }

        private fun collectNext(topic: String, end: Int, into: MutableCollection<in T>) {
            if (end < topic.length) return collect(topic, end + 1, into)
            here?.addTo(into)
        }

        fun clear() {
            children = null
            star = null
            here = null
            more = null
        }

        fun count(): Int = children.orEmpty().values.sumOf { 1 + it.count() } + (star?.let { 1 + it.count() } ?: 0)

        private fun endOf(text: String, at: Int): Int {
            val dot = text.indexOf('.', at)
            return if (dot < 0) text.length else dot
        }
    }
}
