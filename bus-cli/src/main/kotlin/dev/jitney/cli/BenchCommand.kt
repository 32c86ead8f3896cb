// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import com.github.ajalt.clikt.parameters.arguments.argument
import com.github.ajalt.clikt.parameters.groups.provideDelegate
import com.github.ajalt.clikt.parameters.options.flag
import com.github.ajalt.clikt.parameters.options.multiple
import com.github.ajalt.clikt.parameters.options.option
import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import java.util.Locale

/** `bus bench`: how fast this machine is, on a bus of its own. */
internal class BenchCommand(io: Io) :
    BusCommand(
        io,
        "bench",
        "Measure this machine: publish (the call), e2e (to the handler), replay (from the store), store (its append).",
        listOf(
            "bus bench e2e --rate 20k/s --runs 3",
            "bus bench store --level disk --producers 4 --duration 5s",
            "bus bench publish -o json > before.json && bus bench publish --baseline before.json --fail-if 'p99>+10%'",
        ),
    ) {
    private val scenario by argument("SCENARIO", help = "publish, e2e, replay or store")
    private val load by BenchOptions()
    private val useCurrent by option(
        "--use-current",
        help = "Use the bus that is there: replay reads it, the others add events that stay",
    ).flag()
    private val export by option("--export", metavar = "FILE", help = "Also write FILE.json, .csv, .md or .hgrm")
    private val baseline by option("--baseline", metavar = "FILE", help = "Compare with a result of -o json")
    private val failIf by option(
        "--fail-if",
        metavar = "COND",
        help = "Exit with 5 when it holds (default: p99>+10% and rate<-5%); repeatable",
    ).multiple()

    override fun execute() {
        val scenario = scenarioOf(scenario)
        val plan = load.plan(scenario, stored = useCurrent || settings.dir != null, existing = useCurrent, io)
        val export = export?.let { BenchExport.of(it, io) }
        if (failIf.isNotEmpty() && baseline == null) refuse("'--fail-if' compares with '--baseline', which is missing.")
        val conditions = failIf.ifEmpty { BenchCondition.usual }.map(BenchCondition::of)
        val earlier = baseline?.let { BenchBaseline.read(it, io) }
        earlier?.check(plan)
        val (environment, runs) = measure(plan)
        warn(plan, environment, runs)
        val verdict = earlier?.verdict(runs, conditions)
        val report = BenchReport(plan, environment, runs, verdict)
        io.out.line(if (format == Format.TEXT) report.text(style) else report.json())
        export?.write(report)
        if (verdict != null && !verdict.ok) throw CliExit(ExitCode.CHECK_FAILED)
    }

    private fun refuse(message: String): Nothing = throw CliFailure(ErrorCode.USAGE, message, "bus bench --help")

    private fun scenarioOf(name: String): Scenario = Scenario.values().firstOrNull { it.label == name }
        ?: refuse("SCENARIO is '$name', expected publish, e2e, replay or store.")

    private fun measure(plan: BenchPlan): Pair<BenchEnvironment, List<BenchRun>> {
        if (plan.level == null) return environment(null) to BenchRuns(plan, talk).all(null, existing = false)
        return BenchPlace.of(settings.dir, useCurrent, io).use { place ->
            Bus.open(place.directory, settings, io, create = !place.existing).use { bus ->
                if (place.existing && plan.scenario != Scenario.REPLAY) {
                    talk.note("Events of this benchmark stay in ${place.directory}.")
                }
                environment(place.directory) to BenchRuns(plan, talk).all(bus.store, place.existing)
            }
        }
    }

    /** Looks around before anything runs: whoever is told now need not wait for figures that say nothing. */
    private fun environment(store: Path?): BenchEnvironment {
        val environment = BenchEnvironment.of(store, io.load())
        if (environment.busy) {
            val load = String.format(Locale.ROOT, "%.1f", environment.load)
            val cores = Sizes.some(environment.cores, "core")
            talk.warn("The machine is busy (load $load on $cores): figures will be rough.")
        }
        return environment
    }

    private fun warn(plan: BenchPlan, environment: BenchEnvironment, runs: List<BenchRun>) {
        val unsent = runs.sumOf { it.unsent }
        if (unsent > 0) {
            talk.warn(
                "The rate was not kept up: ${Sizes.events(unsent)} were not sent in twice the time, and count as late.",
            )
        }
        if (environment.inMemory) {
            talk.warn("The store was in memory (${environment.fs}), where no level forces anything: try --dir.")
        }
        if (plan.rate == null && plan.scenario != Scenario.REPLAY) {
            talk.note("Closed loop: what would have waited to be sent is not in the latencies; --rate has it in.")
        }
    }
}

/** A file for a result, by the end of its name. */
internal class BenchExport private constructor(
    private val name: String,
    private val path: Path,
    private val render: (BenchReport) -> ByteArray,
) {
    fun write(report: BenchReport) {
        try {
            Files.write(path, render(report))
        } catch (e: IOException) {
            throw CliFailure(ErrorCode.OUTPUT, "'--export' is '$name', which cannot be written.", cause = e)
        }
    }

    companion object {
        /** @throws CliFailure if the name ends otherwise */
        fun of(name: String, io: Io): BenchExport {
            val render: (BenchReport) -> ByteArray = when (name.substringAfterLast('.', "")) {
                "json" -> { it -> (it.json() + "\n").toByteArray() }

                "csv" -> { it -> it.csv().toByteArray() }

                "md" -> { it -> it.markdown().toByteArray() }

                "hgrm" -> { it -> it.hgrm() }

                else -> throw CliFailure(
                    ErrorCode.USAGE,
                    "'--export' is '$name', expected a file whose name ends with .json, .csv, .md or .hgrm.",
                )
            }
            return BenchExport(name, BusDirectory.path("--export", name, io), render)
        }
    }
}
