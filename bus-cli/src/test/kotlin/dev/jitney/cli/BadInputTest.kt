// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.Event
import dev.jitney.event.Level
import dev.jitney.event.Offset
import dev.jitney.event.Topics
import dev.jitney.spi.EventStore
import dev.jitney.spi.StoreFailedException
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.catchThrowable
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.Arguments
import org.junit.jupiter.params.provider.Arguments.arguments
import org.junit.jupiter.params.provider.MethodSource
import org.junit.jupiter.params.provider.ValueSource
import java.io.IOException
import java.io.InputStream
import java.io.OutputStream
import java.nio.file.Files
import java.nio.file.Path
import java.time.Duration

/** Bad input: one clear line, the right exit code, and nothing written. */
internal class BadInputTest {
    @TempDir
    lateinit var directory: Path

    private val cli by lazy { CommandLine(directory) }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commandLines")
    fun isRefused(args: List<String>, stdin: String, code: Int, error: String) {
        val ran = cli.bus(*args.toTypedArray(), stdin = stdin)

        val lines = ran.err.lines()
        assertThat(lines[0]).isEqualTo("bus: ${error.replace("DIRECTORY", directory.toString())}")
        assertThat(lines.drop(1)).allMatch { it.isEmpty() || it.startsWith("     try: ") }
        assertThat(ran.code).isEqualTo(code)
        assertThat(ran.out).isEmpty()
        Files.list(directory).use { assertThat(it).isEmpty() }
    }

    @Test
    fun errorsAreJsonWhenJsonIsAskedFor() {
        val ran = cli.bus("query", "-o", "json")

        assertThat(ran.err).isEqualTo(
            """{"error":{"code":"BUS-2101","message":"There is no bus here: no .bus in '$directory' or above it.",""" +
                """"hint":"bus publish TOPIC (makes one), or --dir DIR","exit":4}}""" + "\n",
        )
        assertThat(ran.out).isEmpty()
        cli.environment["BUS_OUTPUT"] = "jsonl"
        assertThat(cli.bus("publish", "a/b", "1").err).startsWith("""{"error":{"code":"BUS-2002",""")
        assertThat(cli.bus("publish", "--nope", "-otext").err).startsWith("bus: ")
    }

    @Test
    fun closedStandardInputIsToldApartFromAnEmptyOne() {
        cli.descriptors = "-pp"

        val ran = cli.bus("publish", "t")

        assertThat(ran.err).isEqualTo(
            "bus: Standard input is closed, so there is nothing to read. [BUS-2006]\n" +
                "     try: PAYLOAD as an argument, or --file FILE\n",
        )
        assertThat(ran.code).isEqualTo(2)
        assertThat(directory.resolve(".bus")).doesNotExist()
        assertThat(cli.bus("publish", "t", "1").code).isZero()
    }

    @Test
    fun whatCameBeforeABadLineInALongStreamIsStoredAndSaid() {
        val input = (1..1000).joinToString("") { "$it\n" } + "{bad\n"

        val ran = cli.bus("publish", "t", "--lines", "--content-type", "application/json", "-q", stdin = input)

        assertThat(ran.err).startsWith(
            "bus: Line 1001 of standard input is not JSON: byte 1, expected a name in quotes. " +
                "1,000 events before it are stored. [BUS-2004]\n",
        )
        assertThat(ran.code).isEqualTo(3)
        assertThat(cli.bus("query", "--count").out).isEqualTo("1000\n")
    }

    @ParameterizedTest
    @ValueSource(
        strings = [
            """{"topic":"a b"}""",
            """{"topic":"t","id":""}""",
            """{"topic":"t","payload":{"a":1,"a":2}}""",
            """{"topic":"t","time":"+10000-01-01T00:00:00Z"}""",
            """{"topic":"t","key":"\ud800"}""",
            """{"topic":"t","headers":{"a":"1","a":"2"}}""",
            """{"specversion":"1.0","id":"","source":"s","type":"t"}""",
        ],
    )
    fun aLineThatNoEventCanBeMadeOfIsNamed(bad: String) {
        val good = "{\"topic\":\"t\"}\n"

        val short = cli.bus("publish", "--ndjson", stdin = good.repeat(10) + bad)
        assertThat(short.err.lines()[0]).startsWith("bus: Line 11 of standard input is not an event: ")
        assertThat(short.code).isEqualTo(2)
        assertThat(directory.resolve(".bus")).doesNotExist()

        val long = cli.bus("publish", "--ndjson", "-q", stdin = good.repeat(3000) + bad)
        assertThat(long.err.lines()[0]).startsWith("bus: Line 3001 of standard input is not an event: ")
            .contains(". 3,000 events before it are stored. [BUS-20")
        assertThat(long.code).isEqualTo(3)
        assertThat(cli.bus("query", "--count").out).isEqualTo("3000\n")
    }

