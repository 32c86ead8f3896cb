// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import dev.jitney.bench.Args
import dev.jitney.bench.BenchMain
import kotlinx.serialization.Serializable
import java.lang.management.ManagementFactory
import java.nio.file.Path

/** One thing that was made larger and larger; [atMost] is the worst shape that is right for it. */
internal class Series(
    val name: String,
    val unit: String,
    val sizes: List<Int>,
    val atMost: Shape,
    /** Prepares a size; what it returns does a round and says how many events or calls that was. */
    val open: (Int) -> Work,
)

/** A round of work, again and again. */
internal interface Work : AutoCloseable {
    /** Whether all is done on the calling thread, so that its processor time is the cost; else it is the time by the wall. */
    val here: Boolean get() = true

    fun round(): Long
}

@Serializable
internal data class Grown(
    val name: String,
    val unit: String,
    val points: List<Point>,
    val shape: Shape,
    val atMost: Shape,
) {
    val right: Boolean get() = shape <= atMost
}

@Serializable
internal data class GrowthResult(val time: String, val machine: String, val java: String, val rows: List<Grown>)

/** Cost as the work grows, and what shape that has by the rule of [Shape]. */
internal object Growth {
    fun run(args: Args): Int {
        val millis = args.number("millis", 200)
        val rounds = args.number("rounds", 5)
        val most = args.number("most", 100_000)
        val only = args.text("only", "")
        val jars = Path.of(args.text("plugins", Stores.BUILT.toString()))
        val file = ResultFile(args, "growth")
        args.check()
        println("${file.time} ${BenchMain.machine()}; $rounds rounds of $millis ms, the best counts")
        val chosen = GrowthSeries(jars, most).all.filter { only in it.name }
        require(chosen.isNotEmpty()) { "'only=$only' is in the name of no series." }
        val rows = chosen.map { measure(it, millis, rounds).also(::show) }
        val result = GrowthResult(file.time, BenchMain.machine(), BenchMain.java(), rows)
        file.write(GrowthResult.serializer(), result)
        GrowthChart.write(result, file.chart)
        println("Written: ${file.chart}")
        return if (rows.all { it.right }) 0 else 1
    }

    private fun measure(series: Series, millis: Int, rounds: Int): Grown {
        // All code is compiled at the smallest size before any size counts.
        series.open(series.sizes.first()).use { work -> repeat(rounds) { nanos(work, millis) } }
        val points = series.sizes.map { size ->
            series.open(size).use { work ->
                repeat(WARM) { nanos(work, millis) }
                // What else the machine does only adds.
                Point(size.toDouble(), (0 until rounds).minOf { nanos(work, millis) })
            }
        }
        return Grown(series.name, series.unit, points, Shape.of(points), series.atMost)
    }

    private fun nanos(work: Work, millis: Int): Double {
        val begin = now(work)
        val end = System.nanoTime() + millis * 1_000_000L
        var done = 0L
        do done += work.round() while (System.nanoTime() < end)
        return (now(work) - begin).toDouble() / done
    }

    private fun now(work: Work): Long = if (work.here) THREADS.currentThreadCpuTime else System.nanoTime()

    private fun show(row: Grown) {
        val verdict = if (row.right) "" else ", but at most ${row.atMost.word} is right: MISSED"
        println("%-58s %s%s".format(row.name, row.shape.word, verdict))
        println("    " + row.points.joinToString { "%,.0f: %,.0f ns".format(it.size, it.nanos) } + "   (${row.unit})")
    }

    private const val WARM = 2
    private val THREADS = ManagementFactory.getThreadMXBean()
}
