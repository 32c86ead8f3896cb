// SPDX-License-Identifier: Apache-2.0
@file:JvmName("Main")

package dev.jitney.cli

import java.io.FileDescriptor
import java.io.FileInputStream
import java.io.FileOutputStream
import java.nio.file.Files
import java.nio.file.Path
import kotlin.system.exitProcess

/** Runs one command line and ends the process with its exit code. */
public fun main(args: Array<String>) {
    val io = Io(
        stdin = FileInputStream(FileDescriptor.`in`),
        stdout = FileOutputStream(FileDescriptor.out),
        stderr = FileOutputStream(FileDescriptor.err),
        descriptors = Descriptors(descriptorLetters()),
        environment = System::getenv,
        directory = Path.of("").toAbsolutePath(),
        stdoutLosesData = { Files.isRegularFile(Path.of("/dev/stdout")) },
    )
    val code = Cli(io).run(args.asList())
    System.getProperty("bus.archive")?.let(StartArchive::removeIfStale)
    exitProcess(code)
}

// The launcher looks at each descriptor; Java cannot tell them apart. Without it nothing counts as a terminal.
private fun descriptorLetters(): String =
    System.getProperty("bus.descriptors")?.takeIf { it.length == 3 } ?: "ppp"
