// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assumptions.assumeThat
import org.junit.jupiter.api.Assumptions.abort
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import java.util.concurrent.TimeUnit

/** Directories that are no bus, or no good one: one line, the right exit code, nothing written. */
internal class BusDirectoryTest {
    @TempDir
    lateinit var directory: Path

    private val cli by lazy { CommandLine(directory) }
    private val bus by lazy { directory.resolve(".bus") }

    @Test
    fun refusesADirectoryOfSomethingElse() {
        Files.createFile(directory.resolve("mine"))

        val ran = cli.bus("publish", "t", "1", "-d", ".")

        assertThat(ran.err).startsWith("bus: '$directory' is not a bus directory: ")
            .endsWith(" [BUS-2101]\n     try: bus publish TOPIC -d DIR (makes a bus where DIR is new or empty)\n")
        assertThat(ran.code).isEqualTo(4)
    }

    @Test
    fun aDirectoryThatIsNoBusIsLeftAlone() {
        Files.writeString(Files.createDirectory(directory.resolve("photos")).resolve("cat.jpg"), "meow")

        for (command in listOf(listOf("publish", "t", "1"), listOf("query"), listOf("verify"))) {
            val ran = cli.bus(*command.toTypedArray(), "-d", "photos")
            assertThat(ran.err.lines()[0]).startsWith("bus: ").contains("photos").endsWith("[BUS-2101]")
            assertThat(ran.code).isEqualTo(4)
        }
        Files.list(directory.resolve("photos")).use { assertThat(it).hasSize(1) }
    }

    @Test
    fun aDirectoryThatDoesNotExistIsNotMadeByReading() {
        val ran = cli.bus("query", "-d", "none")

        assertThat(ran.err).isEqualTo(
            "bus: '$directory/none' does not exist. [BUS-2101]\n" +
                "     try: bus publish TOPIC -d '$directory/none' (makes it)\n",
        )
        assertThat(ran.code).isEqualTo(4)
        assertThat(directory.resolve("none")).doesNotExist()
    }

    @Test
    fun aPluginDirectoryThatIsNotThereIsTold() {
        cli.bus("publish", "t", "1", "-q")
        Files.createDirectory(directory.resolve("there"))
        cli.environment["BUS_PLUGINS"] = "there${File.pathSeparator}none"

        val ran = cli.bus("query", "--count", "-q")

        assertThat(ran.err).isEqualTo(
            "bus: warning: 'BUS_PLUGINS' names '$directory/none', which is not a directory; it is left out\n",
        )
        assertThat(ran.out).isEqualTo("1\n")
        assertThat(ran.code).isZero()
    }

    @Test
    fun whatIsNoPluginInAPluginDirectoryIsTold() {
        cli.bus("publish", "t", "1", "-q")
        val plugins = Files.createDirectory(directory.resolve("plugins"))
        Files.writeString(plugins.resolve("junk.jar"), "not a jar")
        Files.createDirectory(plugins.resolve("nothing"))
        cli.environment["BUS_PLUGINS"] = "plugins"

        val ran = cli.bus("query", "--count", "-q")

        assertThat(ran.err).isEqualTo(
            "bus: warning: Plugin jar 'junk.jar' is left out: it is not a jar, or is damaged\n" +
                "bus: warning: Plugin folder 'nothing' is left out: no jar in it offers a plugin\n",
        )
        assertThat(ran.out).isEqualTo("1\n")
        assertThat(ran.code).isZero()
    }

    @Test
    fun aDirectoryOpenToOthersIsRefused() {
        cli.bus("publish", "t", "1", "-q")
        Files.setPosixFilePermissions(bus, PosixFilePermissions.fromString("rwxrwxrwx"))

        val ran = cli.bus("publish", "t", "2")

        assertThat(ran.err.lines()[0]).startsWith("bus: ").endsWith("[BUS-2501]")
        assertThat(ran.code).isEqualTo(1)
        Files.setPosixFilePermissions(bus, PosixFilePermissions.fromString("rwx------"))
        assertThat(cli.bus("query", "--count").out).isEqualTo("1\n")
    }

    @Test
    fun aSymbolicLinkIsRefused() {
        cli.bus("publish", "t", "1", "-q")
        Files.createSymbolicLink(directory.resolve("link"), bus)

        assertThat(cli.bus("query", "-d", "link").code).isEqualTo(1)
    }

    @Test
    fun aBusThatMayNotBeLookedAtIsNotPassedOver() {
        cli.bus("publish", "t", "1", "-q")
        val inner = Files.createDirectories(directory.resolve("closed/inner"))
        val closed = directory.resolve("closed")
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rw-------"))

        try {
            for (args in listOf(
                listOf("query", "-d", "$inner/.bus"),
                listOf("publish", "t", "2", "-d", "$inner/.bus"),
            )) {
                val ran = restricted(*args.toTypedArray())
                assertThat(ran.err.lines()[0]).startsWith("bus: The bus directory '$inner/.bus' may not be used: ")
                    .endsWith("This user may not search '$closed'; its owner can allow it: chmod +x. [BUS-2501]")
                assertThat(ran.code).isEqualTo(1)
            }
            val nearest = restricted("publish", "t", "2", below = inner)
            assertThat(nearest.err).contains("'$inner/.bus' may not be used")
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"))
        }
        assertThat(cli.bus("query", "--count").out).isEqualTo("1\n")
    }

