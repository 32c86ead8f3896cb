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
 * that a publication which a user keeps holds no later one.
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

    fun add(node: LaneNode) {
        val previous = last.getAndSet(node)
        previous.next = node
    }

    /**
     * Takes the oldest node, or returns null if there is none. A node whose producer is between its
     * two steps is not there yet; that producer wakes the lane afterwards.
     */
    @Synchronized
    fun poll(): LaneNode? {
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
            if (!next.spent || poll() == null) return false
        }
    }

    fun isNext(node: LaneNode): Boolean = first() === node

    /** False also while a node is being added. Takes no lock. */
    val isEmpty: Boolean get() = first === stub && last.get() === stub

    /** What waits, in order, a node apart that is just being added. */
    @Synchronized
    fun toList(): List<LaneNode> {
        val all = ArrayList<LaneNode>()
        var node = first()
        while (node != null) {
            if (node !== stub) all.add(node)
            node = node.next
        }
        return all
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
