// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.InvalidTopicException
import dev.jitney.spi.ConfigException
import dev.jitney.spi.EventFormatException
import dev.jitney.spi.EventTooLargeException
import dev.jitney.spi.PluginException
import dev.jitney.spi.StoreAccessException
import dev.jitney.spi.StoreException
import dev.jitney.spi.StoreFailedException
import dev.jitney.spi.StoreNotFoundException
import dev.jitney.spi.StoreUnavailableException
import dev.jitney.spi.StoreVersionException
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.Arguments
import org.junit.jupiter.params.provider.Arguments.arguments
import org.junit.jupiter.params.provider.MethodSource
import java.io.IOException
import java.io.InputStream
import java.io.OutputStream
import java.nio.file.Files
import java.nio.file.Path

/** How the failures of a store and of the outside end a command. */
internal class ExitCodesTest {
    @TempDir
    lateinit var directory: Path

    @ParameterizedTest
    @MethodSource("failures")
    fun eachFailureHasItsExitCode(failure: RuntimeException, code: Int, number: String) {
        val ran = CommandLine(directory, { _, _, _, _ -> throw failure }).bus("publish", "t", "1")

        assertThat(ran.err.lines()[0]).isEqualTo("bus: ${failure.message} [BUS-$number]")
        assertThat(ran.code).isEqualTo(code)
        assertThat(ran.out).isEmpty()
    }

    @Test
    fun wantOfMemoryIsToldAsWhatItIs() {
        val failure = StoreUnavailableException("'b' could not be written to.", OutOfMemoryError("Java heap space"))

        val ran = CommandLine(directory, { _, _, _, _ -> throw failure }).bus("publish", "t", "1")

        assertThat(ran.err).isEqualTo(
            "bus: There is not enough memory. [BUS-9001]\n     try: BUS_JAVA_OPTS=-Xmx512m bus …\n",
        )
        assertThat(ran.code).isEqualTo(70)
    }

    @Test
    fun showsAStackTraceOnlyWhenAskedTwice() {
        val cli = CommandLine(directory, { _, _, _, _ -> error("oops") })

        val ran = cli.bus("publish", "t", "1", "-v")
        assertThat(ran.err).isEqualTo(
            "bus: This should not have happened: java.lang.IllegalStateException: oops [BUS-9001]\n" +
                "     try: the same command with -vv, and report what it shows\n",
        )
        assertThat(ran.code).isEqualTo(70)
        assertThat(cli.bus("publish", "t", "1", "-vv").err).contains("\tat dev.jitney.cli.")
        assertThat(cli.bus("-v", "publish", "t", "1", "--verbose").err).contains("\tat dev.jitney.cli.")
        assertThat(cli.bus("publish", "t", "--", "-vv").err).doesNotContain("\tat ")
    }

    @Test
    fun aReaderThatHasGoneIsNoFailure() {
        val cli = CommandLine(directory)
        cli.example()

        val ran = cli.bus(listOf("query"), InputStream.nullInputStream(), Broken)

        assertThat(ran.code).isZero()
        assertThat(ran.err).isEmpty()
    }

    @Test
    fun aFileThatTakesNoMoreIsAFailure() = refusesAfter(0, "version")

    @Test
    fun aFileThatTakesNoMoreInTheMiddleOfADocumentIsAFailure() {
        val lines = ("\"" + "x".repeat(1000) + "\"\n").repeat(200)
        CommandLine(directory).bus("publish", "t", "--lines", stdin = lines)

        refusesAfter(0, "query", "-n", "0", "-o", "json")
        refusesAfter(100_000, "query", "-n", "0", "-o", "jsonl")
    }

    @Test
    fun aFileThatTakesNoMoreIsSaidWhenACommandEndsByItself() {
        CommandLine(directory).bus("publish", "t", "1")
        val log = Files.walk(directory).use { files ->
            files.filter { it.toString().endsWith(".jsonl") }.toList()
        }.single()
        Files.writeString(log, "x".repeat(Files.size(log).toInt() - 1) + "\n")

        refusesAfter(0, "verify")
    }

    private fun refusesAfter(bytes: Int, vararg args: String) {
        val err = java.io.ByteArrayOutputStream()
        val io = Io(
            InputStream.nullInputStream(),
            Full(bytes),
            err,
            Descriptors("ppp"),
            {
                null
            },
            directory,
            stdoutLosesData = { true },
        )

        assertThat(Cli(io).run(args.asList())).isEqualTo(1)
        assertThat(err.toString().lines().first()).contains("Standard output cannot be written: no more.", "BUS-2505")
    }

    private class Full(private var left: Int) : OutputStream() {
        override fun write(b: Int) {
            if (left-- <= 0) throw IOException("no more")
        }
    }

    private object Broken : OutputStream() {
        override fun write(b: Int) = throw IOException("no more")
    }

    private companion object {
        @JvmStatic
        fun failures(): List<Arguments> = listOf(
            arguments(StoreNotFoundException("Not a bus."), 4, "2101"),
            arguments(StoreVersionException("Format 9."), 2, "2503"),
            arguments(StoreAccessException("Not writable."), 1, "2501"),
            arguments(StoreFailedException("Full."), 1, "2502"),
            arguments(StoreUnavailableException("Process 7 holds the lock."), 6, "2401"),
            arguments(EventTooLargeException("9 MB."), 2, "2005"),
            arguments(StoreException("Something."), 1, "2504"),
            arguments(InvalidTopicException("Topic."), 2, "2002"),
            arguments(EventFormatException(3, "Not an event."), 2, "2008"),
            arguments(ConfigException("store 'file'", listOf("'x' is wrong")), 2, "2007"),
            arguments(PluginException("No event store is named 'file'."), 1, "2009"),
        )
    }
}
