// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.SubscribeOptions
import dev.jitney.event.TopicPattern
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import java.lang.ref.WeakReference
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.concurrent.thread
import kotlin.random.Random

class RoutesTest {
    private val known = KnownTopics(null, limit = 1_000, listed = 0)
    private val routes = Routes(known)
    private var sequence = 0L

    private fun subscribe(
        pattern: String,
        vararg alsoOn: String,
        options: SubscribeOptions = SubscribeOptions.defaults(),
        on: Routes = routes,
    ) = EngineSubscription(
        TopicPattern.parse(pattern),
        options,
        ++sequence,
        PlainInvoker { },
        alsoOn.map(TopicPattern::parse),
        on::remove,
    ).also(on::add)

    @Test
    @DisplayName("TOP-4 a route is worked out once and kept until a subscription that matches its topic changes")
    fun cached() {
        subscribe("a")
        val route = routes.of("a")
        assertThat(routes.of("a")).isSameAs(route)
        subscribe("b")
        subscribe("b.*")
        assertThat(routes.of("a")).isSameAs(route)
        subscribe("*").close()
        assertThat(routes.of("a")).isNotSameAs(route)
        val again = routes.of("a")
        subscribe("a").close()
        assertThat(routes.of("a")).isNotSameAs(again)
        assertThat(routes.noted).isEqualTo(1)
    }

    @Test
    @DisplayName("SUB-4 who closes second returns when nothing goes there any more, though the first is held up")
    fun closedByTwo() {
        val heldUp = CountDownLatch(1)
        val goOn = CountDownLatch(1)
        val first = AtomicBoolean(true)
        val pattern = TopicPattern.parse("a")
        val closed = EngineSubscription(pattern, SubscribeOptions.defaults(), 1, PlainInvoker { }, emptyList(), {
            if (first.getAndSet(false)) {
                heldUp.countDown()
                goOn.await()
            }
            routes.remove(it)
        })
        routes.add(closed)
        val closing = thread { closed.close() }
        heldUp.await()

        closed.close()

        assertThat(routes.find(closed.id())).isNull()
        goOn.countDown()
        closing.join()
    }

    @Test
    @DisplayName("SUB-4 a subscription is found by its id as it is written, and by no other text")
    fun byId() {
        val first = subscribe("a")
        val second = subscribe("a")
        assertThat(routes.find(first.id())).isSameAs(first)
        assertThat(routes.find(second.id())).isSameAs(second)
        val others = listOf(
            "", "s", "1", "s3", "s01", "s+1", "s-1", "s 1", "S1", "t1", "s\u0661", "s1.0",
            "s" + "9".repeat(20),
        )
        for (text in others) {
            assertThat(routes.find(text)).describedAs("'%s'", text).isNull()
        }
        first.close()
        assertThat(routes.find(first.id())).isNull()
    }

    @Test
    @DisplayName("TOP-4 SUB-5 a wildcard that comes or goes is seen on each of many topics")
    fun manyTopics() {
        val own = subscribe("t.7")
        val topics = List(900) { "t.$it" }
        topics.forEach(routes::of)
        val wide = subscribe("t.*")
        assertThat(topics).allMatch { routes.of(it).all.last() === wide }
        wide.close()
        assertThat(topics.filter { routes.of(it).all.isNotEmpty() }).containsExactly("t.7")
        assertThat(routes.of("t.7").all).containsExactly(own)
    }

    @Test
    @DisplayName("TOP-4 topics that wildcards alone want have one route between them")
    fun shared() {
        subscribe("*.a")
        subscribe("b.*")
        assertThat(routes.of("b.a")).isSameAs(routes.of("b.a")).isNotSameAs(routes.of("c.a"))
        assertThat(routes.of("c.a")).isSameAs(routes.of("d.a"))
        assertThat(routes.of("x")).isSameAs(routes.of("y.z"))
        subscribe("c.a")
        assertThat(routes.of("c.a").all).hasSize(2)
        assertThat(routes.of("d.a").all).hasSize(1)
    }

    @Test
    @DisplayName("TOP-4 a hundred thousand distinct topics do not fill the memory, and not all are forgotten at once")
    fun bounded() {
        subscribe("t.*")
        repeat(100_000) { routes.of("t.$it") }
        assertThat(known.size).isEqualTo(1_000)
        assertThat(routes.noted).isLessThanOrEqualTo(2_000)
    }

