// SPDX-License-Identifier: Apache-2.0
package dev.jitney.worlds

import dev.jitney.Completion
import dev.jitney.Dispatch
import dev.jitney.EventBus
import dev.jitney.EventBusBuilder
import dev.jitney.HandlerOrder
import dev.jitney.Ordering
import dev.jitney.Overflow
import dev.jitney.RetryPolicy
import dev.jitney.SubscribeOptions
import dev.jitney.event.Severity
import dev.jitney.spi.Interceptor
import dev.jitney.spi.Position
import java.time.Duration
import kotlin.random.Random

/**
 * One to three buses with one to five handlers each, drawn from a seed: how events are ordered, on how many
 * lanes, who shares a serial group, who forwards to whom, how much room, history and memory for duplicates
 * there is, which [Danger]s there are; for each handler its pattern, kind, condition, limit and retries.
 */
internal class World(private val random: Random) {
    val dangers: Set<Danger> = Danger.draw(random)
    val journal = Journal()
    val deeds = Deeds(this)
    val buses: List<EventBus>
    private val orderings = HashMap<EventBus, Ordering>()
    private val rooms = HashMap<EventBus, Any>()
    private val durable = HashSet<String>()
    private val text = StringBuilder("dangers $dangers")

    /** Whether every bus tells a [Follower] of its hooks. */
    private val followed = random.nextBoolean()

    init {
        val made = ArrayList<EventBus>()
        repeat(1 + random.nextInt(3)) { made += bus(it, made) }
        buses = made
        if (Danger.FORWARDS in dangers) forward()
        for (bus in buses) repeat(1 + random.nextInt(5)) { handler(bus, "${bus.name()}-h$it") }
    }

    operator fun contains(danger: Danger): Boolean = danger in dangers

    /** How the bus orders events that do not ask for another way. */
    fun orderingOf(bus: EventBus): Ordering = orderings.getValue(bus)

    /** Whether the handler gets its events from the store, which has not kept what they asked for (ORD-7). */
    fun isDurable(handler: String): Boolean = handler in durable

    /** What the serial events of the bus share, with those of all buses of its group (ORD-4). */
    fun roomOf(bus: EventBus): Any = rooms.getValue(bus)

    override fun toString(): String = text.toString()

    // ---- buses

    private fun bus(at: Int, made: List<EventBus>): EventBus {
        val builder = EventBus.builder("b$at")
        val mate = made.filter { orderings[it] == Ordering.SERIAL }.randomOrNull(random)?.takeIf { oneIn(3) }
        val ordering = if (mate == null) Ordering.entries.random(random) else Ordering.SERIAL
        text.append("\n b$at $ordering")
        mate?.let {
            builder.serialGroup(it)
            text.append(" with ${it.name()}")
        }
        builder.ordering(ordering)
        builder.lanes(1 + random.nextInt(3)).parallelism(1 + random.nextInt(3))
        if (Danger.TOGETHER in this &&
            random.nextBoolean()
        ) {
            set("together") { builder.handlerOrder(HandlerOrder.PARALLEL) }
        }
        if (oneIn(4)) set("first") { builder.completion(Completion.FIRST) }
        if (oneIn(5)) set("direct") { builder.dispatch(Dispatch.DIRECT) }
        if (oneIn(3)) builder.historyLimit(listOf(0, 1, 3).random(random))
        if (Danger.AGAIN in this && oneIn(3)) builder.duplicateWindow(listOf(0, 1, 100).random(random))
        if (Danger.STORES in this) store(builder)
        if (oneIn(3)) set("own clock") { builder.clock(WorldClock) }
        limit(builder)
        intercept(builder, "b$at")
        return builder.build().also {
            orderings[it] = ordering
            rooms[it] = mate?.let(::roomOf) ?: Any()
        }
    }

    private fun store(builder: EventBusBuilder) {
        when (random.nextInt(4)) {
            0 -> set("stored") { builder.store("memory:") }
            1 -> set("slowly stored") { builder.store(SlowStore()) }
        }
    }

