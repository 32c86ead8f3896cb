// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import java.nio.file.Path
import java.util.Locale
import kotlin.io.path.writeText
import kotlin.math.log10
import kotlin.math.max

/** Writes the nanoseconds of all rows as bars, on a logarithmic scale, ours apart from the rest. */
internal object Chart {
    private const val LEFT = 330
    private const val WIDTH = 520
    private const val LINE = 18
    private const val RIGHT = 90

    fun run(args: Args): Int {
        args.check()
        require(args.plain.size == 2) { "Give a result and where to draw it: chart RUN.json CHART.svg." }
        write(Results.read(Path.of(args.plain[0])), Path.of(args.plain[1]))
        return 0
    }

    fun write(run: RunResult, to: Path) {
        val parts = run.rows.filter { "ns" in it.metrics }.groupBy { "${it.scenario}, ${it.part}" }
        val most = parts.values.flatten().maxOfOrNull { it.metrics.getValue("ns").median } ?: 1.0
        val decades = max(1.0, Math.ceil(log10(most)))
        val lines = parts.values.sumOf { it.size } + 2 * parts.size
        val svg = StringBuilder()
        val height = (lines + 3) * LINE
        val width = LEFT + WIDTH + RIGHT
        svg.append("""<svg xmlns="http://www.w3.org/2000/svg" width="$width" height="$height" """)
        svg.append("""viewBox="0 0 $width $height" font-family="sans-serif" font-size="11">""").append('\n')
        svg.append("""<rect width="100%" height="100%" fill="#fff"/>""").append('\n')
        text(
            svg,
            8,
            LINE,
            "Nanoseconds an event, medians and quartiles of forks, logarithmic. ${run.time}, ${run.java}",
            "#444",
        )
        grid(svg, decades.toInt(), height)
        var y = 2 * LINE
        for ((part, rows) in parts) {
            y += LINE
            text(svg, 8, y, part, "#000", "font-weight=\"bold\"")
            for (row in rows.sortedBy { it.metrics.getValue("ns").median }) {
                y += LINE
                bar(svg, y, row, decades)
            }
            y += LINE
        }
        svg.append("</svg>\n")
        to.writeText(svg)
    }

    private fun grid(svg: StringBuilder, decades: Int, height: Int) {
        for (decade in 0..decades) {
            val x = LEFT + WIDTH * decade / decades
            svg.append("""<line x1="$x" y1="${2 * LINE}" x2="$x" y2="$height" stroke="#ddd"/>""").append('\n')
            text(
                svg,
                x + 2,
                2 * LINE,
                String.format(Locale.ROOT, "%,d", Math.pow(10.0, decade.toDouble()).toLong()),
                "#999",
            )
        }
    }

    private fun bar(svg: StringBuilder, y: Int, row: RowResult, decades: Double) {
        val ns = row.metrics.getValue("ns")
        val colour = when (row.kind) {
            Kind.OURS -> "#1565c0"
            Kind.PEER -> "#9e9e9e"
            Kind.LIMIT -> "#cfd8dc"
        }
        val end = x(ns.median, decades)
        text(svg, 16, y, row.name, "#000")
        svg.append("""<rect x="$LEFT" y="${y - 10}" width="${end - LEFT}" height="12" fill="$colour"/>""").append('\n')
        val middle = y - 4
        svg.append(
            """<line x1="${x(ns.q1, decades)}" y1="$middle" x2="${x(ns.q3, decades)}" y2="$middle" stroke="#000"/>""",
        )
            .append('\n')
        text(svg, max(end, x(ns.q3, decades)) + 4, y, number(ns.median), "#000")
    }

    private fun x(ns: Double, decades: Double): Int = LEFT + (WIDTH * log10(max(1.0, ns)) / decades).toInt() + 1

    private fun text(svg: StringBuilder, x: Int, y: Int, text: String, colour: String, more: String = "") {
        val safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        svg.append("""<text x="$x" y="$y" fill="$colour" $more>$safe</text>""").append('\n')
    }
}
