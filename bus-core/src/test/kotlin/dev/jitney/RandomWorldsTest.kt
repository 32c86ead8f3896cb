// SPDX-License-Identifier: Apache-2.0
package dev.jitney

import dev.jitney.stress.EngineStress
import dev.jitney.worlds.Deeds
import dev.jitney.worlds.Oracle
import dev.jitney.worlds.Outside
import dev.jitney.worlds.World
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import java.time.Duration
import kotlin.random.Random

/**
 * Buses, handlers and what is done to them, all drawn from a seed, come to rest and keep the rules. The
 * seed draws a [World] and what [Deeds] its handlers do; what is done from [Outside] follows, and the
 * [Oracle] judges. Threads are not drawn, so a seed that failed may need some runs to fail again.
 */
internal abstract class RandomWorlds(budget: Duration) : EngineStress(budget) {
    private val before = Thread.getDefaultUncaughtExceptionHandler()

    /** Errors that handlers throw on purpose are no news. */
    @BeforeEach
    fun expectErrors() {
        Thread.setDefaultUncaughtExceptionHandler { thread, e ->
            if (e.message != Deeds.HANDLED_HERE) before?.uncaughtException(thread, e) ?: e.printStackTrace()
        }
    }

    @AfterEach
    fun restore(): Unit = Thread.setDefaultUncaughtExceptionHandler(before)

    protected fun judge(random: Random) {
        val world = World(random)
        look(world.buses)
        val oracle = Oracle(world)
        Outside(world, random).run(oracle::atRest)
        oracle.afterwards()
        assertThat(world.journal.violations()).`as`("what is violated in the world of $world").isEmpty()
    }
}

internal class RandomWorldsTest : RandomWorlds(
    Duration.ofMillis(java.lang.Long.getLong("jitney.stress.millis", 1_000)),
) {
    @Test
    @DisplayName("$RULES hold in the first random worlds")
    fun firstWorlds() = rounds(firstSeed = 1, round = ::judge)
}

@Tag("stress")
internal class RandomWorldsStressTest :
    RandomWorlds(Duration.ofSeconds(java.lang.Long.getLong("jitney.stress.seconds", 60))) {
    @Test
    @DisplayName("$RULES hold in random worlds")
    fun manyWorlds() = rounds(round = ::judge)
}

private const val RULES =
    "CTX-2 CTX-4 ICP-1 LIF-1 LIF-2 LIF-3 LIF-4 NST-1 NST-2 ORD-1 ORD-2 ORD-4 PUB-1 PUB-2 PUB-3 RES-1 rules"
