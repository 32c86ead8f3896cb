// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import dev.jitney.bench.Args
import dev.jitney.bench.BenchMain
import kotlinx.serialization.Serializable
import java.io.File
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlin.io.path.deleteExisting
import kotlin.io.path.exists
import kotlin.io.path.fileSize
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.readText

/** One figure and what it may be at the most; a figure without a value was not to be had here. */
@Serializable
internal data class Limit(val name: String, val value: Double?, val most: Double, val unit: String) {
    val reached: Boolean get() = value != null && value <= most
}

@Serializable
internal data class StartResult(val time: String, val machine: String, val java: String, val rows: List<Limit>)

/** How large it all is, and how soon a fresh JVM has handled its first event. */
internal object Start {
    private const val MEGA = 1e6
    private const val KILO = 1e3

    fun run(args: Args): Int {
        val times = args.number("times", 11)
        val jars = Path.of(args.text("plugins", Stores.BUILT.toString()))
        val core = Path.of(args.text("core", "target"))
        val distribution = Path.of(args.text("distribution", "../bus-cli/target"))
        val file = ResultFile(args, "start")
        args.check()
        println("${file.time} ${BenchMain.machine()}, ${BenchMain.java()}; median of $times")
        val path = listOf(core(core)) + dependencies()
        val store = requireNotNull(Stores.jar(jars)) { "'$jars' has no jar of the file store. Say plugins=FOLDER." }
        // Without a build of the command line its row says so.
        val packed = distribution.takeIf { it.exists() }?.listDirectoryEntries("jitney-*.tar.gz")?.singleOrNull()
        val rows = listOf(
            Limit("bus-core with its dependencies", path.sumOf { it.fileSize() } / MEGA, 5.5, "MB"),
            Limit("bus-core", path[0].fileSize() / KILO, 800.0, "kB"),
            Limit("store-file", store.fileSize() / KILO, 250.0, "kB"),
            Limit("distribution, packed", packed?.let { it.fileSize() / MEGA }, 15.0, "MB"),
        ) + first("first event", path, times, 150.0) +
            first("first event, file store", path.plusElement(store), times, 300.0)
        rows.forEach(::show)
        val result = StartResult(file.time, BenchMain.machine(), BenchMain.java(), rows)
        file.write(StartResult.serializer(), result)
        return if (rows.all { it.reached }) 0 else 1
    }

    private fun show(row: Limit) {
        val value = row.value?.let { "%,.1f %s".format(it, row.unit) } ?: "not built"
        val most = if (row.most == Double.MAX_VALUE) {
            ""
        } else {
            ", at most %,.1f asked: %s"
                .format(row.most, if (row.reached) "reached" else "MISSED")
        }
        println("%-52s %12s%s".format(row.name, value, most))
    }

    private fun core(folder: Path): Path =
        requireNotNull(folder.listDirectoryEntries("bus-core-*SNAPSHOT.jar").singleOrNull()) {
            "'$folder' has no jar of bus-core. Build it, or say core=FOLDER."
        }

    /** Where the classes that bus-core needs come from. */
    private fun dependencies(): List<Path> = listOf(
        "kotlin.Unit",
        "kotlinx.coroutines.Job",
        "kotlinx.serialization.KSerializer",
        "kotlinx.serialization.json.Json",
        "org.slf4j.Logger",
        "org.jspecify.annotations.NullMarked",
        "org.jetbrains.annotations.NotNull",
    ).map { name ->
        val at = Class.forName(name, false, javaClass.classLoader).protectionDomain.codeSource.location
        Path.of(at.toURI())
    }

    /** From the first line of `main`, and from the start of the process, which has the JVM's own in it. */
    private fun first(name: String, path: List<Path>, times: Int, most: Double): List<Limit> {
        val runs = List(times) { child(path, withStore = path.last().name.startsWith("bus-store-file")) }
        val own = runs.map { it.first }.sorted()[times / 2]
        val all = runs.map { it.second }.sorted()[times / 2]
        return listOf(
            Limit("$name handled, after main began", own, most, "ms"),
            Limit("$name handled, after the process began", all, Double.MAX_VALUE, "ms"),
        )
    }

    private fun child(path: List<Path>, withStore: Boolean): Pair<Double, Double> {
        val folder = if (withStore) Stores.folder(Path.of("target", "bench")) else null
        val own = Path.of(FirstEvent::class.java.protectionDomain.codeSource.location.toURI())
        val log = Files.createTempFile("first-event", ".log")
        val began = System.nanoTime()
        val process = ProcessBuilder(
            listOf(
                ProcessHandle.current().info().command().orElseThrow(),
                "-classpath",
                path.plusElement(own).joinToString(File.pathSeparator),
                FirstEvent::class.java.name,
            ) + listOfNotNull(folder?.toString()),
        ).redirectError(log.toFile()).start()
        val line = process.inputStream.bufferedReader().readLine()
        val all = System.nanoTime() - began
        check(process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0 && line != null) {
            "The first event was not handled: " + log.readText()
        }
        log.deleteExisting()
        folder?.let(Stores::remove)
        return line.toLong() / MEGA to all / MEGA
    }
}
