// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import dev.jitney.bench.Args
import dev.jitney.bench.BenchMain
import kotlinx.serialization.Serializable

/** The bytes that one of a kind keeps from the collector: the difference of two class histograms, by the number of them. */
@Serializable
internal data class Kept(val name: String, val asked: Double?, val bytes: Double, val classes: Map<String, Double>) {
    val reached: Boolean get() = asked == null || bytes <= asked
}

@Serializable
internal data class MemoryResult(val time: String, val machine: String, val java: String, val rows: List<Kept>)

/** Retained sizes, over 10 000 of each kind. */
internal object Memory {
    fun run(args: Args): Int {
        val count = args.number("count", 10_000)
        val seconds = args.number("wait", 60)
        val top = args.number("top", 8)
        val only = args.text("only", "")
        val file = ResultFile(args, "memory")
        args.check()
        println("${file.time} ${BenchMain.java()}, $count of each kind; bytes do not depend on the load of the machine")
        val cases = MemoryCases(count, seconds)
        val chosen = cases.all.filterKeys { only in it }
        require(chosen.isNotEmpty()) { "'only=$only' is in none of: ${cases.all.keys.joinToString()}." }
        val rows = chosen.values.flatMap { it() }.onEach { show(it, top) }
        val result = MemoryResult(file.time, BenchMain.machine(), BenchMain.java(), rows)
        file.write(MemoryResult.serializer(), result)
        return if (rows.all { it.reached }) 0 else 1
    }

    /** What was added between two moments, for each of [count]. */
    fun kept(name: String, asked: Double?, count: Int, before: Histogram, after: Histogram): Kept {
        val classes = after.since(before).mapValues { it.value.toDouble() / count }
        val sorted = classes.entries.sortedByDescending { it.value }.associate { it.key to it.value }
        return Kept(name, asked, classes.values.sum(), sorted)
    }

    private fun show(row: Kept, top: Int) {
        val verdict = row.asked?.let { ", asked %,.0f: %s".format(it, if (row.reached) "reached" else "MISSED") }
        println("%-62s %,9.1f bytes%s".format(row.name, row.bytes, verdict.orEmpty()))
        val classes = row.classes.entries.filter { it.value >= LEAST }.take(top)
        for ((name, bytes) in classes) println("  %,12.1f  %s".format(bytes, name))
    }

    private const val LEAST = 0.5
}
