// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import dev.jitney.bench.proofs.Endurance
import dev.jitney.bench.proofs.Growth
import dev.jitney.bench.proofs.Memory
import dev.jitney.bench.proofs.Overload
import dev.jitney.bench.proofs.Start
import org.slf4j.LoggerFactory
import java.lang.management.ManagementFactory
import java.nio.file.Path
import java.time.Instant
import java.time.temporal.ChronoUnit
import kotlin.system.exitProcess

/** Comparisons (`run`, `smoke`, `compare`, `chart`, `list`) and proofs of one's own; the README says how. */
internal object BenchMain {
    @JvmStatic
    fun main(arguments: Array<String>) {
        // Tests bring a binding with them.
        if (System.getProperty(LoggerFactory.PROVIDER_PROPERTY_KEY) == null) {
            System.setProperty(LoggerFactory.PROVIDER_PROPERTY_KEY, Logging.NONE.provider)
        }
        val args = Args(arguments.drop(1))
        val code = try {
            when (arguments.firstOrNull()) {
                "run" -> run(args)

                "smoke" -> Smoke.run(args)

                "compare" -> Compare.run(args)

                "chart" -> Chart.run(args)

                "list" -> list(args)

                "fork" -> fork(args)

                "endurance" -> Endurance.run(args)

                "memory" -> Memory.run(args)

                "overload" -> Overload.run(args)

                "growth" -> Growth.run(args)

                "start" -> Start.run(args)

                else -> throw IllegalArgumentException(
                    "Say what to do: run, smoke, compare, chart, list, endurance, memory, overload, growth or start.",
                )
            }
        } catch (e: IllegalArgumentException) {
            System.err.println(e.message)
            2
        }
        // Peers leave threads behind that would keep the JVM.
        exitProcess(code)
    }

    private fun list(args: Args): Int {
        args.check()
        Scenarios.rows.forEach { println(it.id) }
        return 0
    }

    private fun run(args: Args): Int {
        val rows = chosen(args.text("scenarios", "all"), args.text("rows", ""))
        val plan = Plan(
            args.number("forks", 5),
            args.number("warmups", 6),
            args.number("rounds", 5),
            args.number("millis", 500),
            args.text("heap", "2g"),
            args.text("gc", "Parallel"),
        )
        val time = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString()
        val out = Path.of(args.text("out", "target/bench/run-${time.replace(":", "")}.json"))
        args.check()
        println(machine())
        Table.head()
        val results = Forks(plan).run(rows)
        val result = RunResult(time, machine(), java(), plan.settings(), results)
        Results.write(result, out)
        val verdicts = Judge.judge(Scenarios.targets, result.byId())
        Table.verdicts(verdicts)
        val chart = Path.of("$out".removeSuffix(".json") + ".svg")
        Chart.write(result, chart)
        println("Written: $out and $chart")
        return if (results.any { it.failure != null }) 1 else 0
    }

    private fun chosen(scenarios: String, text: String): List<Row> {
        val names = scenarios.split(',')
        val rows = Scenarios.rows.filter { (scenarios == "all" || it.scenario in names) && text in it.id }
        require(rows.isNotEmpty()) { "No row of scenarios '$scenarios' has '$text' in its id. 'list' shows all ids." }
        return rows
    }

    private fun fork(args: Args): Int {
        val row = Scenarios.rows.single { it.id == args.plain.joinToString(" ") }
        val fork = args.number("fork", 1)
        val rounds = Fork.run(
            row,
            fork,
            args.number("warmups", 1),
            args.number("rounds", 1),
            args.number("millis", 100),
        )
        Results.writeRounds(rounds, Path.of(args.text("at", "")))
        return 0
    }

    fun java(): String = System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version")

    fun machine(): String {
        val system = ManagementFactory.getOperatingSystemMXBean()
        val load = system.systemLoadAverage
        val quiet = if (load > 1) ", NOT QUIET: not for quoting" else ""
        val processors = Runtime.getRuntime().availableProcessors()
        return "$processors processors, ${system.name} ${system.arch}, load ${number(load)}$quiet"
    }
}
