// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.spi.NearMatch

/** The commands by name. Only what a command line needs is built: each option costs start-up time. */
internal object Commands {
    val names: List<String> = listOf(
        "publish",
        "tail",
        "query",
        "show",
        "replay",
        "topics",
        "clear",
        "info",
        "verify",
        "bench",
        "help",
        "version",
    )

    val aliases: Map<String, List<String>> = mapOf(
        "pub" to listOf("publish"),
        "subscribe" to listOf("tail"),
        "sub" to listOf("tail"),
        "history" to listOf("query"),
        "status" to listOf("info"),
    )

    // Options in front of the name that take a value of their own
    private val valued = setOf("-d", "--dir", "-o", "--output", "--time", "--color", "--lock-timeout")

    fun create(name: String, io: Io): BusCommand = when (name) {
        "publish" -> PublishCommand(io)
        "tail" -> TailCommand(io)
        "query" -> QueryCommand(io)
        "show" -> ShowCommand(io)
        "replay" -> ReplayCommand(io)
        "topics" -> TopicsCommand(io)
        "clear" -> ClearCommand(io)
        "info" -> InfoCommand(io)
        "verify" -> VerifyCommand(io)
        "bench" -> BenchCommand(io)
        "help" -> HelpCommand(io)
        "version" -> VersionCommand(io)
        else -> error("no command is named '$name'")
    }

    private val beforeAll = setOf("-h", "--help", "-V", "--version")

    /**
     * Returns the names of the commands that this command line can reach: one if it names one, else all.
     *
     * @throws CliFailure if it names one that there is not
     */
    fun reachable(args: List<String>): List<String> {
        val word = firstWord(args) ?: return names
        val name = aliases[word]?.first() ?: word
        if (name in names) return listOf(name)
        val near = NearMatch.of(word, names + aliases.keys)
        throw CliFailure(ErrorCode.USAGE, Wording.noSuchSubcommand(word, listOfNotNull(near)), "bus --help")
    }

    // Null where help or the version is asked for first
    private fun firstWord(args: List<String>): String? {
        var i = 0
        while (i < args.size && args[i] !in beforeAll) {
            val arg = args[i]
            if (!arg.startsWith("-")) return arg
            i += if (arg in valued) 2 else 1
        }
        return null
    }
}
