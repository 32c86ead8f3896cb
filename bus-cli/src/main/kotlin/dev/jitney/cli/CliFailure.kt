// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

/**
 * Ends the command with one line on standard error and an exit code.
 *
 * @param hint what to do next: a command line or a short clause
 */
internal class CliFailure(
    val code: ErrorCode,
    message: String,
    val hint: String? = null,
    cause: Throwable? = null,
    val exit: ExitCode = code.exit,
) : RuntimeException(message, cause)

/** Ends the command quietly with an exit code, its results having been printed. */
internal class CliExit(val exit: ExitCode) : RuntimeException(exit.label, null, false, false)