    @Test
    fun namesTheLineWhoseEventIsTooLargeForTheStore() {
        // As a payload it is one that is taken, as an event it is not
        val large = "\"" + "x".repeat(8 * 1024 * 1024 - 100) + "\"\n"
        val refused = "is too large. Event '\\S+' of topic 't' takes 8,388,\\d+ bytes; " +
            "at most 8,388,608 are taken \\(max-event-size\\)."

        val short = cli.bus("publish", "t", "--lines", "-q", stdin = "1\n".repeat(10) + large + "1\n")
        assertThat(short.err).matches("bus: Line 11 of standard input $refused \\[BUS-2005\\]\n")
        assertThat(short.code).isEqualTo(2)

        val long = cli.bus("publish", "t", "--lines", "-q", stdin = "1\n".repeat(1200) + large + "1\n")
        assertThat(long.err)
            .matches("bus: Line 1201 of standard input $refused 1,000 events before it are stored. \\[BUS-2005\\]\n")
        assertThat(long.code).isEqualTo(3)
        assertThat(cli.bus("query", "--count").out).isEqualTo("1000\n")
    }

    @Test
    fun saysWhatIsStoredWhenTheStoreTakesNoMore() {
        val filling = CommandLine.over(directory) { opened ->
            object : EventStore by opened {
                private var batches = 0

                override fun appendAndWait(events: List<Event>, level: Level, timeout: Duration): Offset {
                    if (batches++ == 2) throw StoreFailedException("The disk is full.")
                    return opened.appendAndWait(events, level, timeout)
                }
            }
        }

        val ran = filling.bus("publish", "t", "--lines", "-q", stdin = "1\n".repeat(2500))

        assertThat(ran.err).isEqualTo("bus: The disk is full. 2,000 events before it are stored. [BUS-2502]\n")
        assertThat(ran.code).isEqualTo(3)
    }

    @Test
    fun anInputThatFailsIsNamed() {
        val failing = object : InputStream() {
            override fun read() = throw IOException("gone")
        }

        for (args in listOf(listOf("publish", "t"), listOf("publish", "t", "--lines"))) {
            val ran = cli.bus(args, failing, OutputStream.nullOutputStream())
            assertThat(ran.err).isEqualTo("bus: Reading standard input failed: gone. [BUS-2006]\n")
            assertThat(ran.code).isEqualTo(2)
        }
    }

    @Test
    fun aBadLineInAShortStreamStoresNothing() {
        val ran = cli.bus("publish", "t", "--lines", "--content-type", "application/json", stdin = "1\n2\n{bad\n")

        assertThat(
            ran.err,
        ).startsWith("bus: Line 3 of standard input is not JSON: byte 1, expected a name in quotes. [BUS-2004]\n")
        assertThat(ran.code).isEqualTo(2)
        assertThat(directory.resolve(".bus")).doesNotExist()
    }

