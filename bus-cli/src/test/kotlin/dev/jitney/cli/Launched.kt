// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.TimeUnit

/** Runs the launcher of the distribution in processes of its own, without start-up archives unless asked for. */
internal class Launched(private val directory: Path) {
    val home: Path = Path.of(checkNotNull(System.getProperty("bus.home")) { "bus.home is not set: run by mvn verify" })
    val environment = hashMapOf("BUS_NO_CDS" to "1")

    fun bus(vararg args: String): Ran = shell("exec \"\$BUS\" \"\$@\"", *args)

    /** Runs a line of shell in which `$BUS` is the launcher. */
    fun shell(line: String, vararg args: String): Ran {
        val out = Files.createTempFile(directory, "out", null)
        val err = Files.createTempFile(directory, "err", null)
        val process = start(line, args, out, err)
        process.outputStream.close()
        check(process.waitFor(60, TimeUnit.SECONDS)) { "still running: $line" }
        return Ran(process.exitValue(), Files.readString(out), Files.readString(err))
    }

    /** Starts the launcher and leaves it running; its output can be read while it does. */
    fun start(vararg args: String): Process = start("exec \"\$BUS\" \"\$@\"", args, null, null)

    private fun start(line: String, args: Array<out String>, out: Path?, err: Path?): Process {
        val builder = ProcessBuilder(listOf("/bin/sh", "-c", line, "sh") + args).directory(directory.toFile())
        builder.environment()["BUS"] = home.resolve("bin/bus").toString()
        builder.environment().putAll(environment)
        out?.let { builder.redirectOutput(it.toFile()) }
        if (err == null) builder.redirectError(ProcessBuilder.Redirect.DISCARD) else builder.redirectError(err.toFile())
        return builder.start()
    }
}
