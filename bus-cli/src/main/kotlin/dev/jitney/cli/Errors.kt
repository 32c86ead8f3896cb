// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

/**
 * Tells a failure on standard error: one line and a hint, or one line of JSON when JSON was asked for. Works from the
 * raw arguments, because the failure may be that they cannot be parsed.
 */
internal class Errors(private val io: Io, private val args: List<String>) {
    /** Returns the exit code. */
    fun report(failure: CliFailure): Int {
        try {
            io.out.flush()
        } catch (_: OutputClosed) {
            // the failure is what matters now
        } catch (_: CliFailure) {
            // nor can standard output be written, which may be the failure itself
        }
        if (wantsJson()) io.err.line(json(failure)) else io.err.line(text(failure))
        if (wantsStack()) io.err.print(failure.stackTraceToString())
        return failure.exit.number
    }

    private fun text(failure: CliFailure): String {
        val line = "bus: ${Escapes.line(failure.message.orEmpty())} [${failure.code.text()}]"
        return if (failure.hint == null) line else "$line\n     try: ${Escapes.line(failure.hint)}"
    }

    private fun json(failure: CliFailure): String = JsonOut().obj {
        key("error").obj {
            field("code", failure.code.text())
            field("message", failure.message.orEmpty())
            optional("hint", failure.hint)
            field("exit", failure.exit.number.toLong())
        }
    }.toString()

    private fun wantsJson(): Boolean {
        var format = io.environment("BUS_OUTPUT").orEmpty()
        for ((i, arg) in args.withIndex()) {
            when {
                arg == "--" -> return format.startsWith("json")
                arg == "-o" || arg == "--output" -> format = args.getOrElse(i + 1) { "" }
                arg.startsWith("--output=") -> format = arg.substringAfter('=')
                arg.startsWith("-o") -> format = arg.removePrefix("-o")
            }
        }
        return format.startsWith("json")
    }

    private fun wantsStack(): Boolean =
        args.takeWhile { it != "--" }.sumOf { verbosity(it) } > 1 || io.environment("BUS_DEBUG") == "1"

    private fun verbosity(arg: String): Int = when {
        arg == "--verbose" -> 1
        arg.length > 1 && arg[0] == '-' && arg.drop(1).all { it == 'v' } -> arg.length - 1
        else -> 0
    }
}
