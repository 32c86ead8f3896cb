// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import dev.jitney.SubscribeOptions
import dev.jitney.engine.EngineSubscription
import dev.jitney.engine.PlainInvoker
import dev.jitney.engine.Routes
import dev.jitney.event.TopicPattern
import java.util.concurrent.ConcurrentHashMap
import kotlin.concurrent.thread
import dev.jitney.engine.KnownTopics as Topics

/** The part of S10 that finds handlers, without the bus around it, beside the search that it has replaced. */
internal object S10Routes {
    private const val S = "S10"
    private const val NEW = "routes alone, a new topic"
    private const val KNOWN = "routes alone, 50 000 topics at random"
    private const val ONE_OFF = "routes alone, handlers opened and closed"
    private const val OPENING = "routes alone, looks while wildcards come and go"

    val rows: List<Row> = listOf(
        row(NEW, "tree, 1 000 wildcards") { NewTopics(Indexed(1_000)) },
        row(NEW, "search, 1 000 wildcards", Kind.LIMIT) { NewTopics(Searched(1_000)) },
        row(NEW, "tree, 100 000 wildcards") { NewTopics(Indexed(100_000)) },
        row(NEW, "search, 100 000 wildcards", Kind.LIMIT) { NewTopics(Searched(100_000)) },
        row(KNOWN, "tree, cache of 65 536") { KnownTopics(Indexed(1_000)) },
        row(KNOWN, "search, cache of 4 096 that is emptied", Kind.LIMIT) { KnownTopics(Searched(1_000)) },
        row(KNOWN, "search, cache of 65 536", Kind.LIMIT) { KnownTopics(Searched(1_000, limit = 65_536)) },
        row(ONE_OFF, "tree, exact, 10 000 wildcards") { OneOff(Indexed(10_000), "bench.item") },
        row(ONE_OFF, "search, exact, 10 000 wildcards", Kind.LIMIT) { OneOff(Searched(10_000), "bench.item") },
        row(ONE_OFF, "tree, wildcard, 10 000 wildcards") { OneOff(Indexed(10_000), "bench.*") },
        row(ONE_OFF, "search, wildcard, 10 000 wildcards", Kind.LIMIT) { OneOff(Searched(10_000), "bench.*") },
        row(OPENING, "tree, 50 000 topics") { Changing(Indexed(1_000)) },
        row(OPENING, "search, 50 000 topics", Kind.LIMIT) { Changing(Searched(1_000, limit = 65_536)) },
    )

    private fun row(part: String, name: String, kind: Kind = Kind.OURS, open: () -> Contest) =
        Row(S, part, name, kind, Features.NONE, open = open)
}

/** Knows who handles a topic: three wildcards want each, all others none. */
internal abstract class Finder {
    private var sequence = 0L

    abstract fun add(subscription: EngineSubscription)

    abstract fun remove(subscription: EngineSubscription)

    abstract fun of(topic: String): Array<EngineSubscription>

    fun subscribe(pattern: String): EngineSubscription = EngineSubscription(
        TopicPattern.parse(pattern),
        SubscribeOptions.defaults(),
        ++sequence,
        PlainInvoker { },
        emptyList(),
        ::remove,
    ).also(::add)

    protected fun fill(wildcards: Int) {
        for (pattern in listOf("*", "*.*.seen", "*.*.*")) subscribe(pattern)
        for (i in 0 until wildcards) subscribe("other$i.*")
    }
}

internal class Indexed(wildcards: Int) : Finder() {
    private val routes = Routes(Topics(null))

    init {
        fill(wildcards)
    }

    override fun add(subscription: EngineSubscription): Unit = routes.add(subscription)

    override fun remove(subscription: EngineSubscription): Unit = routes.remove(subscription)

    override fun of(topic: String): Array<EngineSubscription> = routes.of(topic).all
}

/** As it was before: wildcards in a set, which is searched, and a cache that a new wildcard or one topic too many empties. */
internal class Searched(wildcards: Int, private val limit: Int = 4_096) : Finder() {
    private val cache = ConcurrentHashMap<String, Array<EngineSubscription>>()
    private val exact = HashMap<String, LinkedHashSet<EngineSubscription>>()
    private val wide = LinkedHashSet<EngineSubscription>()

