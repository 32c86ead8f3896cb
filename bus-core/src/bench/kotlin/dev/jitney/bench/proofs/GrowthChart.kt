// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import java.nio.file.Path
import java.util.Locale
import kotlin.io.path.writeText
import kotlin.math.ceil
import kotlin.math.floor
import kotlin.math.log10

/** Draws each series as a line, both axes logarithmic: a rise by a decade a decade is linear growth. */
internal object GrowthChart {
    private const val LEFT = 60
    private const val TOP = 50
    private const val SIDE = 520
    private const val LINE = 18
    private const val LEGEND = 460
    private val COLOURS = listOf(
        "#1565c0", "#c62828", "#2e7d32", "#ef6c00", "#6a1b9a", "#00838f",
        "#9e9d24", "#4e342e", "#ad1457", "#546e7a", "#000000",
    )

    fun write(result: GrowthResult, to: Path) {
        val points = result.rows.flatMap { it.points }
        val x = Axis(points.map { it.size })
        val y = Axis(points.map { it.nanos })
        val svg = StringBuilder()
        val width = LEFT + SIDE + LEGEND
        val height = TOP + SIDE + 3 * LINE
        svg.append("""<svg xmlns="http://www.w3.org/2000/svg" width="$width" height="$height" """)
        svg.append("""viewBox="0 0 $width $height" font-family="sans-serif" font-size="11">""").append('\n')
        svg.append("""<rect width="100%" height="100%" fill="#fff"/>""").append('\n')
        text(svg, LEFT, LINE, "Nanoseconds by size, both logarithmic. ${result.time}, ${result.java}", "#444")
        grid(svg, x, y)
        result.rows.forEachIndexed { i, row ->
            line(svg, row, COLOURS[i % COLOURS.size], x, y, TOP + (2 * i + 1) * LINE)
        }
        svg.append("</svg>\n")
        to.writeText(svg)
    }

    /** Whole decades around the values. */
    private class Axis(values: List<Double>) {
        val first = floor(log10(values.min())).toInt()
        val last = maxOf(first + 1, ceil(log10(values.max())).toInt())

        fun at(value: Double): Double = SIDE * (log10(value) - first) / (last - first)
    }

    private fun grid(svg: StringBuilder, x: Axis, y: Axis) {
        for (decade in x.first..x.last) {
            val at = LEFT + x.at(power(decade)).toInt()
            stroke(svg, at, TOP, at, TOP + SIDE)
            text(svg, at - LEFT / 4, TOP + SIDE + LINE, "%,.0f".format(power(decade)), "#999")
        }
        for (decade in y.first..y.last) {
            val at = TOP + SIDE - y.at(power(decade)).toInt()
            stroke(svg, LEFT, at, LEFT + SIDE, at)
            text(svg, 2, at + LINE / 4, "%,.0f".format(power(decade)), "#999")
        }
    }

    private fun line(svg: StringBuilder, row: Grown, colour: String, x: Axis, y: Axis, legend: Int) {
        val path = row.points.joinToString(" ") {
            String.format(Locale.ROOT, "%.1f,%.1f", LEFT + x.at(it.size), TOP + SIDE - y.at(it.nanos))
        }
        svg.append("""<polyline points="$path" fill="none" stroke="$colour" stroke-width="2"/>""").append('\n')
        for (at in path.split(' ')) {
            val (px, py) = at.split(',')
            svg.append("""<circle cx="$px" cy="$py" r="3" fill="$colour"/>""").append('\n')
        }
        text(svg, LEFT + SIDE + LINE, legend, row.name, colour)
        text(svg, LEFT + SIDE + LINE, legend + LINE - LINE / 4, "by ${row.unit}: ${row.shape.word}", "#444")
    }

    private fun power(decade: Int) = Math.pow(10.0, decade.toDouble())

    private fun stroke(svg: StringBuilder, x1: Int, y1: Int, x2: Int, y2: Int) {
        svg.append("""<line x1="$x1" y1="$y1" x2="$x2" y2="$y2" stroke="#ddd"/>""").append('\n')
    }

    private fun text(svg: StringBuilder, x: Int, y: Int, text: String, colour: String) {
        val safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        svg.append("""<text x="$x" y="$y" fill="$colour">$safe</text>""").append('\n')
    }
}
