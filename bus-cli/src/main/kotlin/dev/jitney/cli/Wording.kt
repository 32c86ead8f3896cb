// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import com.github.ajalt.clikt.output.Localization

/** The parser's messages in our own style: what was refused, the value, what is accepted. */
internal object Wording : Localization {
    override fun noSuchSubcommand(name: String, possibilities: List<String>): String =
        "No command is named '$name'." + nearest(possibilities)

    override fun noSuchOption(name: String, possibilities: List<String>): String =
        "No option is named '$name'." + nearest(possibilities)

    override fun noSuchOptionWithSubCommandPossibility(name: String, subcommand: String): String =
        "No option is named '$name' here; '$subcommand' has one."

    override fun missingArgument(paramName: String): String = "$paramName is missing."

    override fun missingOption(paramName: String): String = "'$paramName' is missing."

    override fun extraArgumentOne(name: String): String =
        "'${bare(name)}' is one argument too many. Put quotes around a value that contains spaces."

    override fun extraArgumentMany(name: String, count: Int): String =
        "'${bare(name)}' are $count arguments too many. Put quotes around a value that contains spaces."

    override fun incorrectOptionValueCount(name: String, count: Int): String =
        if (count == 0) "'$name' takes no value." else "'$name' needs a value."

    private fun nearest(possibilities: List<String>): String =
        possibilities.firstOrNull()?.let { " Did you mean '$it'?" }.orEmpty()

    // The parser puts brackets around what is too much
    private fun bare(names: String): String = names.trim().removeSurrounding("(", ")")
}
