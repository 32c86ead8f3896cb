// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.spi.EventStore
import dev.jitney.spi.ReadOptions
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path

internal class QueryCommandTest {
    @TempDir
    lateinit var directory: Path

    private val cli by lazy { CommandLine(directory) }

    @BeforeEach
    fun publish() = cli.example()

    @Test
    fun printsEventsForPeople() {
        val ran = cli.bus("query")

        assertThat(ran.out).isEqualTo(
            """
            12:00:01.500  orders.created  #0  {"id":7,"total":31.50}
            12:00:02.000  orders.invoiced  #1  {"order":7}  ← a1
            12:00:03.000  orders.failed    #2  warning  no route\nto host
            2026-05-03 23:00:00.000  audit            #3  critical  null

            """.trimIndent(),
        )
        assertThat(ran.err).isEmpty()
        assertThat(ran.code).isZero()
    }

    @Test
    fun printsOneDocumentOfJson() {
        val ran = cli.bus("history", "orders.created", "orders.failed", "-o", "json")

        assertThat(ran.out).isEqualTo(
            """
            {"kind":"bus.events/1","items":[
            {"kind":"bus.event/1","topic":"orders.created","offset":0,"id":"a1","time":"2026-05-04T12:00:01.500Z","source":"shop","severity":"info","key":"7","correlationId":"a1","version":"1","headers":{"region":"eu"},"payload":{"id":7,"total":31.50}},
            {"kind":"bus.event/1","topic":"orders.failed","offset":2,"id":"b3","time":"2026-05-04T12:00:03Z","source":"mailer","severity":"warning","correlationId":"a1","version":"1","contentType":"text/plain","payloadText":"no route\nto host"}
            ],"truncated":false}

            """.trimIndent(),
        )
    }

    @Test
    fun printsAnEmptyDocumentAndAHintWhenNothingMatches() {
        val ran = cli.bus("query", "none.*", "-o", "json")

        assertThat(ran.out).isEqualTo("""{"kind":"bus.events/1","items":[],"truncated":false}""" + "\n")
        assertThat(ran.err).isEqualTo("No stored event matches.\n")
        assertThat(ran.code).isZero()
        assertThat(cli.bus("query", "none.*", "-q").err).isEmpty()
        assertThat(cli.bus("query", "none.*", "--fail-empty").code).isEqualTo(4)
    }

    @Test
    fun showsTheNewestOldestOfThemFirst() {
        val ran = cli.bus("query", "-n", "2", "-o", "json")

        assertThat(ids(ran)).containsExactly("b3", "c4")
        assertThat(ran.out).endsWith("],\"truncated\":true}\n")
        assertThat(ran.err).isEqualTo("Showing the newest 2; -n 0 for all.\n")
    }

    @Test
    @DisplayName("STO-4 what a purge removed is no news to a query")
    fun isSilentAboutWhatWasRemoved() {
        repeat(30) { i -> cli.bus("publish", if (i % 2 == 0) "keep" else "drop", "$i", "-q") }
        cli.bus("clear", "drop", "--yes")

        for (order in listOf("asc", "desc")) {
            val ran = cli.bus("query", "-n", "0", "--order", order, "-o", "jsonl")
            assertThat(ran.err).isEmpty()
            assertThat(ran.lines).hasSize(19)
        }
        assertThat(cli.bus("query", "--count").err).isEmpty()
        assertThat(cli.bus("replay").err).isEmpty()
    }

    @Test
    fun showsThemInTheOrderAskedFor() {
        assertThat(ids(cli.bus("query", "-o", "jsonl", "-n", "3", "--order", "desc"))).containsExactly("c4", "b3", "a2")
        assertThat(
            ids(cli.bus("query", "-o", "jsonl", "-n", "0", "--order", "desc")),
        ).containsExactly("c4", "b3", "a2", "a1")
        assertThat(ids(cli.bus("query", "-o", "jsonl", "-n", "0"))).containsExactly("a1", "a2", "b3", "c4")
    }

    @Test
    fun showsManyEventsInBoundedMemory() {
        cli.bus("publish", "many", "--lines", stdin = (0 until 700).joinToString("\n"))

        val lines = cli.bus("query", "many", "-n", "600", "-o", "jsonl").lines

        assertThat(lines.map { it.substringAfter("\"payload\":").removeSuffix("}").toInt() })
            .isEqualTo((100 until 700).toList())
    }

