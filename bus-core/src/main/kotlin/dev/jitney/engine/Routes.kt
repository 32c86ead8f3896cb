// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.TopicPattern
import java.util.Collections
import java.util.concurrent.ConcurrentHashMap

/** Who gets the events of one topic; worked out once (TOP-4). Never changed. */
internal class Route(
    /** All handlers but durable ones, in the order in which they run. */
    val all: Array<EngineSubscription>,
    /** All handlers: those of durable subscriptions get what is replayed, too. */
    val durableToo: Array<EngineSubscription>,
    /** Those of [all] that want events of other processes too. */
    val remote: Array<EngineSubscription>,
    val views: Array<EngineLiveEvents>,
) {
    /** Whether a handler says that it blocks (ORD-10). */
    val blocking: Boolean = all.any { it.invoker.blocking }

    /** Whether a handler's wanting an event depends on more than the topic. */
    val selective: Boolean = durableToo.any { it.selective }

    /** Whether a durable subscription gets the topic from the store. */
    val durable: Boolean = durableToo.size > all.size
}

/**
 * The subscriptions and live views of a bus, and the routes made from them.
 *
 * A known topic has its route. For one that is new, or whose subscriptions have changed, it is looked up in the
 * [index][PatternIndex] of patterns.
 *
 * INVARIANTS: changes and route building hold the monitor, so the route of a known topic is never older than the last
 * change: a change of an exact pattern takes that of its topic away, one of a wildcard those of topics that match, or,
 * where there are many, counts [version] on, so that all are out of date. Reading takes no lock. [routed] has the topics
 * that had a route in this version, but for some that were forgotten since. What a new version has left is taken away by
 * whoever has made it, without the monitor, so that it holds nobody up: a route that was made in between may go with it.
 * [shared] has the routes that wildcards alone have made, so that topics with the same handlers have one between them.
 * So nothing keeps a handler that is gone.
 */
internal class Routes(private val topics: KnownTopics) {
    @Volatile
    private var version = 0
    private var routed = ArrayList<KnownTopic>()
    private var sweepAt = FEW
    private val shared = HashMap<List<EngineSubscription>, Route>()
    private val bySequence = ConcurrentHashMap<Long, EngineSubscription>()
    private val index = PatternIndex<EngineSubscription>()
    private val views = LinkedHashSet<EngineLiveEvents>()
    private val viewIndex = PatternIndex<EngineLiveEvents>()

    val count: Int
        @Synchronized get() = bySequence.size

    /** How many topics a wildcard that comes or goes has to look at; for tests. */
    val noted: Int
        @Synchronized get() = routed.size

    fun of(topic: String): Route = of(topics.of(topic))

    fun of(topic: KnownTopic): Route = valid(topic) ?: build(topic)

    // Looks in this order, since the version of a route is set after it.
    private fun valid(topic: KnownTopic): Route? = if (topic.routedIn == version) topic.route else null

    fun find(id: String): EngineSubscription? = HandlerName.sequenceOf(id)?.let(bySequence::get)

    /**
     * Those that are there before and after the call, and maybe others, but none that had ended before: one says so
     * before it is taken out. Holds nobody up.
     */
    fun subscriptions(): List<EngineSubscription> {
        val found = ArrayList<EngineSubscription>(bySequence.size)
        for (one in bySequence.values) if (one.active()) found.add(one)
        Collections.sort(found, BySequence)
        return found
    }

    fun add(subscription: EngineSubscription): Unit = change {
        bySequence[subscription.sequence] = subscription
        index.add(subscription.pattern(), subscription)
        outdate(subscription.pattern())
        for (pattern in subscription.alsoOn) {
            index.add(pattern, subscription)
            outdate(pattern)
        }
    }

    fun remove(subscription: EngineSubscription): Unit = change {
        bySequence.remove(subscription.sequence)
        remove(subscription.pattern(), subscription)
        for (pattern in subscription.alsoOn) remove(pattern, subscription)
    }

    private fun remove(pattern: TopicPattern, subscription: EngineSubscription) {
        if (index.remove(pattern, subscription)) outdate(pattern)
    }

    fun add(view: EngineLiveEvents): Unit = change {
        views.add(view)
        viewIndex.add(view.pattern, view)
        outdate(view.pattern)
    }

