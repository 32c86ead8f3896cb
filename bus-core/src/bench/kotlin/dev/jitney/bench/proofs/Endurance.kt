// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import dev.jitney.EventBus
import dev.jitney.bench.Args
import dev.jitney.bench.BenchMain
import dev.jitney.bench.ourBus
import dev.jitney.event.Level
import java.nio.file.Path
import java.time.Duration

/**
 * Durable events in an open loop for as long as asked for: what a process uses must stay flat, and each event must come
 * once.
 */
internal object Endurance {
    fun run(args: Args): Int {
        val plan = plan(args)
        val jars = Path.of(args.text("plugins", Stores.BUILT.toString()))
        val root = Path.of(args.text("directory", "target/bench/endurance"))
        val broken = args.text("break", "nothing")
        val file = ResultFile(args, "endurance")
        args.check()
        val directory = Stores.folder(root)
        println(
            "${file.time} ${BenchMain.machine()}, ${BenchMain.java()}, heap ${mega(Runtime.getRuntime().maxMemory())}",
        )
        println("$plan, bus directory '$directory', broken on purpose: $broken")
        val config = mapOf("retention.size" to "${plan.keepBytes}", "segment-size" to "${plan.segmentBytes}")
        val report = ourBus {
            Stores.file(this, jars, directory, config)
            deliverAfter(plan.level)
        }.use { bus -> Course(bus, plan, directory, Sabotage.of(broken, directory)).run() }
        Stores.remove(directory)
        val result = report.result(file.time, BenchMain.machine(), plan)
        println(result.text())
        file.write(EnduranceResult.serializer(), result)
        return if (result.failures.isEmpty()) 0 else 1
    }

    private fun plan(args: Args) = EndurancePlan(
        seconds = args.number("minutes", 60) * 60L,
        rate = args.number("rate", 50_000),
        level = Level.valueOf(args.text("level", "os").uppercase()),
        keepBytes = args.number("keep", 1_024).toLong() shl 20,
        segmentBytes = args.number("segment", 64).toLong() shl 20,
    )

    fun mega(bytes: Number): String = String.format("%,.1f MB", bytes.toDouble() / (1 shl 20))
}

internal data class EndurancePlan(
    val seconds: Long,
    val rate: Int,
    val level: Level,
    val keepBytes: Long,
    val segmentBytes: Long,
) {
    init {
        require(rate % Traffic.BURSTS == 0) { "'rate=$rate' is no multiple of ${Traffic.BURSTS}." }
    }

    /** A sample a minute, or in a short run enough of them to see a trend. */
    val interval: Duration get() = Duration.ofMillis(seconds * 1000 / SAMPLES).coerceAtLeast(Duration.ofSeconds(LEAST))

    override fun toString(): String =
        "${seconds / 60} min, %,d events/s, file store, delivered at level $level, ".format(rate) +
            "1 handler and 1 durable subscription on a serial bus, the log kept at ${Endurance.mega(keepBytes)}"

    private companion object {
        const val SAMPLES = 60
        const val LEAST = 4L
    }
}

/** One run: traffic on one side, a look at the process from time to time on the other. */
internal class Course(
    private val bus: EventBus,
    private val plan: EndurancePlan,
    private val directory: Path,
    private val sabotage: Sabotage?,
) {
    private val pauses = Pauses()
    private val traffic = Traffic(bus, plan.rate, plan.seconds, sabotage)
    private val samples = ArrayList<Vitals>()
    private val began = System.nanoTime()

    fun run(): EnduranceReport {
        traffic.start()
        var next = began
        while (traffic.running) {
            next += plan.interval.toNanos()
            if (!waitUntil(next)) break
            sabotage?.step()
            sample()
        }
        val idle = bus.awaitIdle(Duration.ofMinutes(2))
        followToTheEnd()
        traffic.failure?.printStackTrace()
        return EnduranceReport(samples, traffic, pauses, bus.stats(), bus.store()!!.end().value(), idle)
    }

    private fun sample() {
        traffic.disturbed = true
        val vitals = Vitals(
            (System.nanoTime() - began) / 1_000_000_000,
            Pauses.liveBytes(),
            Vitals.threads(),
            Vitals.files(),
            Stores.size(directory),
            Vitals.residentBytes(),
            traffic.sent,
            traffic.handled.count,
            traffic.followed.count,
        )
        samples += vitals
        println(EnduranceReport.line(vitals))
        // The events that waited for that collection go to the other histogram too.
        waitUntil(System.nanoTime() + BACKLOG_NANOS)
        traffic.disturbed = false
    }

    /** Whether the traffic still ran at that time. */
    private fun waitUntil(nanos: Long): Boolean {
        while (System.nanoTime() < nanos && traffic.running) Thread.sleep(STEP_MILLIS)
        return traffic.running
    }

    /** Waits for the durable subscription for as long as it gets on. */
    private fun followToTheEnd() {
        var before = -1L
        var since = System.nanoTime()
        while (traffic.followed.count < traffic.sent && System.nanoTime() - since < STUCK_NANOS) {
            if (traffic.followed.count != before) {
                before = traffic.followed.count
                since = System.nanoTime()
            }
            Thread.sleep(STEP_MILLIS)
        }
    }

    private companion object {
        const val STEP_MILLIS = 20L
        const val BACKLOG_NANOS = 1_000_000_000L
        const val STUCK_NANOS = 20_000_000_000L
    }
}
