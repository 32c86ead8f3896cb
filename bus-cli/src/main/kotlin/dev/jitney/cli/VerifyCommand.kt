// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.spi.StoreProblem
import dev.jitney.spi.VerifyOptions
import dev.jitney.spi.VerifyReport

/** `bus verify`: checks every stored byte and changes nothing. */
internal class VerifyCommand(io: Io) :
    BusCommand(
        io,
        "verify",
        "Check every stored record. Exits with 5 when something is damaged or cannot be checked.",
        listOf("bus verify", "bus verify -q && echo whole", "bus verify -o json"),
    ) {
    override fun execute() {
        val report = open().use { bus ->
            val list = ListWriter(io.out, format, "bus.verify/1")
            val total = bus.store.info().bytes()
            val report = list.of {
                bus.store.verify(VerifyOptions({ list.item(problem(it)) }, { progress(it, total) }))
            }
            talk.endProgress()
            list.end(truncated = false) { figures(report) }
            report
        }
        when (format) {
            Format.TEXT -> io.out.line(summary(report))
            Format.JSONL -> io.out.line(JsonOut().obj { field("kind", "bus.verify/1").figures(report) }.toString())
            Format.JSON -> Unit
        }
        if (!report.ok()) throw CliExit(ExitCode.CHECK_FAILED)
    }

    private fun progress(bytes: Long, total: Long) {
        val percent = if (total > 0) " (${bytes.coerceAtMost(total) * PERCENT / total} %)" else ""
        talk.progress("checked ${Sizes.text(bytes)}$percent")
    }

    private fun problem(problem: StoreProblem): String = when (format) {
        Format.TEXT -> Escapes.line(ProblemReport.line(problem))

        else -> JsonOut().obj {
            field("kind", "bus.problem/1")
            field("file", problem.place())
            if (problem.position() >= 0) field("position", problem.position())
            if (problem.length() >= 0) field("lengthBytes", problem.length())
            problem.offset()?.let { field("offset", it.value()) }
            field("status", problem.kind().name.lowercase())
            field("problem", problem.reason())
        }.toString()
    }

    private fun JsonOut.figures(report: VerifyReport) {
        field("ok", report.ok())
        field("events", report.events())
        field("sizeBytes", report.bytes())
        field("damaged", report.damaged())
        field("unverifiable", report.unverifiable())
    }

    private fun summary(report: VerifyReport): String {
        val checked = "${Sizes.events(report.events())} in ${Sizes.text(report.bytes())}"
        if (report.ok()) return "$checked: all good"
        val damaged = Sizes.count(report.damaged())
        return "$checked are good; $damaged damaged, ${Sizes.count(report.unverifiable())} unverifiable"
    }

    private companion object {
        const val PERCENT = 100
    }
}
