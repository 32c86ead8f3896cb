// SPDX-License-Identifier: Apache-2.0
@file:JvmName("Training")

package dev.jitney.cli

import java.io.ByteArrayInputStream
import java.io.OutputStream
import java.nio.file.Files
import java.nio.file.Path
import kotlin.system.exitProcess

/**
 * Runs the usual commands on a bus of its own, so that the JVM has loaded what a start-up archive should hold. The
 * launcher runs it in the background; the argument names the file that says what the archive belongs to.
 */
public fun main(args: Array<String>) {
    val directory = Files.createTempDirectory("jitney-start")
    val bus = directory.resolve(".bus").toString()
    val failed = try {
        touchMain()
        usual.filter { run(it + listOf("-d", bus), directory) != 0 }
    } finally {
        directory.toFile().deleteRecursively()
    }
    if (failed.isEmpty()) StartArchive.identify(Path.of(args[0]))
    exitProcess(if (failed.isEmpty()) 0 else 1)
}

private val usual = listOf(
    listOf("publish", "training.run", "{\"a\":1,\"b\":[true,null,\"c\"]}", "-H", "region=eu", "--key", "k"),
    listOf("publish", "training.run", "text", "-o", "json"),
    listOf("publish", "training.run", "--lines"),
    listOf("publish", "--ndjson", "training.run"),
    listOf("tail", "training.*", "--no-follow"),
    listOf("tail", "--last", "1", "-n", "1", "-o", "jsonl"),
    listOf("tail", "--idle", "1ms", "--time", "relative"),
    listOf("query", "training.*", "--since", "1h", "--severity", "info"),
    listOf("query", "--since", "2020-01-01T00:00Z", "-o", "json", "-n", "1"),
    listOf("query", "--count"),
    listOf("topics"),
    listOf("info"),
    listOf("verify"),
    listOf("version"),
    listOf("help"),
    listOf("help", "publish"),
)

// What the real main touches and a run by itself does not
private fun touchMain() {
    world()
    System.getenv("BUS_OUTPUT")
    BusDirectory.find(null, world())
}

private fun run(args: List<String>, directory: Path): Int {
    val input = "{\"topic\":\"training.run\",\"payload\":{\"n\":1}}\n{\"payload\":2}\n"
    val io = Io(
        stdin = ByteArrayInputStream(input.toByteArray()),
        stdout = OutputStream.nullOutputStream(),
        stderr = OutputStream.nullOutputStream(),
        descriptors = Descriptors("ppp"),
        environment = { null },
        directory = directory,
    )
    return Cli(io).run(args)
}
