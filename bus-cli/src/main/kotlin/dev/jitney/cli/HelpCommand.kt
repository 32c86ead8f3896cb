// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import com.github.ajalt.clikt.core.PrintHelpMessage
import com.github.ajalt.clikt.core.parse
import com.github.ajalt.clikt.parameters.arguments.argument
import com.github.ajalt.clikt.parameters.arguments.optional

/** `bus help`: a command's help, or one of the pages that belong to no command. */
internal class HelpCommand(io: Io) :
    BusCommand(
        io,
        "help",
        "Show help for a command, or a page: exit-codes, errors, output, selection, environment.",
        listOf("bus help publish", "bus help exit-codes", "bus help errors"),
    ) {
    private val subject by argument("SUBJECT", help = "A command or a page").optional()

    override fun execute() {
        val page = subject?.let { HelpPages.find(it) }
        io.out.line((page ?: commandHelp()).trimEnd())
    }

    private fun commandHelp(): String {
        val name = subject
        if (name != null && name !in Commands.names && name !in Commands.aliases) {
            throw CliFailure(
                ErrorCode.USAGE,
                "There is no help on '$name'.",
                "bus help, or one of ${HelpPages.names.joinToString()}",
            )
        }
        val args = listOfNotNull(name, "--help")
        val root = RootCommand(io, Commands.reachable(args))
        return try {
            root.parse(args)
            ""
        } catch (e: PrintHelpMessage) {
            root.getFormattedHelp(e).orEmpty()
        }
    }
}
