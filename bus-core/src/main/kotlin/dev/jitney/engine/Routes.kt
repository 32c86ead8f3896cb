// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

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
 * INVARIANTS: changes and route building hold the monitor, so a route in [cache] is never older
 * than the last change; reading the cache takes no lock, listing and counting what is there does. The cache holds at most [limit] topics:
 * when it is full it is emptied, which costs each topic one rebuilding and no bookkeeping per event.
 */
internal class Routes(private val limit: Int = DEFAULT_LIMIT) {
    private val cache = ConcurrentHashMap<String, Route>()
    private val byId = ConcurrentHashMap<String, EngineSubscription>()
    private val exact = HashMap<String, LinkedHashSet<EngineSubscription>>()
    private val wide = LinkedHashSet<EngineSubscription>()
    private val views = LinkedHashSet<EngineLiveEvents>()

    val cached: Int get() = cache.size

    val count: Int
        @Synchronized get() = byId.size

    fun of(topic: String): Route = cache[topic] ?: build(topic)

    fun find(id: String): EngineSubscription? = byId[id]

    @Synchronized
    fun subscriptions(): List<EngineSubscription> = byId.values.sortedBy { it.sequence }

    @Synchronized
    fun add(subscription: EngineSubscription) {
        byId[subscription.id()] = subscription
        val pattern = subscription.pattern()
        if (pattern.exact() && subscription.alsoOn.isEmpty()) {
            exact.getOrPut(pattern.text()) { LinkedHashSet() }.add(subscription)
            cache.remove(pattern.text())
        } else {
            wide.add(subscription)
            cache.clear()
        }
    }

    @Synchronized
    fun remove(subscription: EngineSubscription) {
        byId.remove(subscription.id())
        val pattern = subscription.pattern()
        if (pattern.exact() && subscription.alsoOn.isEmpty()) {
            val same = exact[pattern.text()] ?: return
            if (same.remove(subscription) && same.isEmpty()) exact.remove(pattern.text())
            cache.remove(pattern.text())
        } else if (wide.remove(subscription)) {
            cache.clear()
        }
    }

    @Synchronized
    fun add(view: EngineLiveEvents) {
        views.add(view)
        cache.clear()
    }

    @Synchronized
    fun views(): List<EngineLiveEvents> = views.toList()

    @Synchronized
    fun remove(view: EngineLiveEvents) {
        if (views.remove(view)) cache.clear()
    }

    /** Forgets everything, so that a closed bus keeps no handler alive. */
    @Synchronized
    fun clear() {
        byId.clear()
        exact.clear()
        wide.clear()
        views.clear()
        cache.clear()
    }

    @Synchronized
    private fun build(topic: String): Route {
        val wanted = ArrayList(exact[topic].orEmpty())
        wide.filterTo(wanted) { it.matches(topic) }
        wanted.sortWith(compareByDescending<EngineSubscription> { it.priority() }.thenBy { it.sequence })
        val durableToo = wanted.toTypedArray()
        wanted.removeIf { it.durable }
        val route = Route(
            if (wanted.size == durableToo.size) durableToo else wanted.toTypedArray(),
            durableToo,
            wanted.filter { it.includeRemote }.toTypedArray(),
            views.filter { it.pattern.matches(topic) }.toTypedArray(),
        )
        if (cache.size >= limit) cache.clear()
        cache[topic] = route
        return route
    }

    companion object {
        const val DEFAULT_LIMIT = 4_096
    }
}
