// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import com.github.ajalt.clikt.parameters.arguments.argument

/** `bus show`: one event in full. */
internal class ShowCommand(io: Io) :
    BusCommand(
        io,
        "show",
        "Show one event in full.",
        listOf("bus show 019aa5b0-7c1e-7a2b-9d44-5f1f0e6a1b2c", "bus show 019aa5b0", "bus show '#1042' -o json"),
    ) {
    private val id by argument("EVENT_ID", help = "Its id, the beginning of it if no other id begins so, or #OFFSET")

    override fun execute() {
        if (id.isEmpty()) throw CliFailure(ErrorCode.USAGE, "EVENT_ID is '', expected an id.", "bus show --help")
        open().use { bus ->
            val stored = EventFinder(bus.store, ProblemReport(talk)).find(id)
            if (format == Format.TEXT) {
                io.out.line(EventText(bus.format, style).full(stored))
            } else {
                io.out.line(EventJson(bus.format, io.descriptors.stdoutTerminal).of(stored))
            }
        }
    }
}
