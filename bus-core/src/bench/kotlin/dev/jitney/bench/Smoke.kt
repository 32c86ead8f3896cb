// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

/**
 * All scenarios in one JVM and in less than a minute: that they still run, and that what handlers have summed up is
 * right. Its figures say nothing; its bytes say a little.
 */
internal object Smoke {
    fun run(args: Args): Int {
        val millis = args.number("millis", 100)
        args.check()
        val begin = System.nanoTime()
        println(BenchMain.machine())
        Table.head()
        val ours = Scenarios.names.map { name -> scenario(name, millis) }
        val seconds = (System.nanoTime() - begin) / 1e9
        val failed = ours.count { it.failure != null }
        println("\n${ours.size} scenarios, $failed failed, ${number(seconds)} s.")
        println("Not for quoting: one JVM for all, and short.")
        return if (failed == 0 && ours.size == SCENARIOS) 0 else 1
    }

    /** One row for a scenario: ours, and beside it how many times as long its peer takes. */
    private fun scenario(name: String, millis: Int): RowResult {
        val rows = Scenarios.rows.filter { it.scenario == name && it.smoke }
        val row = rows.single { it.kind == Kind.OURS }
        return try {
            val ours = measure(row, millis).toMutableMap()
            for (peer in rows - row) {
                ours["x as fast as ${peer.name}"] =
                    measure(peer, millis).getValue("ns") / ours.getValue("ns")
            }
            Results.row(row, listOf(listOf(ours)), null)
        } catch (e: Throwable) {
            Results.row(row, emptyList(), e.toString())
        }.also(Table::line)
    }

    private fun measure(row: Row, millis: Int): Map<String, Double> =
        Fork.run(row, 1, WARM_UPS, rounds = 2, millis, mostWarmUps = WARM_UPS).minBy { it.getValue("ns") }

    private const val WARM_UPS = 3
    private const val SCENARIOS = 13
}