    @Test
    fun showsLargeEventsInBoundedMemory() {
        val reads = ArrayList<ReadOptions>()
        val watched = CommandLine.over(directory) { opened ->
            object : EventStore by opened {
                override fun read(options: ReadOptions) = opened.read(options).also { reads.add(options) }
            }
        }
        val payload = "\"" + "x".repeat(7 * 1024 * 1024) + "\""
        cli.bus("publish", "large", "--lines", "-q", stdin = "$payload\n".repeat(3))

        assertThat(watched.bus("query", "large").lines).hasSize(3).allMatch { it.endsWith(payload) }
        assertThat(reads).hasSize(2) // too large to be kept, so they are read again

        reads.clear()
        assertThat(watched.bus("query", "orders.*").lines).hasSize(3)
        assertThat(reads).hasSize(1)
    }

    @Test
    fun selects() {
        assertThat(selected("orders.*", "!orders.failed")).containsExactly("a1", "a2")
        assertThat(selected("!orders.*")).containsExactly("c4")
        assertThat(selected("--severity", "warning+")).containsExactly("b3", "c4")
        assertThat(selected("--severity", "warning")).containsExactly("b3")
        assertThat(selected("--source", "mailer", "--source", "none")).containsExactly("b3")
        assertThat(selected("--correlation", "a1")).containsExactly("a1", "a2", "b3")
        assertThat(selected("--key", "7")).containsExactly("a1")
        assertThat(selected("--id", "a2", "--id", "c4")).containsExactly("a2", "c4")
        assertThat(selected("--since", "today")).containsExactly("a1", "a2", "b3")
        assertThat(
            selected("--since", "2026-05-04T12:00:02", "--until", "2026-05-04T14:00:03+02:00"),
        ).containsExactly("a2")
        assertThat(selected("--until", "yesterday")).isEmpty()
        assertThat(selected("--since", "3h", "orders.*", "--severity", "info", "--key", "7")).containsExactly("a1")
    }

    @Test
    fun counts() {
        assertThat(cli.bus("query", "orders.*", "--count").out).isEqualTo("3\n")
        assertThat(cli.bus("query", "orders.*", "--count", "-o", "json").out)
            .matches("""\{"kind":"bus.count/1","count":3,"scanned":4,"elapsedMs":\d+}\n""")
        assertThat(cli.bus("query", "x", "--count").err).isEmpty()
    }

    @Test
    fun showsTimesAsAskedFor() {
        fun time(mode: String) = cli.bus("query", "orders.created", "--time", mode).out.substringBefore("  ")

        assertThat(time("utc")).isEqualTo("12:00:01.500Z")
        assertThat(time("relative")).isEqualTo("4 min ago")
        assertThat(time("epoch")).isEqualTo("1777896001.500")
        cli.bus("publish", "--ndjson", stdin = """{"topic":"old","time":"1969-12-31T23:59:58.750Z"}""")
        assertThat(cli.bus("query", "old", "--time", "epoch").out).startsWith("-1.250  old")
    }

    @Test
    fun coloursOnATerminalOnly() {
        fun colored() = '\u001b' in cli.bus("query").out

        assertThat(colored()).isFalse()
        assertThat(cli.bus("query", "--color", "always").out).contains("\u001b[1morders.created\u001b[0m")
        cli.descriptors = "ptp"
        assertThat(colored()).isTrue()
        cli.environment["NO_COLOR"] = ""
        assertThat(colored()).isTrue()
        cli.environment["NO_COLOR"] = "1"
        assertThat(colored()).isFalse()
        cli.environment.remove("NO_COLOR")
        cli.environment["TERM"] = "dumb"
        assertThat(colored()).isFalse()
        cli.environment["FORCE_COLOR"] = "1"
        assertThat(colored()).isTrue()
    }

    @Test
    fun keepsWhatStrangersPublishedFromTheTerminal() {
        cli.bus("publish", "evil", "\u001b[2Jgone\u009b31m\u202e")
        cli.bus("publish", "evil", "\"\\u001b \u009b31m\"", "-H", "h=\u009b")
        cli.descriptors = "ttt"
        cli.environment["TERM"] = "dumb"

        val text = cli.bus("query", "evil").out
        val json = cli.bus("query", "evil", "-o", "jsonl").out

        assertThat(text).contains("\\x1b[2Jgone\\x9b31m\\u202e")
        assertThat(json).contains(""""payloadText":"\u001b[2Jgone\u009b31m\u202e"""", """"h":"\u009b"""")
        assertThat(text + json).doesNotContain("\u001b").doesNotContain("\u009b").doesNotContain("\u202e")
    }

    private fun selected(vararg args: String) = ids(cli.bus("query", *args, "-o", "jsonl", "-q"))

    private fun ids(ran: Ran): List<String> =
        ran.lines.filter { "\"id\":" in it }.map { it.substringAfter("\"id\":\"").substringBefore('"') }
}
