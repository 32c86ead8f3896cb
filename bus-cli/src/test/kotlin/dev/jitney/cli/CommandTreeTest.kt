// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import com.github.ajalt.clikt.core.CoreCliktCommand
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.MethodSource
import java.io.InputStream
import java.io.OutputStream
import java.nio.file.Path

/** What holds for every command, now and for those to come. */
internal class CommandTreeTest {
    @TempDir
    lateinit var directory: Path

    private val cli by lazy { CommandLine(directory) }

    @ParameterizedTest
    @MethodSource("names")
    fun hasHelpWithAnExample(name: String) {
        val ran = cli.bus(name, "--help")

        assertThat(ran.code).isZero()
        assertThat(ran.err).isEmpty()
        assertThat(ran.out).startsWith("Usage: bus $name").contains("Examples:\n  bus ", "--output", "--dir")
            .doesNotContain("\u001b")
        assertThat(ran.out.lines()).allSatisfy { assertThat(it.length).isLessThan(140) }
    }

    @ParameterizedTest
    @MethodSource("names")
    fun isBuiltAloneWhenItIsNamed(name: String) {
        assertThat(Commands.reachable(listOf("-d", "publish", "-q", name, "clear"))).containsExactly(name)
    }

    @ParameterizedTest
    @MethodSource("names")
    fun refusesAnUnknownFormatBeforeItDoesAnything(name: String) {
        assertThat(cli.bus(name, *arguments(name), "-o", "xml").err)
            .startsWith("bus: '--output' is 'xml', expected text, json or jsonl. [BUS-2001]\n")
        assertThat(directory.resolve(".bus")).doesNotExist()
    }

    @ParameterizedTest
    @MethodSource("jsonCommands")
    fun answersWithOneKindInJson(command: Pair<String, String>) {
        cli.example()
        val (line, kind) = command

        for (format in listOf("json", "jsonl")) {
            val ran = cli.bus(*line.split(' ').toTypedArray(), "-o", format)
            assertThat(ran.code).isZero()
            assertThat(JsonText(ran.out.lines()[0].toByteArray()).takeIf { format == "jsonl" }?.problem()).isNull()
            if (format == "json") {
                assertThat(JsonText(ran.out.toByteArray()).problem()).isNull()
                assertThat(ran.out).startsWith("{\"kind\":\"$kind\"")
            }
        }
    }

    @Test
    fun optionsMayStandAnywhere() {
        cli.bus("-d", "one", "publish", "t", "1", "-q")
        cli.bus("publish", "-d", "one", "t", "1", "-q")
        cli.bus("-d", "two", "publish", "t", "1", "-d", "one", "-q")

        assertThat(cli.bus("-o", "json", "query", "--count", "-d", "one").out).contains("\"count\":3")
        assertThat(cli.bus("-o", "json", "query", "--count", "-d", "one", "-o", "text").out).isEqualTo("3\n")
        assertThat(cli.bus("-q", "-d", "three", "publish", "t", "1").err).isEmpty()
    }

    @Test
    fun noOptionHasTwoMeanings() {
        val meanings = HashMap<String, MutableSet<String>>()
        for (command in commands()) {
            for (option in command.registeredOptions()) {
                for (name in option.names) meanings.getOrPut(name) { HashSet() }.add(option.names.maxBy { it.length })
            }
        }

        assertThat(meanings.filterValues { it.size > 1 }).isEmpty()
    }

    @Test
    fun withoutACommandShowsHelpAndFails() {
        val ran = cli.bus()

        assertThat(ran.err).startsWith("Usage: bus ")
        assertThat(ran.out).isEmpty()
        assertThat(ran.code).isEqualTo(2)
    }

    private fun commands(): List<CoreCliktCommand> = names().map { Commands.create(it, world()) }

    private fun world() = Io(
        InputStream.nullInputStream(),
        OutputStream.nullOutputStream(),
        OutputStream.nullOutputStream(),
        Descriptors("ppp"),
        { null },
        directory,
    )

    private companion object {
        @JvmStatic
        fun names(): List<String> = Commands.names

        @JvmStatic
        fun jsonCommands(): List<Pair<String, String>> = listOf(
            "publish t 1" to "bus.published/1",
            "query" to "bus.events/1",
            "query --count" to "bus.count/1",
            "show a1" to "bus.event/1",
            "replay --to-topic t" to "bus.replay/1",
            "replay --dry-run" to "bus.replay/1",
            "topics" to "bus.topics/1",
            "clear audit --dry-run" to "bus.clear/1",
            "info" to "bus.info/1",
            "verify" to "bus.verify/1",
            "version" to "bus.version/1",
            "bench e2e --events 5 --warmup 0ms --runs 1" to "bus.bench/1",
        )

        fun arguments(name: String): Array<String> = when (name) {
            "publish" -> arrayOf("t", "1")
            "show" -> arrayOf("x")
            "clear" -> arrayOf("x")
            "bench" -> arrayOf("store")
            else -> emptyArray()
        }
    }
}