    @Synchronized
    fun views(): List<EngineLiveEvents> = ArrayList(views)

    fun remove(view: EngineLiveEvents): Unit = change {
        views.remove(view)
        if (viewIndex.remove(view.pattern, view)) outdate(view.pattern)
    }

    /** Forgets everything, so that a closed bus keeps no handler alive. */
    fun clear(): Unit = change {
        bySequence.clear()
        index.clear()
        views.clear()
        viewIndex.clear()
        outdateAll()
    }

    /** Changes who gets what; then takes away what a new version has left. */
    private inline fun change(block: () -> Unit) {
        val before: List<KnownTopic>
        synchronized(this) {
            before = routed
            block()
            if (before === routed) return
        }
        for (topic in before) topic.route = null
    }

    // ---- the routes of topics

    /** What the pattern matches is worked out anew. */
    private fun outdate(pattern: TopicPattern) {
        if (pattern.exact()) {
            topics.find(pattern.text())?.route = null
        } else if (routed.size > FEW) {
            outdateAll()
        } else {
            for (topic in routed) if (pattern.matches(topic.name)) topic.route = null
            shared.clear()
        }
    }

    private fun outdateAll() {
        version++
        routed = ArrayList()
        shared.clear()
    }

    @Synchronized
    private fun build(topic: KnownTopic): Route {
        // Someone else may have been first.
        valid(topic)?.let { return it }
        val wanted = ArrayList<EngineSubscription>()
        val own = index.exactly(topic.name, wanted)
        index.byStar(topic.name, wanted)
        inOrder(wanted)
        val seen = viewsOf(topic.name)
        val route = if (own || seen.isNotEmpty()) routeOf(wanted, seen) else sharedRoute(wanted)
        topic.route = route
        if (topic.forgotten) {
            // No change would be seen on it. One that is forgotten from now on loses its route by itself.
            topic.route = null
        } else if (topic.routedIn != version) {
            noteRouted(topic)
            topic.routedIn = version
        }
        return route
    }

    private fun noteRouted(topic: KnownTopic) {
        if (routed.size >= sweepAt) {
            routed.removeIf { it.forgotten }
            sweepAt = maxOf(FEW, 2 * routed.size)
        }
        routed.add(topic)
    }

    private fun viewsOf(topic: String): Array<EngineLiveEvents> {
        if (views.isEmpty()) return NO_VIEWS
        val found = ArrayList<EngineLiveEvents>()
        viewIndex.exactly(topic, found)
        viewIndex.byStar(topic, found)
        return found.toTypedArray()
    }

    private fun inOrder(wanted: ArrayList<EngineSubscription>) {
        if (wanted.size < 2) return
        Collections.sort(wanted)
        // A handler with several patterns may match by more than one.
        if (wanted.any { it.alsoOn.isNotEmpty() }) {
            val once = LinkedHashSet(wanted)
            wanted.clear()
            wanted.addAll(once)
        }
    }

    private fun sharedRoute(wanted: List<EngineSubscription>): Route {
        shared[wanted]?.let { return it }
        if (shared.size >= MOST_SHARED) shared.clear()
        return routeOf(wanted, NO_VIEWS).also { shared[wanted] = it }
    }

    private fun routeOf(wanted: List<EngineSubscription>, views: Array<EngineLiveEvents>): Route {
        val durableToo = wanted.toTypedArray()
        val all = if (wanted.any { it.durable }) wanted.filterNot { it.durable }.toTypedArray() else durableToo
        val remote = if (all.any { it.includeRemote }) all.filter { it.includeRemote }.toTypedArray() else NOBODY
        return Route(all, durableToo, remote, views)
    }

    private object BySequence : Comparator<EngineSubscription> {
        override fun compare(one: EngineSubscription, other: EngineSubscription): Int =
            one.sequence.compareTo(other.sequence)
    }

    companion object {
        // So many topics are compared with a wildcard that comes or goes, which takes some microseconds.
        private const val FEW = 256
        private const val MOST_SHARED = 1_024
        private val NOBODY = emptyArray<EngineSubscription>()
        private val NO_VIEWS = emptyArray<EngineLiveEvents>()
    }
}
