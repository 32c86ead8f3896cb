// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import java.nio.file.Path
import java.util.Locale

/**
 * `compare BASE RUN [AGAIN]`: fails when a row of ours allocates over 4 bytes an event more than in BASE, or when its ratio
 * to a peer of its own run is over 15 % worse in RUN and in AGAIN. Where that is so in RUN and there is no AGAIN, it asks
 * for one.
 */
internal object Compare {
    private const val BYTES = 4.0
    private const val RATIO = 1.15
    const val ASKS_AGAIN = 3

    class Finding(val key: String, val text: String)

    fun run(args: Args): Int {
        args.check()
        require(args.plain.size in 2..3) { "Give two results, or three: compare BASE.json RUN.json [AGAIN.json]." }
        val (base, run) = args.plain.map { Results.read(Path.of(it)) }
        val again = args.plain.getOrNull(2)?.let { Results.read(Path.of(it)) }
        if (base.settings["heap"] != run.settings["heap"] || base.settings["gc"] != run.settings["gc"]) {
            println("The runs have different heaps: ${base.settings} and ${run.settings}.")
        }
        val missing = lost(base, run)
        val bytes = bytes(base, run)
        val slower = slower(base, run)
        val twice = again?.let { slower(base, it) }?.map { it.key }?.toSet()
        val certain = slower.filter { twice != null && it.key in twice }
        (missing + bytes + certain).forEach { println("WORSE    ${it.text}") }
        if (twice == null) slower.forEach { println("perhaps  ${it.text}") }
        println("${compared(base, run)} rows of ours compared.")
        return when {
            missing.isNotEmpty() || bytes.isNotEmpty() || certain.isNotEmpty() -> 1

            compared(base, run) == 0 -> 1

            twice == null && slower.isNotEmpty() -> {
                println("Run it again and give both results: compare BASE.json RUN.json AGAIN.json.")
                ASKS_AGAIN
            }

            else -> 0
        }
    }

    fun compared(base: RunResult, run: RunResult): Int = ours(base).count { it.id in run.byId() }

    private fun ours(run: RunResult) = run.rows.filter { it.kind == Kind.OURS && "ns" in it.metrics }

    /** Rows that had figures and now have failed. Those that were not run are not compared. */
    fun lost(base: RunResult, run: RunResult): List<Finding> {
        val now = run.byId()
        return ours(base).mapNotNull { row ->
            now[row.id]?.failure?.let { Finding(row.id, "${row.id} has failed: ${it.take(200)}") }
        }
    }

    fun bytes(base: RunResult, run: RunResult): List<Finding> {
        val now = run.byId()
        return ours(base).mapNotNull { row ->
            val before = row.metrics["bytes"]?.median
            val after = now[row.id]?.metrics?.get("bytes")?.median
            if (before == null || after == null || after - before <= BYTES) return@mapNotNull null
            Finding(row.id, "${row.id}: ${number(after)} bytes an event, ${number(before)} before")
        }
    }

    fun slower(base: RunResult, run: RunResult): List<Finding> {
        val now = run.byId()
        val before = base.byId()
        return ours(base).flatMap { row ->
            val peers = base.rows.filter {
                it.kind != Kind.OURS && it.scenario == row.scenario && it.part == row.part && "ns" in it.metrics
            }
            peers.mapNotNull { peer ->
                val was = ratio(before, row.id, peer.id)
                val isNow = ratio(now, row.id, peer.id)
                if (was == null || isNow == null || was <= isNow * RATIO) return@mapNotNull null
                val text = String.format(Locale.ROOT, "%.2f x as fast as %s, %.2f before", isNow, peer.name, was)
                Finding("${row.id} ${peer.id}", "${row.id}: $text")
            }
        }
    }

    private fun ratio(rows: Map<String, RowResult>, ours: String, peer: String): Double? {
        val own = rows[ours]?.metrics?.get("ns")?.median ?: return null
        val theirs = rows[peer]?.metrics?.get("ns")?.median ?: return null
        return theirs / own
    }
}
