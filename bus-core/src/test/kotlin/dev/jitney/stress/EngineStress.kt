// SPDX-License-Identifier: Apache-2.0
package dev.jitney.stress

import dev.jitney.Await
import dev.jitney.EventBus
import dev.jitney.EventBusBuilder
import dev.jitney.NoLeaks
import dev.jitney.Ordering
import dev.jitney.Publication
import dev.jitney.engine.EngineBus
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.extension.ExtendWith
import java.time.Duration
import java.util.concurrent.ThreadLocalRandom
import kotlin.random.Random

/**
 * What the stress tests have in common: rounds with a seed each, under a watchdog, and what must hold of
 * buses that have come to rest. A seed that failed once fails again with -Djitney.seed=….
 */
@ExtendWith(NoLeaks::class)
internal abstract class EngineStress(private val budget: Duration) {
    private lateinit var dog: Watchdog

    @BeforeEach
    fun watch() {
        dog = Watchdog()
    }

    @AfterEach
    fun unwatch() {
        dog.close()
        assertThat(dog.bites).isFalse()
    }

    /** Runs rounds until the time is over, at least one: with random seeds, or with those that follow [firstSeed]. */
    protected fun rounds(firstSeed: Long? = null, round: (Random) -> Unit) {
        val given = System.getProperty("jitney.seed")?.toLong()
        val end = System.nanoTime() + budget.toNanos()
        var done = 0
        do {
            val seed = given ?: firstSeed?.plus(done) ?: ThreadLocalRandom.current().nextLong()
            dog.round { "seed $seed, after $done rounds" }
            try {
                round(Random(seed))
            } catch (e: Throwable) {
                throw AssertionError("Seed $seed failed after $done rounds", e)
            }
            done++
        } while (System.nanoTime() < end)
        println("${javaClass.simpleName}: $done rounds")
    }

    /** Lets the watchdog tell of these buses, too. */
    protected fun look(buses: List<EventBus>): Unit = dog.watch {
        buses.joinToString("\n") { bus ->
            val core = (bus as EngineBus).core
            "${bus.name()} ${core.settings.ordering} in flight ${core.admission.inFlight} pending " +
                "${core.admission.pending} of ${core.admission.limit} ${core.settings.overflow}:" +
                core.lanes.all().map { "\n  $it" } + core.watch.running().map { "\n  runs $it ${it.event().payload()}" }
        }
    }

    protected companion object {
        val LONG: Duration = Duration.ofSeconds(50)

        /** So many buses of random orders; some of the serial ones share a group. */
        fun buses(
            random: Random,
            count: Int,
            configure: EventBusBuilder.(Int) -> Unit = {},
        ): Triple<List<EventBus>, List<Ordering>, List<Any>> {
            val buses = ArrayList<EventBus>()
            val lanes = ArrayList<Any>()
            val orderings = List(count) { Ordering.entries.random(random) }
            for (at in 0 until count) {
                val builder = EventBus.builder("b$at").ordering(orderings[at])
                // Without limits a lock-up stays one, for the watchdog to find.
                builder.handlerTimeout(Duration.ZERO).eventTimeout(Duration.ZERO)
                builder.lanes(1 + random.nextInt(3)).parallelism(1 + random.nextInt(3))
                val mate = (0 until at).filter { orderings[it] == Ordering.SERIAL }.randomOrNull(random)
                val grouped = mate != null && orderings[at] == Ordering.SERIAL && random.nextBoolean()
                if (grouped) builder.serialGroup(buses[mate])
                builder.configure(at)
                lanes += if (grouped) lanes[mate] else Any()
                buses += builder.build()
            }
            return Triple(buses, orderings, lanes)
        }

        fun awaitIdle(buses: List<EventBus>): Unit = buses.forEach { assertThat(it.awaitIdle(LONG)).isTrue() }

        fun completed(publications: Collection<Publication>): Unit =
            publications.forEach { assertThat(it.join(LONG)).`as`("$it").isTrue() }

        /** Every place and permit of every lane is back, and nothing is counted as under way. */
        fun assertAtRest(buses: List<EventBus>) {
            for (bus in buses) {
                val core = (bus as EngineBus).core
                // A handler that was cut may have been about to publish when the bus was idle.
                Await.until("nothing is under way on ${bus.name()}") {
                    core.admission.inFlight == 0L &&
                        bus.pendingCount() == 0
                }
                for (lane in core.lanes.all()) {
                    try {
                        Await.until("a lane of ${bus.name()} is at rest") { lane.atRest }
                    } catch (e: AssertionError) {
                        throw AssertionError("$lane of ${bus.name()}", e)
                    }
                }
                Await.until("no place is taken") { core.watch.running().isEmpty() }
            }
        }
    }
}
