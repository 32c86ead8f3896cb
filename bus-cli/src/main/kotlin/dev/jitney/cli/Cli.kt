// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import com.github.ajalt.clikt.core.ContextCliktError
import com.github.ajalt.clikt.core.CoreCliktCommand
import com.github.ajalt.clikt.core.MultiUsageError
import com.github.ajalt.clikt.core.PrintHelpMessage
import com.github.ajalt.clikt.core.UsageError
import com.github.ajalt.clikt.core.parse
import com.github.ajalt.clikt.output.ParameterFormatter

/** Runs command lines as a function: arguments in, exit code out. */
internal class Cli(private val io: Io) {
    /** Runs one command line; nothing is thrown and nothing but [io] is touched, the bus directory apart. */
    fun run(args: List<String>): Int {
        val errors = Errors(io, args)
        return try {
            parse(args)
            io.out.flush()
            ExitCode.OK.number
        } catch (_: OutputClosed) {
            ExitCode.OK.number
        } catch (e: CliExit) {
            flushed(e.exit, errors)
        } catch (e: CliFailure) {
            errors.report(e)
        } catch (
            @Suppress("TooGenericExceptionCaught") e: Throwable,
        ) {
            errors.report(Failures.of(e))
        }
    }

    // What was found before the failure is still worth having.
    private fun flushed(exit: ExitCode, errors: Errors): Int = try {
        io.out.flush()
        exit.number
    } catch (_: OutputClosed) {
        exit.number
    } catch (e: CliFailure) {
        errors.report(e)
    }

    private fun parse(args: List<String>) {
        val root = RootCommand(io, Commands.reachable(args))
        try {
            root.parse(args)
        } catch (_: RootCommand.ShowVersion) {
            io.out.line(Version.line())
        } catch (e: PrintHelpMessage) {
            showHelp(root, e)
        } catch (e: UsageError) {
            throw usage(e)
        }
    }

    private fun showHelp(root: CoreCliktCommand, e: PrintHelpMessage) {
        val text = root.getFormattedHelp(e).orEmpty().trimEnd()
        if (!e.error) {
            io.out.line(text)
            return
        }
        io.err.line(text)
        throw CliExit(ExitCode.USAGE)
    }

    private fun usage(e: UsageError): CliFailure {
        val first = (e as? MultiUsageError)?.errors?.firstOrNull() ?: e
        val command = (first as? ContextCliktError)?.context?.commandNameWithParents()?.joinToString(" ") ?: "bus"
        val message = first.formatMessage(Wording, PlainParameters)
        return CliFailure(ErrorCode.USAGE, message, "$command --help")
    }

    private object PlainParameters : ParameterFormatter {
        override fun formatOption(name: String): String = name

        override fun formatArgument(name: String): String = name

        override fun formatSubcommand(name: String): String = name
    }
}
