// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import com.github.ajalt.clikt.core.CliktError
import com.github.ajalt.clikt.core.Context
import com.github.ajalt.clikt.core.CoreCliktCommand
import com.github.ajalt.clikt.core.context
import com.github.ajalt.clikt.core.obj
import com.github.ajalt.clikt.core.subcommands
import com.github.ajalt.clikt.parameters.groups.provideDelegate
import com.github.ajalt.clikt.parameters.options.eagerOption

/** `bus` itself: options in front of the command's name, and the commands. */
internal class RootCommand(io: Io, names: List<String>) : CoreCliktCommand("bus") {
    private val given by GlobalOptions()

    init {
        context {
            // Otherwise `publish t @/etc/hostname` would publish the words of that file
            readArgumentFile = null
            autoEnvvarPrefix = null
            localization = Wording
            helpFormatter = { HelpText }
            readEnvvar = io.environment
        }
        eagerOption("-V", "--version", help = "Show the version and exit") { throw ShowVersion() }
        subcommands(names.map { Commands.create(it, io) })
    }

    override val printHelpOnEmptyArgs: Boolean get() = true

    override fun aliases(): Map<String, List<String>> = Commands.aliases

    override fun help(context: Context): String =
        "Publish events, follow them, look at what was stored and replay it, on a directory that many processes share."

    override fun helpEpilog(context: Context): String = """
        Examples:
          bus publish user.login '{"username":"alice"}'
          bus tail 'user.*'
          bus query user.login --since 1h -o jsonl

        More: bus help COMMAND, bus help exit-codes, errors, output, selection, environment.
    """.trimIndent()

    override fun run() {
        currentContext.obj = Settings().with(given)
    }

    /** Ends the parsing where `--version` stands. */
    class ShowVersion : CliktError()
}
