// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assumptions.assumeThat
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import java.util.concurrent.locks.LockSupport

/** The distribution as people run it: processes, pipes and signals. */
@Timeout(120)
internal class DistributionLauncherTest {
    @TempDir
    lateinit var directory: Path

    private val cli by lazy { Launched(directory) }
    private val running = ArrayList<Process>()

    @AfterEach
    fun stop() = running.forEach { it.destroyForcibly().waitFor() }

    @Test
    fun keepsDataOnStandardOutputAndTalkOnStandardError() {
        val made = cli.bus("publish", "user.login", """{"username":"alice ü"}""", "--id", "e1")

        assertThat(made.out).isEqualTo("user.login  #0  e1\n")
        assertThat(made.err).isEqualTo("Made a new bus in ${directory.toRealPath()}/.bus.\n")
        val read = cli.shell("LC_ALL=C \"\$BUS\" query -o jsonl | cat; LC_ALL=POSIX \"\$BUS\" publish t 'ü' -q")
        assertThat(read.out).contains(""""payload":{"username":"alice ü"}""").contains("t  #1")
        assertThat(read.err).isEmpty()
        assertThat(cli.bus("query", "t", "-o", "jsonl").out).contains("\"payloadText\":\"ü\"")
    }

    @Test
    fun readsAPayloadFromAPipe() {
        val piped = cli.shell(
            "echo '{\"n\":1}' | \"\$BUS\" publish a.b -q && echo 2 | \"\$BUS\" publish a.b -q --file - &&" +
                " : | \"\$BUS\" publish a.b -q && cat \"\$BUS\" | \"\$BUS\" publish a.b -q -f /dev/stdin",
        )

        assertThat(piped.err).isEmpty()
        assertThat(piped.code).isZero()
        assertThat(
            cli.bus("query", "-n", "3", "--order", "desc", "-o", "jsonl").lines.last(),
        ).endsWith("\"payload\":2}")
        assertThat(cli.bus("query", "--count").out).isEqualTo("4\n")
        assertThat(cli.bus("query", "-o", "jsonl").lines[0]).endsWith("\"payload\":{\"n\":1}}")
    }

    @Test
    fun endsQuietlyWhenItsReaderHasGone() {
        cli.shell(
            "i=0; while [ \$i -lt 20000 ]; do echo line \$i of many; i=\$((i+1)); done |" +
                " \"\$BUS\" publish t --lines -q >/dev/null",
        )

        val ran = cli.shell("{ \"\$BUS\" query -n 0; echo \"exit \$?\" >&2; } | head -1")

        assertThat(ran.out).contains("line 0 of many")
        assertThat(ran.err).isEqualTo("exit 0\n")
    }

    @Test
    fun closedDescriptorsAreNoTrap() {
        val stdin = cli.shell("\"\$BUS\" publish t <&-")
        assertThat(stdin.err).startsWith("bus: Standard input is closed, so there is nothing to read. [BUS-2006]")
        assertThat(stdin.code).isEqualTo(2)
        assertThat(directory.resolve(".bus")).doesNotExist()

        assertThat(cli.shell("\"\$BUS\" publish t 1 <&- >&- 2>&-").code).isZero()
        assertThat(cli.bus("verify").code).isZero()
        assertThat(cli.bus("query", "--count").out).isEqualTo("1\n")
    }

    @Test
    fun tellsWhenStandardOutputIsFull() {
        assumeThat(Path.of("/dev/full")).exists()

        val ran = cli.shell("\"\$BUS\" version >/dev/full")

        assertThat(ran.err).startsWith("bus: Standard output cannot be written: ").endsWith(" [BUS-2505]\n")
        assertThat(ran.code).isEqualTo(1)
    }

    @Test
    fun followsWhatAnotherProcessPublishesAndEndsWithTheSignal() {
        cli.bus("publish", "t", "0", "-q")
        val tail = cli.start("tail", "t", "--last", "1").also(running::add)
        val lines = tail.inputStream.bufferedReader()

        assertThat(lines.readLine()).endsWith("  0")
        cli.bus("publish", "t", "1", "-q")
        assertThat(lines.readLine()).endsWith("  1")
        // What a shell starts in the background ignores interrupts, and so do all its children
        val (name, code) = if (interruptsAreIgnored()) "TERM" to 143 else "INT" to 130
        signal(name, tail)
        assertThat(tail.waitFor(20, TimeUnit.SECONDS)).isTrue()
        assertThat(tail.exitValue()).isEqualTo(code)
    }

    private fun interruptsAreIgnored(): Boolean {
        val status = Path.of("/proc/self/status")
        if (!Files.exists(status)) return false
        val ignored = Files.readAllLines(status).first { it.startsWith("SigIgn:") }.substringAfter(':').trim()
        return ignored.toULong(16) and 2u != 0uL
    }

    @Test
    fun savesItsCursorWhenItIsStopped() {
        cli.bus("publish", "t", "0", "-q")
        val tail = cli.start("tail", "--cursor", "c").also(running::add)
        assertThat(tail.inputStream.bufferedReader().readLine()).endsWith("  0")
        signal("TERM", tail)
        tail.waitFor()

        assertThat(tail.exitValue()).isEqualTo(143)
        cli.bus("publish", "t", "1", "-q")
        assertThat(cli.bus("tail", "--cursor", "c", "--no-follow").lines.single()).endsWith("  1")
    }