    init {
        fill(wildcards)
    }

    @Synchronized
    override fun add(subscription: EngineSubscription) {
        val pattern = subscription.pattern()
        if (pattern.exact()) {
            exact.getOrPut(pattern.text()) { LinkedHashSet() }.add(subscription)
            cache.remove(pattern.text())
        } else {
            wide.add(subscription)
            cache.clear()
        }
    }

    @Synchronized
    override fun remove(subscription: EngineSubscription) {
        val pattern = subscription.pattern()
        if (pattern.exact()) {
            val same = exact[pattern.text()] ?: return
            if (same.remove(subscription) && same.isEmpty()) exact.remove(pattern.text())
            cache.remove(pattern.text())
        } else if (wide.remove(subscription)) {
            cache.clear()
        }
    }

    override fun of(topic: String): Array<EngineSubscription> = cache[topic] ?: build(topic)

    @Synchronized
    private fun build(topic: String): Array<EngineSubscription> {
        val wanted = ArrayList(exact[topic].orEmpty())
        wide.filterTo(wanted) { it.matches(topic) }
        wanted.sortWith(compareByDescending<EngineSubscription> { it.priority() }.thenBy { it.sequence })
        if (cache.size >= limit) cache.clear()
        return wanted.toTypedArray().also { cache[topic] = it }
    }
}

internal class NewTopics(private val finder: Finder) : Contest() {
    private var fresh = 0

    override fun batch(): Long {
        var found = 0
        repeat(BATCH) { found += finder.of("area.place${fresh++}.seen").size }
        check(found == BATCH * WANTED) { "$found handlers were found." }
        return BATCH.toLong()
    }

    private companion object {
        const val BATCH = 100
        const val WANTED = 3
    }
}

internal class KnownTopics(private val finder: Finder) : Contest() {
    private var next = 0

    override fun batch(): Long {
        var found = 0
        repeat(BATCH) {
            found +=
                finder.of(ManyTopics.names[ManyTopics.random[next++ and ManyTopics.random.size - 1]]).size
        }
        check(found == BATCH * WANTED) { "$found handlers were found." }
        return BATCH.toLong()
    }

    private companion object {
        const val BATCH = 1_000
        const val WANTED = 3
    }
}

/** A handler that is there for one event. */
internal class OneOff(private val finder: Finder, private val pattern: String) : Contest() {
    override fun batch(): Long {
        var found = 0
        repeat(BATCH) {
            val one = finder.subscribe(pattern)
            found += finder.of("bench.item").size
            one.close()
        }
        check(found == BATCH * WANTED) { "$found handlers were found." }
        return BATCH.toLong()
    }

    private companion object {
        const val BATCH = 100

        // The one that matches all, and itself.
        const val WANTED = 2
    }
}

/** Looks topics up, by the clock, while another thread opens and closes a wildcard every millisecond. */
internal class Changing(private val finder: Finder) : Contest() {
    private var next = 0

    @Volatile
    private var open = true

    init {
        ManyTopics.names.forEach { finder.of(it) }
    }

    override fun batch(): Long = throw UnsupportedOperationException()

    override fun round(round: Round) {
        open = true
        val opener = thread {
            var opened = 0
            while (open) {
                finder.subscribe("new${opened++}.*").close()
                Thread.sleep(1)
            }
        }
        val latencies = Latencies()
        val end = System.nanoTime() + round.nanos
        var found = 0L
        var looks = 0L
        do {
            val topic = ManyTopics.names[ManyTopics.random[next++ and ManyTopics.random.size - 1]]
            val before = System.nanoTime()
            found += finder.of(topic).size
            val after = System.nanoTime()
            latencies.add(after - before)
            looks++
        } while (after < end)
        open = false
        opener.join()
        check(found == looks * WANTED) { "$found handlers were found in $looks looks." }
        round.latencies("", latencies)
    }

    private companion object {
        const val WANTED = 3
    }
}
