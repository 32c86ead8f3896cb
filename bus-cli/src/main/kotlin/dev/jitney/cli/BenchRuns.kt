// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.spi.EventStore
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit

/** Warms up and runs a plan, and tells of it now and then. */
internal class BenchRuns(private val plan: BenchPlan, private val talk: Talk) {
    @Volatile
    private var now = "starting"

    /** @param existing whether the store is somebody else's: then nothing is put into it to be replayed */
    fun all(store: EventStore?, existing: Boolean): List<BenchRun> = telling {
        when (plan.scenario) {
            Scenario.PUBLISH -> PublishTarget(plan, store).use(::send)
            Scenario.E2E -> EndToEndTarget(plan, store).use(::send)
            Scenario.STORE -> StoreTarget(plan, checkNotNull(store)).use(::send)
            Scenario.REPLAY -> ReplayTarget(plan, checkNotNull(store)).use { replay(it, fill = !existing) }
        }
    }

    private fun send(target: BenchTarget): List<BenchRun> {
        val load = BenchLoad(plan, target)
        now = "warming up"
        if (plan.warmupNanos > 0) load.run(plan.warmupNanos, 0)
        return List(plan.runs) {
            now = "run ${it + 1} of ${plan.runs}"
            load.run(plan.durationNanos, plan.events)
        }
    }

    private fun replay(target: ReplayTarget, fill: Boolean): List<BenchRun> {
        if (fill) target.fill(plan.events) { now = "storing ${Sizes.count(it)} of ${Sizes.events(plan.events)}" }
        now = "warming up"
        val begun = System.nanoTime()
        while (System.nanoTime() - begun < plan.warmupNanos) target.pass()
        return List(plan.runs) {
            now = "run ${it + 1} of ${plan.runs}"
            target.pass()
        }
    }

    // A thread of its own, twice a second: what measures is not to draw.
    private fun <T> telling(work: () -> T): T {
        val over = CountDownLatch(1)
        val begun = System.nanoTime()
        val teller = Thread {
            while (!over.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
                val seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun)
                talk.progress("${plan.scenario.label}: $now, $seconds s")
            }
        }
        teller.isDaemon = true
        teller.name = "bus-bench-progress"
        teller.start()
        try {
            return work()
        } finally {
            over.countDown()
            teller.join()
            talk.endProgress()
        }
    }

    private companion object {
        const val PERIOD_MILLIS = 500L
    }
}