    private companion object {
        @JvmStatic
        fun commandLines(): List<Arguments> = topics() + json() + values() + unknown() + missing() + bench()

        private fun line(error: String, vararg args: String, stdin: String = "", code: Int = 2): Arguments =
            arguments(args.asList(), stdin, code, error)

        // What is wrong with a topic is said by the event model, in whose tests the texts are
        private fun topics() = listOf("", "a/b", "..", "a\nb", "a*", "x".repeat(300)).map { topic ->
            val refused = catchThrowable { Topics.check(topic) }
            line(Escapes.line(refused.message.orEmpty()) + " [BUS-2002]", "publish", topic, "1")
        }

        private fun json() = listOf(
            line(
                "PAYLOAD is not JSON: Key 'a' at byte 7 is there twice. [BUS-2004]",
                "publish",
                "t",
                "{\"a\":1,\"a\":2}",
            ),
            line(
                "PAYLOAD is not JSON: Half of a surrogate pair is escaped at byte 1. Write both halves. [BUS-2004]",
                "publish",
                "t",
                "\"\\ud800\"",
            ),
            line(
                "Line 1 of standard input is not an event: 'topic' is there twice. [BUS-2004]",
                "publish",
                "--ndjson",
                stdin = "{\"topic\":\"a.b\",\"topic\":\"a.c\"}",
            ),
            line(
                "PAYLOAD is nested too deep: byte 500, expected at most 500 levels of arrays and objects. [BUS-2004]",
                "publish",
                "t",
                deep(501),
            ),
            line(
                "Line 2 of standard input is nested too deep: byte 500, expected at most 500 levels of arrays and " +
                    "objects. [BUS-2004]",
                "publish",
                "t",
                "--lines",
                stdin = "1\n" + deep(501),
            ),
            line(
                "Line 1 of standard input is not an event: byte 523, expected at most 500 levels of arrays and " +
                    "objects. [BUS-2004]",
                "publish",
                "--ndjson",
                stdin = """{"topic":"t","payload":""" + deep(501) + "}",
            ),
            line(
                "PAYLOAD is not JSON: byte 5, expected a JSON value. [BUS-2004]",
                "publish",
                "t",
                "{\"a\":}",
                "--content-type",
                "application/json",
            ),
            line(
                "Standard input is not JSON: byte 0, expected a JSON value. [BUS-2004]",
                "publish",
                "t",
                "-f",
                "-",
                "--content-type",
                "application/problem+json",
                stdin = "oops",
            ),
            line(
                "Line 1 of standard input is not an event: byte 0, expected an object. [BUS-2004]",
                "publish",
                "--ndjson",
                stdin = "nope",
            ),
            line(
                "Line 2 of standard input is not an event: 'topic' is missing. [BUS-2004]",
                "publish",
                "--ndjson",
                stdin = "\n{}",
            ),
            line(
                "Line 1 of standard input is not an event: 'tpoic' is not a known name. [BUS-2004]",
                "publish",
                "--ndjson",
                stdin = "{\"tpoic\":1}",
            ),
            line(
                "Line 1 of standard input is not an event: 'topic' is 5, expected a string. [BUS-2004]",
                "publish",
                "--ndjson",
                stdin = "{\"topic\":5}",
            ),
        )

        private fun deep(levels: Int) = "[".repeat(levels) + "]".repeat(levels)

        private fun values() = listOf(
            line("'--limit' is '-1', expected a whole number, 0 or more. [BUS-2001]", "query", "--limit", "-1"),
            line("'--limit' is 'ten', expected a whole number, 0 or more. [BUS-2001]", "tail", "-n", "ten"),
            line(
                "'--since' is 'yesterday-ish', expected ${Times.ACCEPTED}. [BUS-2003]",
                "query",
                "--since",
                "yesterday-ish",
            ),
            line("'--until' is '2026-13-01', expected ${Times.ACCEPTED}. [BUS-2003]", "query", "--until", "2026-13-01"),
            line("'--idle' is '5', expected ${Durations.ACCEPTED}. [BUS-2003]", "tail", "--idle", "5"),
            line(
                "'--lock-timeout' is 'soon', expected ${Durations.ACCEPTED}. [BUS-2003]",
                "publish",
                "t",
                "1",
                "--lock-timeout",
                "soon",
            ),
            line(
                "'--severity' is 'bad', expected info, warning or critical. [BUS-2001]",
                "publish",
                "t",
                "1",
                "--severity",
                "bad",
            ),
            line(
                "'--level' is 'tape', expected memory, os or disk. [BUS-2001]",
                "publish",
                "t",
                "1",
                "--level",
                "tape",
            ),
            line("'--output' is 'xml', expected text, json or jsonl. [BUS-2001]", "publish", "t", "1", "-o", "xml"),
            line(
                "'--color' is 'red', expected auto, always or never. [BUS-2001]",
                "publish",
                "t",
                "1",
                "--color",
                "red",
            ),
            line(
                "'--time' is 'noon', expected local, utc, relative or epoch. [BUS-2001]",
                "publish",
                "t",
                "1",
                "--time",
                "noon",
            ),
            line("'--header' is 'novalue', expected NAME=VALUE. [BUS-2001]", "publish", "t", "1", "-H", "novalue"),
            line("'--id' is '', expected a text. [BUS-2001]", "publish", "t", "1", "--id", ""),
            line("'--file' is 'none.json', but it does not exist. [BUS-2006]", "publish", "t", "-f", "none.json"),
            line("'--file' is '.', but it cannot be read. [BUS-2006]", "publish", "t", "-f", "."),
            line("PAYLOAD and '--file' exclude each other. [BUS-2001]", "publish", "t", "1", "-f", "x"),
            line("'--from' is 'here', expected ${Positions.ACCEPTED}. [BUS-2001]", "tail", "--from", "here"),
            line(
                "Standard input is larger than 8 MB, the most that an event may have. [BUS-2005]",
                "publish",
                "t",
                "-f",
                "-",
                stdin = "x".repeat(8 * 1024 * 1024 + 1),
            ),
        )

        private fun unknown() = listOf(
            line("No command is named 'pulbish'. Did you mean 'publish'? [BUS-2001]", "pulbish", "t"),
            line("No command is named 'x'. [BUS-2001]", "-q", "x", "--help"),
            line("No option is named '--limt'. Did you mean '--limit'? [BUS-2001]", "query", "--limt", "5"),
            line("No option is named '-Z'. [BUS-2001]", "query", "-Z"),
            line("'--dir' needs a value. [BUS-2001]", "query", "--dir"),
            line("'--count' takes no value. [BUS-2001]", "query", "--count=5"),
            line(
                "'c' is one argument too many. Put quotes around a value that contains spaces. [BUS-2001]",
                "publish",
                "a",
                "b",
                "c",
            ),
            line("TOPIC is missing. [BUS-2001]", "publish"),
            line("EVENT_ID is missing. [BUS-2001]", "show"),
        )

        private fun missing() = listOf(
            line("'--dir' is '', expected a directory. [BUS-2001]", "query", "-d", ""),
            line("'--into' is '', expected a directory. [BUS-2001]", "replay", "--into", ""),
        )

        private fun bench() = listOf(
            line("SCENARIO is missing. [BUS-2001]", "bench"),
            line("SCENARIO is 'all', expected publish, e2e, replay or store. [BUS-2001]", "bench", "all"),
            line("'--runs' is '0', expected a whole number from 1 to 100. [BUS-2001]", "bench", "e2e", "--runs", "0"),
            line(
                "'--producers' is 'many', expected a whole number from 1 to 64. [BUS-2001]",
                "bench",
                "e2e",
                "--producers",
                "many",
            ),
            line(
                "'--size' is '9000000', expected a whole number from 0 to 8,388,608. [BUS-2001]",
                "bench",
                "store",
                "--size",
                "9000000",
            ),
            line(
                "'--rate' is 'fast', expected events a second such as 500, 20k or 1.5M/s, at least 0.01 and at most " +
                    "100M. [BUS-2001]",
                "bench",
                "publish",
                "--rate",
                "fast",
            ),
            line("'--duration' is '5', expected ${Durations.ACCEPTED}. [BUS-2003]", "bench", "e2e", "--duration", "5"),
            line("'--duration' is '0s', expected 1ms to 24h. [BUS-2001]", "bench", "e2e", "--duration", "0s"),
            line("'--warmup' is '2d', expected 0ms to 24h. [BUS-2001]", "bench", "e2e", "--warmup", "2d"),
            line("'--level' is 'tape', expected memory, os or disk. [BUS-2001]", "bench", "store", "--level", "tape"),
            line(
                "'--duration' and '--events' exclude each other. [BUS-2001]",
                "bench",
                "e2e",
                "--duration",
                "1s",
                "--events",
                "5",
            ),
            line(
                "'--payload' and '--size' exclude each other. [BUS-2001]",
                "bench",
                "e2e",
                "--payload",
                "x",
                "--size",
                "5",
            ),
            line("'--payload' is 'none', which cannot be read. [BUS-2006]", "bench", "e2e", "--payload", "none"),
            line(
                "'--rate' is not for replay: a run is one pass over all events. [BUS-2001]",
                "bench",
                "replay",
                "--rate",
                "5/s",
            ),
            line("'--handlers' is not for store: it has none. [BUS-2001]", "bench", "store", "--handlers", "2"),
            line(
                "'--events' is not for a bus that is there: all of it is replayed. [BUS-2001]",
                "bench",
                "replay",
                "--use-current",
                "--events",
                "5",
            ),
            line(
                "There is no bus here: no .bus in 'DIRECTORY' or above it. [BUS-2101]",
                "bench",
                "store",
                "--use-current",
                code = 4,
            ),
            line("'--dir' is '', expected a directory. [BUS-2001]", "bench", "store", "-d", ""),
            line(
                "'--export' is 'x.txt', expected a file whose name ends with .json, .csv, .md or .hgrm. [BUS-2001]",
                "bench",
                "e2e",
                "--export",
                "x.txt",
            ),
            line("'--baseline' is 'none', which cannot be read. [BUS-2006]", "bench", "e2e", "--baseline", "none"),
            line(
                "'--fail-if' compares with '--baseline', which is missing. [BUS-2001]",
                "bench",
                "e2e",
                "--fail-if",
                "p99>+10%",
            ),
            line(
                "'--fail-if' is 'p99>1ms', expected a figure (rate, p50, p90, p99, p999 or max), < or >, and a " +
                    "change in percent, such as p99>+10% or rate<-5%. [BUS-2001]",
                "bench",
                "e2e",
                "--baseline",
                "none",
                "--fail-if",
                "p99>1ms",
            ),
        )
    }
}
