// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.ByteArrayOutputStream
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardOpenOption
import java.util.concurrent.TimeUnit

/** What libraries log: one line of this program's form, and only what its user should know. */
internal class LogLinesTest {
    @TempDir
    lateinit var directory: Path

    private val bytes = ByteArrayOutputStream()
    private val logger: System.Logger = LineLogger("x", Err(bytes))
    private val said get() = bytes.toString(Charsets.UTF_8)

    @Test
    fun theStoreWarnsInTheFormOfThisProgram() {
        val cli = CommandLine(directory)
        cli.bus("publish", "t", "1", "-q")
        val log = Files.list(directory.resolve(".bus/store")).use { files ->
            files.filter { it.toString().endsWith(".jsonl") }.findFirst().get()
        }
        Files.writeString(log, "torn", StandardOpenOption.APPEND)

        val err = Files.createFile(directory.resolve("err"))
        val java = Path.of(System.getProperty("java.home"), "bin", "java").toString()
        val command = listOf(java, "-cp", System.getProperty("java.class.path"), "dev.jitney.cli.Main")
        val process = ProcessBuilder(command + listOf("publish", "t", "2")).directory(directory.toFile())
            .redirectError(err.toFile()).redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectInput(ProcessBuilder.Redirect.from(Files.createFile(directory.resolve("none")).toFile())).start()

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue()
        assertThat(process.exitValue()).isZero()
        assertThat(Files.readAllLines(err)).singleElement().asString()
            .startsWith("bus: warning: store/${log.fileName}: an incomplete end of 4 bytes at byte ")
            .endsWith("Nothing of it was acknowledged")
    }

    @Test
    fun fillsInWhatIsLoggedAndHidesControls() {
        logger.log(System.Logger.Level.WARNING, "{0}: {1} bytes", "a\u001bb", 12345L)
        logger.log(System.Logger.Level.ERROR, "as it {is}")
        logger.log(System.Logger.Level.WARNING, "It failed.", IllegalStateException("why"))

        assertThat(said.lines()).containsExactly(
            "bus: warning: a\\x1bb: 12,345 bytes",
            "bus: warning: as it {is}",
            "bus: warning: It failed: java.lang.IllegalStateException: why",
            "",
        )
    }

    @Test
    fun keepsToItselfWhatIsForDevelopers() {
        logger.log(System.Logger.Level.INFO, "info")
        logger.log(System.Logger.Level.DEBUG, "debug {0}", 1)
        logger.log(System.Logger.Level.OFF, "off")

        assertThat(said).isEmpty()
    }
}