    @Test
    @DisplayName("TOP-4 a topic in use stays known though others come and go")
    fun hot() {
        subscribe("hot")
        var rebuilt = 0
        var route = routes.of("hot")
        repeat(100_000) {
            routes.of("t.$it")
            val now = routes.of("hot")
            if (now !== route) rebuilt++
            route = now
        }
        // Once for each time that the cache has been renewed.
        assertThat(rebuilt).isLessThan(200)
    }

    @Test
    @DisplayName("SUB-5 a handler with several patterns runs once for a topic that more than one of them match")
    fun severalPatterns() {
        val one = subscribe("a.*", "a.b", "*")
        val other = subscribe("a.b")
        assertThat(routes.of("a.b").all).containsExactly(one, other)
        assertThat(routes.of("c").all).containsExactly(one)
        one.close()
        assertThat(routes.of("a.b").all).containsExactly(other)
        assertThat(routes.of("c").all).isEmpty()
    }

    @Test
    @DisplayName("SUB-3 SUB-5 TOP-4 a route is what a search through all subscriptions finds, whatever comes and goes")
    fun sameAsSearch() {
        repeat(30) { seed ->
            val random = Random(seed)
            // Small enough to evict; so many topics that both ways to forget are gone.
            val routes = Routes(KnownTopics(null, limit = 500, listed = 0))
            val there = ArrayList<EngineSubscription>()
            repeat(2_000) {
                when (random.nextInt(8)) {
                    0 -> there += subscribe(pattern(random), options = options(random), on = routes)
                    1 -> there += subscribe(pattern(random), pattern(random), on = routes)
                    2, 3 -> if (there.isNotEmpty()) there.removeAt(random.nextInt(there.size)).close()
                    else -> assertSame(routes, there, topic(random), "seed $seed, change $it")
                }
            }
            assertThat(routes.count).isEqualTo(there.size)
            assertThat(routes.subscriptions()).isEqualTo(there.sortedBy { it.sequence })
            there.forEach { it.close() }
            assertThat(routes.of("a").all).isEmpty()
        }
    }

    private fun assertSame(routes: Routes, there: List<EngineSubscription>, topic: String, where: String) {
        val wanted = there.filter { it.matches(topic) }
            .sortedWith(compareByDescending<EngineSubscription> { it.priority() }.thenBy { it.sequence })
        val route = routes.of(topic)
        assertThat(route.all.toList()).`as`("$where, $topic").isEqualTo(wanted)
        assertThat(route.durableToo.toList()).isEqualTo(wanted)
        assertThat(route.remote.toList()).isEqualTo(wanted.filter { it.includeRemote })
        assertThat(route.selective).isEqualTo(wanted.any { it.selective })
    }

    @Test
    @DisplayName("SUB-6 no known topic keeps a closed handler alive, few of them or many")
    fun forgets() {
        for (topics in listOf(10, 900)) {
            for (pattern in listOf("t.*", "t.1")) {
                val closed = WeakReference(subscribe(pattern))
                repeat(topics) { routes.of("t.$it") }
                closed.get()!!.close()
                for (tries in 1..50) if (closed.get() != null) System.gc()
                assertThat(closed.get()).`as`("$pattern, $topics topics").isNull()
            }
        }
    }

    private companion object {
        fun topic(random: Random): String = when (random.nextInt(3)) {
            0 -> "a"
            1 -> "a.${random.nextInt(300)}"
            else -> "${"ab".random(random)}.${random.nextInt(300)}.${"xy".random(random)}"
        }

        fun pattern(random: Random): String = when (random.nextInt(4)) {
            0 -> topic(random)
            1 -> listOf("*", "a.*", "*.*", "b.*.*", "*.*.x", "a.*.y", "*.7.*").random(random)
            2 -> "*.${random.nextInt(300)}"
            else -> "a.${random.nextInt(300)}.*"
        }

        fun options(random: Random): SubscribeOptions {
            val options = SubscribeOptions.builder().priority(random.nextInt(3))
            if (random.nextBoolean()) options.includeRemote()
            if (random.nextInt(10) == 0) options.predicate { true }
            return options.build()
        }
    }
}
