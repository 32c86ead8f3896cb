// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import com.github.ajalt.clikt.parameters.groups.OptionGroup
import com.github.ajalt.clikt.parameters.options.counted
import com.github.ajalt.clikt.parameters.options.flag
import com.github.ajalt.clikt.parameters.options.option

/** Options that every command takes, before its name or behind it; what was not given is null or false. */
internal class GlobalOptions : OptionGroup("Global options") {
    val dir by option("-d", "--dir", metavar = "DIR", help = "Bus directory [BUS_DIR; else the nearest .bus upwards]")
    val output by option("-o", "--output", metavar = "FMT", help = "text, json or jsonl [BUS_OUTPUT; else text]")
    val time by option("--time", metavar = "MODE", help = "Times in text: local, utc, relative or epoch")
    val color by option("--color", metavar = "WHEN", help = "auto, always or never [NO_COLOR, FORCE_COLOR]")
    val lockTimeout by option("--lock-timeout", metavar = "DUR", help = "The longest to wait for the append lock")
    val yes by option("-y", "--yes", help = "Answer yes to what would be asked").flag()
    val noInput by option("--no-input", help = "Never ask").flag()
    val quiet by option("-q", "--quiet", help = "No talk on standard error, errors and warnings apart").flag()
    val verbose by option("-v", "--verbose", help = "More talk; -vv shows stack traces").counted()
}

internal enum class Format { TEXT, JSON, JSONL }

internal enum class TimeMode { LOCAL, UTC, RELATIVE, EPOCH }

/** What the command line gave, all places together; null where it gave nothing. */
internal data class Settings(
    val dir: String? = null,
    val output: String? = null,
    val time: String? = null,
    val color: String? = null,
    val lockTimeout: String? = null,
    val yes: Boolean = false,
    val noInput: Boolean = false,
    val quiet: Boolean = false,
    val verbose: Int = 0,
) {
    /** Returns these settings with what was given nearer to the command's end put over them. */
    fun with(given: GlobalOptions): Settings = Settings(
        dir = given.dir ?: dir,
        output = given.output ?: output,
        time = given.time ?: time,
        color = given.color ?: color,
        lockTimeout = given.lockTimeout ?: lockTimeout,
        yes = given.yes || yes,
        noInput = given.noInput || noInput,
        quiet = given.quiet || quiet,
        verbose = given.verbose + verbose,
    )
}

/** Returns the constant that the text names in lower case. */
internal inline fun <reified T : Enum<T>> choose(option: String, text: String): T {
    val all = enumValues<T>()
    return all.firstOrNull { it.name.lowercase() == text } ?: throw CliFailure(
        ErrorCode.USAGE,
        "'$option' is '$text', expected ${oneOf(all.map { it.name.lowercase() })}.",
    )
}

internal fun oneOf(words: List<String>): String =
    if (words.size < 2) words.joinToString() else words.dropLast(1).joinToString() + " or " + words.last()