    @Test
    fun saysOnceThatItsCursorCannotBeSaved() {
        cli.bus("publish", "t", "0", "-q")
        val ran = cli.shell(
            "\"\$BUS\" tail --cursor c >out & until test -s out; do sleep 0.1; done; " +
                "rm -r .bus/cursors; : >.bus/cursors; \"\$BUS\" publish t 1 -q; wait \$!",
        )

        assertThat(ran.code).isEqualTo(1)
        assertThat(ran.err.trimEnd().lines().single()).startsWith("bus: The cursor 'c' cannot be saved: ")
    }

    @Test
    fun measuresWithTheFlagsOfAServerAndLeavesNothingBehind() {
        val temporary = Files.createDirectory(directory.resolve("tmp"))
        cli.environment["BUS_JAVA_OPTS"] = "-Djava.io.tmpdir=$temporary"
        cli.environment.remove("BUS_NO_CDS")
        cli.environment["XDG_CACHE_HOME"] = directory.resolve("cache").toString()

        val ran = cli.bus("bench", "store", "--events", "50", "--runs", "1", "--warmup", "10ms", "-o", "json")

        assertThat(ran.code).isZero()
        assertThat(ran.out).startsWith("{\"kind\":\"bus.bench/1\",\"scenario\":\"store\",").contains("\"p999\":")
            .doesNotContain("TieredStopAtLevel", "UseSerialGC", "Archive")
        assertThat(temporary).isEmptyDirectory()
        assertThat(directory.resolve("cache")).doesNotExist()
    }

    @Test
    fun removesTheBusOfABenchmarkThatIsStopped() {
        val temporary = Files.createDirectory(directory.resolve("tmp"))
        cli.environment["BUS_JAVA_OPTS"] = "-Djava.io.tmpdir=$temporary"
        val bench = cli.start("bench", "store", "--level", "os", "--duration", "1h").also(running::add)
        val stored = await { stored(temporary) }
        assertThat(stored).isNotEmptyFile()

        signal("TERM", bench)

        assertThat(bench.waitFor(20, TimeUnit.SECONDS)).isTrue()
        assertThat(bench.exitValue()).isEqualTo(143)
        assertThat(temporary).isEmptyDirectory()
    }

    // Files come and go meanwhile.
    private fun stored(below: Path): Path? = try {
        Files.walk(below).use { all -> all.filter { Files.isRegularFile(it) && Files.size(it) > 0 }.findFirst() }
            .orElse(null)
    } catch (_: java.io.UncheckedIOException) {
        null
    }

    @Test
    fun worksThroughSymbolicLinksAndInOddPlaces() {
        val odd = Files.createDirectories(directory.resolve("odd place/b"))
        Files.createSymbolicLink(odd.resolve("link"), cli.home.resolve("bin/bus"))
        Files.createSymbolicLink(odd.resolve("bus"), Path.of("link"))

        val ran = cli.shell(
            "cd 'odd place' && b/bus version && cd b && sh bus version && PATH=\$PWD:\$PATH bus version",
        )

        assertThat(ran.err).isEmpty()
        assertThat(ran.lines).hasSize(3).allMatch { it.startsWith("bus 0.") }
    }

    @Test
    fun saysWhatItNeedsWhenThereIsNoJava() {
        val ran = cli.shell("PATH=/nonexistent JAVA_HOME= exec \"\$BUS\" version")

        assertThat(ran.err).isEqualTo("bus: Java 17 or newer is needed. Set JAVA_HOME, or put java on PATH.\n")
        assertThat(ran.code).isEqualTo(1)
    }

    @Test
    fun makesAStartUpArchiveInTheBackgroundAndReplacesOneOfAnotherBuild() {
        val cache = directory.resolve("a cache")
        cli.environment.remove("BUS_NO_CDS")
        cli.environment["XDG_CACHE_HOME"] = cache.toString()

        cli.shell("\"\$BUS\" version 2>&1 | cat")
        assertThat(archive(cache)).describedAs("nobody waits for it").isNull()
        val archive = await { archive(cache) }
        assertThat(cli.bus("version").err).isEmpty()
        val id = await { archive.resolveSibling("start.id").takeIf(Files::exists) }
        Files.writeString(id, "of another build")
        assertThat(cli.bus("version").out).startsWith("bus ")

        assertThat(archive).doesNotExist()
    }

    private fun archive(cache: Path): Path? {
        if (!Files.exists(cache)) return null
        Files.walk(cache).use { files ->
            return files.filter { it.fileName.toString() == "start.jsa" || it.fileName.toString() == "start.aot" }
                .findFirst().orElse(null)
        }
    }

    private fun signal(name: String, process: Process) {
        ProcessBuilder("kill", "-$name", process.pid().toString()).start().waitFor()
    }

    private fun <T : Any> await(condition: () -> T?): T {
        val deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90)
        while (System.nanoTime() < deadline) {
            condition()?.let { return it }
            LockSupport.parkNanos(POLL_NANOS)
        }
        throw AssertionError("did not happen in 90 s")
    }

    private companion object {
        const val POLL_NANOS = 20_000_000L
    }
}
