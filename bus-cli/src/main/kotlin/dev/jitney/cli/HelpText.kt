// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import com.github.ajalt.clikt.core.UsageError
import com.github.ajalt.clikt.output.HelpFormatter
import com.github.ajalt.clikt.output.HelpFormatter.ParameterHelp

/** Help in plain text: what it does, examples, then what it takes; the options that all commands share come last. */
internal object HelpText : HelpFormatter {
    override fun formatHelp(
        error: UsageError?,
        prolog: String,
        epilog: String,
        parameters: List<ParameterHelp>,
        programName: String,
    ): String {
        val arguments = parameters.filterIsInstance<ParameterHelp.Argument>()
        val commands = parameters.filterIsInstance<ParameterHelp.Subcommand>()
        val options = parameters.filterIsInstance<ParameterHelp.Option>().groupBy { it.groupName }
        val global = options.keys.filter { it == GLOBAL }
        return buildString {
            append("Usage: ").append(programName).append(" [OPTIONS]")
            if (commands.isNotEmpty()) append(" COMMAND [ARGS]")
            arguments.forEach { append(' ').append(usage(it)) }
            append("\n\n").append(prolog).append("\n\n").append(epilog).append('\n')
            section("Commands", commands.map { it.name to it.help })
            section("Arguments", arguments.map { it.name to it.help })
            for (group in options.keys.sortedBy { it != null } - global.toSet() + global) {
                section(group ?: "Options", options.getValue(group).map { term(it) to it.help })
            }
        }
    }

    private fun usage(argument: ParameterHelp.Argument): String {
        val name = if (argument.repeatable) "${argument.name}..." else argument.name
        return if (argument.required) name else "[$name]"
    }

    private fun term(option: ParameterHelp.Option): String {
        val names = option.names.sortedBy { it.length }.joinToString()
        val indented = if (names.startsWith("--")) "    $names" else names
        return listOfNotNull(indented, option.metavar).joinToString(" ")
    }

    private fun StringBuilder.section(title: String, rows: List<Pair<String, String>>) {
        if (rows.isEmpty()) return
        val width = rows.maxOf { it.first.length }
        append('\n').append(title).append(":\n")
        for ((term, help) in rows) append("  ").append(term.padEnd(width)).append("  ").append(help).append('\n')
    }

    private const val GLOBAL = "Global options"
}
