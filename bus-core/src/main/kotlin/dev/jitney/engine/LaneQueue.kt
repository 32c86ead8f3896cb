// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import java.util.concurrent.atomic.AtomicReference
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater

/** What can stand in a [LaneQueue], in one queue at a time. The link is in the node: no queue entry is made. */
internal abstract class LaneNode {
    @Volatile
    @JvmField
    var next: LaneNode? = null

    /** Whether nothing is to be done for it any more. */
    open val spent: Boolean get() = false

    /** Whether whoever looks for it finds it elsewhere by now. */
    open val begun: Boolean get() = true
}

/**
 * An unbounded queue for many producers: [admission][Admission] bounds it.
 *
 * ```
 *   first ─▶ node ─▶ node ─▶ … ─▶ last      the stub stands in the chain whenever it would be empty
 * ```
 *
 * INVARIANTS: `last` is the node added most recently; every node but `last` links to the next one,
 * or will as soon as its producer has done its second step; a node taken out links to nothing, so
 * that a publication which a user keeps holds no later one. What was taken last is remembered until it has
 * [begun], and the next is taken: it is never nowhere (HIS-1).
 *
 * Adding is one exchange and never waits. Taking needs the monitor, because a drop of the oldest
 * event or a close may take beside the lane.
 */
internal class LaneQueue {
    private val stub = object : LaneNode() {}
    private val last = AtomicReference<LaneNode>(stub)

    // Changed under the monitor; volatile for a look without it.
    @Volatile
    private var first: LaneNode = stub

    // Of several who take beside each other the others' are in the list.
    private var taken: LaneNode? = null
    private val alsoTaken = ArrayList<LaneNode>(0)

    fun add(node: LaneNode) {
        val previous = last.getAndSet(node)
        previous.next = node
    }

    /**
     * Takes the oldest node, or returns null if there is none. A node whose producer is between its
     * two steps is not there yet; that producer wakes the lane afterwards.
     */
    @Synchronized
    fun poll(): LaneNode? = unlinkFirst().also(::takes)

    private fun unlinkFirst(): LaneNode? {
        var node = first
        var after = node.next
        if (node === stub) {
            node = after ?: return null
            stub.next = null
            FIRST.lazySet(this, node)
            after = node.next
        }
        if (after != null) return unlink(node, after)
        if (node !== last.get()) return null
        add(stub)
        return node.next?.let { unlink(node, it) }
    }

    /** Remembers what is taken from somewhere else, or that there is nothing to take. */
    @Synchronized
    fun takes(node: LaneNode?) {
        val before = taken
        taken = node
        if (before != null && !before.begun) alsoTaken.add(before)
        sweepTaken()
    }

    /** A node that was taken is kept somewhere else, where it can be found. */
    @Synchronized
    fun leaves(node: LaneNode) {
        if (taken === node) taken = null
    }

    /** Remembers nothing that has begun, where it may take long until the next is taken. */
    @Synchronized
    fun forgetBegun() {
        if (taken?.begun == true) taken = null
        sweepTaken()
    }

    private fun sweepTaken() {
        if (alsoTaken.isNotEmpty()) alsoTaken.removeIf { it.begun }
    }

    /** What was taken and has not begun. */
    @Synchronized
    fun taken(): List<LaneNode> {
        val all = ArrayList<LaneNode>()
        for (node in alsoTaken) if (!node.begun) all.add(node)
        taken?.let { if (!it.begun) all.add(it) }
        return all
    }

    /** The oldest node for which this holds. */
    @Synchronized
    fun find(holds: (LaneNode) -> Boolean): LaneNode? {
        var node = first()
        while (node != null && (node === stub || !holds(node))) node = node.next
        return node
    }

    /** Takes out a node wherever it stands, unless it is the newest, to which the next one will be linked. */
    @Synchronized
    fun remove(node: LaneNode) {
        var before: LaneNode? = null
        var at: LaneNode? = first
        while (at != null && at !== node) {
            before = at
            at = at.next
        }
        val after = at?.next ?: return
        if (before == null) FIRST.lazySet(this, after) else before.next = after
        node.next = null
    }

    /** The node that [poll] would take, or null. */
    @Synchronized
    fun first(): LaneNode? = if (first === stub) stub.next else first

    /** Takes out what stands first and has been [spent][LaneNode.spent], and says whether nothing is left. */
    @Synchronized
    fun sweep(): Boolean {
        while (true) {
            val next = first() ?: return true
            if (!next.spent || unlinkFirst() == null) return false
            if (!next.begun) alsoTaken.add(next)
        }
    }

    fun isNext(node: LaneNode): Boolean = first() === node

    /** False also while a node is being added. Takes no lock. */
    val isEmpty: Boolean get() = first === stub && last.get() === stub

    /** What waits, in order: all whose adding is over, and perhaps some that are just being added. */
    @Synchronized
    fun toList(): List<LaneNode> {
        val all = ArrayList<LaneNode>()
        val end = last.get()
        var node = first
        while (true) {
            if (node !== stub) all.add(node)
            if (node === end) return all
            node = follower(node)
        }
    }

    /** Behind a producer that is between its two steps there may be nodes whose adding is over. */
    private fun follower(node: LaneNode): LaneNode {
        while (true) {
            node.next?.let { return it }
            Thread.yield()
        }
    }

    private fun unlink(node: LaneNode, after: LaneNode): LaneNode {
        FIRST.lazySet(this, after)
        node.next = null
        return node
    }

    private companion object {
        val FIRST: AtomicReferenceFieldUpdater<LaneQueue, LaneNode> =
            AtomicReferenceFieldUpdater.newUpdater(LaneQueue::class.java, LaneNode::class.java, "first")
    }
}
