// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.TopicPattern
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
 * Reading a route is one look into a map. A topic that is new, or whose subscriptions have changed, is looked up in
 * the [index][PatternIndex] of patterns.
 *
 * INVARIANTS: changes and route building hold the monitor, so a route in [cache] is never older than the last change:
 * a change of an exact pattern marks its topic [STALE], one of a wildcard takes the topics that match out, or, where
 * there are many, begins another cache. Reading takes no lock: a reader may have seen the cache that was there when
 * it asked. At most [limit] topics are cached; [hand] goes round and takes one out for each new one, in the order of
 * the map, which is none. [shared] has the routes that wildcards alone have made, so that topics with the same
 * handlers have one between them, and nothing keeps a handler that is gone.
 */
internal class Routes(private val limit: Int = DEFAULT_LIMIT) {
    @Volatile
    private var cache = ConcurrentHashMap<String, Route>()
    private var hand: MutableIterator<String>? = null
    private val shared = HashMap<List<EngineSubscription>, Route>()
    private val bySequence = ConcurrentHashMap<Long, EngineSubscription>()
    private val index = PatternIndex<EngineSubscription>()
    private val views = LinkedHashSet<EngineLiveEvents>()
    private val viewIndex = PatternIndex<EngineLiveEvents>()

    val cached: Int get() = cache.size

    val count: Int
        @Synchronized get() = bySequence.size

    fun of(topic: String): Route {
        val known = cache[topic]
        return if (known == null || known === STALE) build(topic) else known
    }

    fun find(id: String): EngineSubscription? = HandlerName.sequenceOf(id)?.let(bySequence::get)

    /** Those that are there before and after the call, and maybe others; holds nobody up. */
    fun subscriptions(): List<EngineSubscription> = bySequence.values.sortedBy { it.sequence }

    @Synchronized
    fun add(subscription: EngineSubscription) {
        bySequence[subscription.sequence] = subscription
        index.add(subscription.pattern(), subscription)
        forget(subscription.pattern())
        for (pattern in subscription.alsoOn) {
            index.add(pattern, subscription)
            forget(pattern)
        }
    }

    @Synchronized
    fun remove(subscription: EngineSubscription) {
        bySequence.remove(subscription.sequence)
        remove(subscription.pattern(), subscription)
        for (pattern in subscription.alsoOn) remove(pattern, subscription)
    }

    private fun remove(pattern: TopicPattern, subscription: EngineSubscription) {
        if (index.remove(pattern, subscription)) forget(pattern)
    }

    @Synchronized
    fun add(view: EngineLiveEvents) {
        views.add(view)
        viewIndex.add(view.pattern, view)
        forget(view.pattern)
    }

    @Synchronized
    fun views(): List<EngineLiveEvents> = views.toList()

    @Synchronized
    fun remove(view: EngineLiveEvents) {
        views.remove(view)
        if (viewIndex.remove(view.pattern, view)) forget(view.pattern)
    }

    /** Forgets everything, so that a closed bus keeps no handler alive. */
    @Synchronized
    fun clear() {
        bySequence.clear()
        index.clear()
        views.clear()
        viewIndex.clear()
        forgetAll()
    }

    // ---- the cache

    /** What the pattern matches is worked out anew. */
    private fun forget(pattern: TopicPattern) {
        if (pattern.exact()) {
            // Not removed: it keeps its place for whoever is subscribed next.
            cache.replace(pattern.text(), STALE)
        } else if (cache.size > FEW) {
            forgetAll()
        } else {
            cache.keys.removeIf(pattern::matches)
            shared.clear()
            hand = null
        }
    }

    private fun forgetAll() {
        cache = ConcurrentHashMap()
        shared.clear()
        hand = null
    }

    @Synchronized
    private fun build(topic: String): Route {
        val cache = cache
        // Someone else may have been first.
        cache[topic]?.let { if (it !== STALE) return it }
        val wanted = ArrayList<EngineSubscription>()
        val own = index.exactly(topic, wanted)
        index.byStar(topic, wanted)
        inOrder(wanted)
        val seen = viewsOf(topic)
        val route = if (own || seen.isNotEmpty()) routeOf(wanted, seen) else sharedRoute(wanted)
        if (cache.put(topic, route) == null && cache.size > limit) evict(topic)
        return route
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
        wanted.sortWith(ORDER)
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

    /** Takes out one topic, but not the one that has just come. */
    private fun evict(newest: String) {
        while (cache.size > limit) {
            val next = hand?.takeIf { it.hasNext() } ?: cache.keys.iterator().also { hand = it }
            if (next.next() != newest) next.remove()
        }
    }

    companion object {
        /** So many topics have a route in the cache. */
        const val DEFAULT_LIMIT = 65_536

        // So many topics are compared with a wildcard that comes or goes, which takes some microseconds.
        private const val FEW = 256
        private const val MOST_SHARED = 1_024
        private val NOBODY = emptyArray<EngineSubscription>()
        private val NO_VIEWS = emptyArray<EngineLiveEvents>()

        /** In place of a route that is to be worked out anew. */
        private val STALE = Route(NOBODY, NOBODY, NOBODY, NO_VIEWS)
        private val ORDER = compareByDescending<EngineSubscription> { it.priority() }.thenBy { it.sequence }
    }
}