    private fun limit(builder: EventBusBuilder) {
        if (Danger.ROOM in this) {
            val room = 1 + random.nextInt(6)
            val overflow = Overflow.entries.random(random)
            set("room $room $overflow") { builder.pendingLimit(room).overflow(overflow) }
        }
        // Without limits a lock-up stays one, for the watchdog to find.
        val limited = Danger.LIMITS in this
        builder.handlerTimeout(if (limited) nanos(8_000_000) else Duration.ZERO)
        builder.eventTimeout(if (limited) nanos(16_000_000) else Duration.ZERO)
        builder.abandonedLimit(100_000).closeLimit(CLOSE_LIMIT)
    }

    private fun intercept(builder: EventBusBuilder, bus: String) {
        if (Danger.TROUBLE in this) {
            repeat(1 + random.nextInt(2)) {
                val phase = Interceptor.Phase.entries.random(random)
                set("trouble $phase") { builder.interceptor(Troublemaker("trouble$it", phase, random.nextInt(100))) }
            }
        }
        if (followed) set("followed") { builder.interceptor(Follower(journal, bus, dangers)) }
    }

    private fun forward() {
        for (from in buses) {
            for (to in buses) {
                if (from === to || random.nextBoolean()) continue
                val pattern = PATTERNS.random(random)
                from.forwardTo(to, pattern)
                text.append("\n ${from.name()} forwards $pattern to ${to.name()}")
            }
        }
    }

    // ---- handlers

    private fun handler(bus: EventBus, name: String) {
        val options = SubscribeOptions.builder().name(name)
        val pattern = PATTERNS.random(random)
        val kind = Kind.entries.random(random)
        text.append("\n $name $kind on $pattern")
        if (random.nextBoolean()) options.priority(random.nextInt(5))
        select(options)
        retry(options)
        if (Danger.LIMITS in this && oneIn(3)) options.timeout(nanos(5_000_000))
        if (bus.store() != null && oneIn(4)) {
            set("durable") {
                options.durable("c-$name", Position.start())
                durable += name
            }
        }
        deeds.subscribe(bus, pattern, kind, name, options)
    }

    private fun select(options: SubscribeOptions.Builder) {
        when (random.nextInt(8)) {
            0 -> set("odd only") { options.predicate { Errand.of(it).seed % 2 == 1 } }
            1 -> set("warnings") { options.severityAtLeast(Severity.WARNING) }
            2 -> set("few times") { options.times(1 + random.nextInt(3)) }
            3 -> set("until") { options.until { Errand.of(it).seed % 5 == 0 } }
            4 -> if (Danger.FAILURES in this) set("throwing predicate") { options.predicate { deeds.predicate(it) } }
        }
    }

    private fun retry(options: SubscribeOptions.Builder) {
        when (random.nextInt(5)) {
            0 -> set("retry at once") { options.retry(RetryPolicy.immediate(3)) }

            1 -> set("retry later") { options.retry(RetryPolicy.fixed(2, Duration.ofMillis(1))) }

            2 -> set("retry out of order") {
                val later = RetryPolicy.builder().attempts(3).fixed(Duration.ofNanos(300_000))
                options.retry(later.releaseOrder().build())
            }
        }
    }

    private fun oneIn(many: Int) = random.nextInt(many) == 0

    private fun nanos(most: Long): Duration = Duration.ofNanos(random.nextLong(200_000, most))

    private inline fun set(what: String, action: () -> Unit) {
        text.append(", $what")
        action()
    }

    companion object {
        val TOPICS = listOf("a.x", "a.y", "b.x", "b.y.z")
        private val PATTERNS = listOf("a.x", "a.*", "*", "b.*", "*.x", "b.y.z", "a.y")
        private val CLOSE_LIMIT = Duration.ofSeconds(30)
    }
}