    /** Runs a process that may do what any user may; root may search everything. */
    private fun restricted(vararg args: String, below: Path = directory): Ran {
        val root = System.getProperty("user.name") == "root"
        val runner =
            if (root) listOf("setpriv", "--bounding-set", "-dac_override,-dac_read_search") else emptyList()
        val java = Path.of(System.getProperty("java.home"), "bin", "java").toString()
        val out = Files.createTempFile(directory, "out", null)
        val err = Files.createTempFile(directory, "err", null)
        val command = runner + listOf(java, "-Duser.dir=$below", "-cp", System.getProperty("java.class.path"))
        val process = try {
            ProcessBuilder(command + "dev.jitney.cli.Main" + args).redirectOutput(out.toFile())
                .redirectError(err.toFile()).start()
        } catch (e: java.io.IOException) {
            return abort("this user may search everything: $e")
        }
        process.outputStream.close()
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue()
        val ran = Ran(process.exitValue(), Files.readString(out), Files.readString(err))
        assumeThat(ran.err).doesNotStartWith("setpriv: ")
        return ran
    }

    @Test
    fun aSymbolicLinkInPlaceOfTheLogIsRefused() {
        cli.bus("publish", "t", "1", "-q", "-d", "other")
        cli.bus("publish", "t", "1", "-q")
        bus.resolve("store").toFile().deleteRecursively()
        Files.createSymbolicLink(bus.resolve("store"), directory.resolve("other/store"))

        val ran = cli.bus("publish", "t", "2")

        assertThat(ran.err).startsWith("bus: '$bus/store' is a symbolic link to ").endsWith(" [BUS-2501]\n")
        assertThat(cli.bus("query", "--count", "-d", "other").out).isEqualTo("1\n")
    }

    @Test
    fun tellsOfASegmentThatWasTakenAway() {
        cli.bus("publish", "t", "1", "-q")
        val log = Files.list(bus.resolve("store")).use { files ->
            files.filter { it.toString().endsWith(".jsonl") }.findFirst().get()
        }
        Files.write(log, ByteArray(0))

        for (command in listOf("query", "tail --no-follow", "replay", "query --count")) {
            assertThat(cli.bus(*command.split(' ').toTypedArray()).err).`as`(command)
                .startsWith("bus: warning: damaged store/${log.fileName} at byte 0, offset #0: The file ends ")
        }
    }

    @Test
    fun aNewerFormatIsRefused() {
        cli.bus("publish", "t", "1", "-q")
        val file = bus.resolve("bus.json")
        Files.writeString(file, Files.readString(file).replace(Regex("\"format\":\\s*\\d+"), "\"format\":99"))

        for (command in listOf(listOf("publish", "t", "1"), listOf("query"))) {
            val ran = cli.bus(*command.toTypedArray())
            assertThat(ran.err.lines()[0]).startsWith("bus: ").contains("99").endsWith("[BUS-2503]")
            assertThat(ran.code).isEqualTo(2)
        }
    }

    @Test
    fun damageIsPassedOverWithAWarningAndFoundByVerify() {
        cli.bus("publish", "t", "1", "--id", "e1", "-q")
        cli.bus("publish", "t", "2", "--id", "e2", "-q")
        cli.bus("publish", "t", "3", "--id", "e3", "-q")
        val segment = Files.walk(bus).use { files ->
            files.filter { it.toString().endsWith(".jsonl") }.findFirst().get()
        }
        Files.writeString(segment, Files.readString(segment).replace("\"e2\"", "\"e2,"))

        val read = cli.bus("query", "-o", "jsonl")
        assertThat(read.lines.map { it.substringAfter("\"id\":\"").substringBefore('"') }).containsExactly("e1", "e3")
        assertThat(read.err).startsWith("bus: warning: damaged ").contains(segment.fileName.toString(), " at byte ")
        assertThat(read.code).isZero()

        val text = cli.bus("verify")
        assertThat(text.lines.dropLast(1)).isNotEmpty().allMatch { it.startsWith("damaged ") && ", offset #1: " in it }
        assertThat(text.lines.last()).matches("2 events in \\d+ B are good; [1-9] damaged, 0 unverifiable")
        assertThat(text.code).isEqualTo(5)
        val json = cli.bus("verify", "-o", "json")
        assertThat(JsonText(json.out.toByteArray()).problem()).isNull()
        assertThat(json.out).contains(""""status":"damaged"""", """"ok":false""", """"offset":1""", """"file":"""")
        assertThat(json.code).isEqualTo(5)
        assertThat(cli.bus("verify", "-o", "jsonl").lines.last()).startsWith("""{"kind":"bus.verify/1","ok":false""")
    }
}
