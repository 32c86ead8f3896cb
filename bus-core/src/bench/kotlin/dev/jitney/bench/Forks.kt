// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import org.slf4j.LoggerFactory
import java.lang.management.ManagementFactory
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlin.io.path.deleteIfExists
import kotlin.io.path.exists

/** How much is to be run, and in what JVMs. */
internal class Plan(
    val forks: Int,
    val warmUps: Int,
    val rounds: Int,
    val millis: Int,
    val heap: String,
    val gc: String,
) {
    fun settings(): Map<String, String> = mapOf(
        "forks" to "$forks",
        "warmups" to "$warmUps",
        "rounds" to "$rounds",
        "millis" to "$millis",
        "heap" to heap,
        "gc" to gc,
    )

    // A round may do more than its time says: latencies, or a last batch.
    val limitSeconds: Long get() = 120 + 10L * (5 * warmUps + rounds) * millis / 1000
}

/**
 * Runs rows in JVMs of their own. Of a part of a scenario all rows run once before any runs again, each time in another
 * order, so that what the machine does meanwhile falls on all of them.
 */
internal class Forks(private val plan: Plan) {
    fun run(rows: List<Row>): List<RowResult> = rows.groupBy { it.scenario to it.part }.values.flatMap { runPart(it) }

    private fun runPart(rows: List<Row>): List<RowResult> {
        val forks = rows.associateWith { mutableListOf<List<Map<String, Double>>>() }
        val failures = HashMap<Row, String>()
        for (fork in 0 until plan.forks) {
            for (at in rows.indices) {
                val row = rows[(at + fork) % rows.size]
                if (row in failures) continue
                try {
                    forks.getValue(row) += fork(row, fork)
                } catch (e: IllegalStateException) {
                    failures[row] = e.message!!
                }
            }
        }
        return rows.map { row -> Results.row(row, forks.getValue(row), failures[row]).also { Table.line(it) } }
    }

    private fun fork(row: Row, fork: Int): List<Map<String, Double>> {
        val answer = Files.createTempFile("bench", ".json")
        val log = Files.createTempFile("bench", ".log")
        try {
            val process = ProcessBuilder(command(row, fork, answer))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
            try {
                val ended = process.waitFor(plan.limitSeconds, TimeUnit.SECONDS)
                check(ended) { "no end after ${plan.limitSeconds} s" }
            } finally {
                process.destroyForcibly().waitFor()
            }
            check(process.exitValue() == 0 && answer.exists()) {
                "exit ${process.exitValue()}: " + Files.readAllLines(log).takeLast(LAST_LINES).joinToString(" | ")
            }
            return Results.readRounds(answer)
        } finally {
            answer.deleteIfExists()
            log.deleteIfExists()
        }
    }

    private fun command(row: Row, fork: Int, answer: Path): List<String> = listOf(
        ProcessHandle.current().info().command().orElseThrow(),
        "-Xms${plan.heap}",
        "-Xmx${plan.heap}",
        "-XX:+Use${plan.gc}GC",
        // Or some forks would measure how the host of a virtual machine finds memory for a new heap.
        "-XX:+AlwaysPreTouch",
        "-D${LoggerFactory.PROVIDER_PROPERTY_KEY}=${row.logging.provider}",
        "-classpath",
        System.getProperty("java.class.path"),
        "dev.jitney.bench.BenchMain",
        "fork",
        row.id,
        "at=$answer",
        "fork=${fork + 1}",
        "warmups=${plan.warmUps}",
        "rounds=${plan.rounds}",
        "millis=${plan.millis}",
    )

    private companion object {
        const val LAST_LINES = 12

        fun check(ok: Boolean, message: () -> String) {
            if (!ok) throw IllegalStateException(message())
        }
    }
}

/** What a fork does: warms up, for longer while the compilers are at work, then measures. */
internal object Fork {
    fun run(
        row: Row,
        fork: Int,
        warmUps: Int,
        rounds: Int,
        millis: Int,
        mostWarmUps: Int = MOST * warmUps,
    ): List<Map<String, Double>> = row.open().use { contest ->
        var quiet = 0
        for (at in 0 until mostWarmUps) {
            val jit = round(contest, fork + at, millis, warmUp = true).getValue(JIT)
            quiet = if (jit < millis / QUIET) quiet + 1 else 0
            // A compilation counts when it ends, which on a busy machine may be rounds later.
            if (at + 1 >= warmUps && quiet >= QUIET_ROUNDS) break
        }
        List(rounds) { round(contest, fork + it, millis, warmUp = false) }
    }

    private fun round(contest: Contest, at: Int, millis: Int, warmUp: Boolean): Map<String, Double> {
        // Half the rounds read outcomes, and half the forks begin with one that does.
        val round = Round(millis * 1_000_000L, reads = at % 2 == 0, warmUp)
        val before = COMPILERS.totalCompilationTime
        contest.round(round)
        round.metric(JIT, (COMPILERS.totalCompilationTime - before).toDouble())
        round.metric("reads", if (round.reads) 1.0 else 0.0)
        return round.metrics
    }

    /** Milliseconds that the compilers worked for within a round. */
    const val JIT = "jit ms"

    /** A fork whose compilers are busier than this when it counts has not warmed up. */
    const val BUSY_MILLIS = 20.0
    private const val MOST = 5
    private const val QUIET = 20
    private const val QUIET_ROUNDS = 3
    private val COMPILERS = ManagementFactory.getCompilationMXBean()
}
