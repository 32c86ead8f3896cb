// SPDX-License-Identifier: Apache-2.0
@file:JvmName("Main")

package dev.jitney.cli

import java.io.FileDescriptor
import java.io.FileInputStream
import java.io.FileOutputStream
import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import kotlin.system.exitProcess

/** Runs one command line and ends the process with its exit code. */
public fun main(args: Array<String>) {
    val io = world()
    val code = Locales.lost(args.asList(), io)?.let(Errors(io, args.asList())::report) ?: Cli(io).run(args.asList())
    System.getProperty("bus.archive")?.let(StartArchive::removeIfStale)
    exitProcess(code)
}

/** What this process has of the world. */
internal fun world(): Io = Io(
    // Without a buffer around it, reading all of a pipe fails on JDK 17: it asks the pipe where it stands
    stdin = FileInputStream(FileDescriptor.`in`).buffered(),
    stdout = FileOutputStream(FileDescriptor.out),
    stderr = FileOutputStream(FileDescriptor.err),
    descriptors = Descriptors(descriptorLetters()),
    environment = System::getenv,
    directory = Path.of("").toAbsolutePath(),
    stdoutLosesData = ::stdoutLosesData,
)

// A pipe or a socket that cannot be written has lost its reader; a file or a device takes no more.
private fun stdoutLosesData(): Boolean = try {
    val mode = Files.getAttribute(Path.of("/dev/stdout"), "unix:mode") as Int
    mode and FILE_TYPE != PIPE && mode and FILE_TYPE != SOCKET
} catch (_: IOException) {
    false
} catch (_: UnsupportedOperationException) {
    false
}

private const val FILE_TYPE = 0xf000
private const val PIPE = 0x1000
private const val SOCKET = 0xc000

// The launcher looks at each descriptor; Java cannot tell them apart. Without it nothing counts as a terminal.
private fun descriptorLetters(): String = System.getProperty("bus.descriptors")?.takeIf { it.length == 3 } ?: "ppp"
