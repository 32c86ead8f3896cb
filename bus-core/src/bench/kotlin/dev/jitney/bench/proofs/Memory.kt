// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import dev.jitney.bench.Args
import dev.jitney.bench.BenchMain
import kotlinx.serialization.Serializable
import java.nio.file.Path
import java.time.Instant
import java.time.temporal.ChronoUnit

/** The bytes that one of a kind keeps from the collector: the difference of two class histograms, by the number of them. */
@Serializable
internal data class Kept(val name: String, val asked: Double, val bytes: Double, val classes: Map<String, Double>) {
    val reached: Boolean get() = bytes <= asked
}

@Serializable
internal data class MemoryResult(val time: String, val machine: String, val java: String, val rows: List<Kept>)

/** Retained sizes, over 10 000 of each kind. */
internal object Memory {
    private const val TOP = 8

    fun run(args: Args): Int {
        val count = args.number("count", 10_000)
        val seconds = args.number("wait", 60)
        val only = args.text("only", "")
        val time = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString()
        val out = Path.of(args.text("out", "target/bench/memory-${time.replace(":", "")}.json"))
        args.check()
        println("$time ${BenchMain.java()}, $count of each kind; bytes do not depend on the load of the machine")
        val cases = MemoryCases(count, seconds)
        val chosen = cases.all.filterKeys { only in it }
        require(chosen.isNotEmpty()) { "'only=$only' is in none of: ${cases.all.keys.joinToString()}." }
        val rows = chosen.values.flatMap { it() }.onEach(::show)
        val result = MemoryResult(time, BenchMain.machine(), BenchMain.java(), rows)
        ResultFile.write(MemoryResult.serializer(), result, out)
        return if (rows.all { it.reached }) 0 else 1
    }

    /** What was added between two moments, for each of [count]. */
    fun kept(name: String, asked: Double, count: Int, before: Histogram, after: Histogram): Kept {
        val classes = after.since(before).mapValues { it.value.bytes.toDouble() / count }
        val top = classes.entries.sortedByDescending { it.value }.take(TOP).associate { it.key to it.value }
        return Kept(name, asked, (after.bytes - before.bytes).toDouble() / count, top)
    }

    private fun show(row: Kept) {
        println(
            "%-52s %,10.1f bytes, asked %,.0f: %s"
                .format(row.name, row.bytes, row.asked, if (row.reached) "reached" else "MISSED"),
        )
        for ((name, bytes) in row.classes) if (bytes >= LEAST) println("  %,12.1f  %s".format(bytes, name))
    }

    private const val LEAST = 0.5
}
