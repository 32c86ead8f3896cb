// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path

/** show, topics, info, version, help. */
internal class StateCommandsTest {
    @TempDir
    lateinit var directory: Path

    private val cli by lazy { CommandLine(directory) }

    @BeforeEach
    fun publish() = cli.example()

    @Test
    fun showsAnEventInFull() {
        val ran = cli.bus("show", "a1")

        assertThat(ran.out.replace(Regex("stored       .*"), "stored")).isEqualTo(
            """
            orders.created #0
            id           a1
            stored
            time         2026-05-04 12:00:01.500 UTC
            source       shop
            key          7
            header       region: eu
            payload      application/json, 22 B
            {
              "id": 7,
              "total": 31.50
            }

            """.trimIndent(),
        )
    }

    @Test
    fun keepsTheLinesOfText() {
        assertThat(cli.bus("show", "b3").out).endsWith("payload      text/plain, 16 B\nno route\nto host\n")
    }

    @Test
    fun findsAnEventByTheBeginningOfItsIdAndByOffset() {
        cli.bus("publish", "t", "1", "--id", "long-1", "-q")
        cli.bus("publish", "t", "1", "--id", "long-2", "-q")
        cli.bus("publish", "t", "1", "--id", "long", "-q")

        assertThat(cli.bus("show", "c").out).contains("id           c4")
        assertThat(cli.bus("show", "#1").out).contains("id           a2")
        assertThat(cli.bus("show", "long").out).contains("id           long\n")
        val several = cli.bus("show", "long-")
        assertThat(several.err).isEqualTo(
            "bus: Several ids begin with 'long-', 'long-2' and 'long-1' among them. [BUS-2103]\n" +
                "     try: more characters of the id\n",
        )
        assertThat(several.code).isEqualTo(2)
    }

    @Test
    fun findsIdsOfOurOwnMaking() {
        val id = cli.bus("publish", "t", "1", "-q").out.trim().substringAfterLast(' ')

        assertThat(cli.bus("show", id).out).contains(id)
        assertThat(cli.bus("show", id.dropLast(1)).out).contains(id)
    }

    @Test
    fun saysWhenThereIsNoSuchEvent() {
        for (id in listOf("zz", "#99", "018f0000-0000-7000-8000-000000000000")) {
            val ran = cli.bus("show", id)
            assertThat(ran.err).isEqualTo(
                "bus: No stored event has the id '$id', or one that begins so. [BUS-2102]\n     try: bus query\n",
            )
            assertThat(ran.code).isEqualTo(4)
        }
    }

    @Test
    fun listsTopics() {
        val ran = cli.bus("topics")

        assertThat(ran.lines.map { it.replace(Regex(" +\\d+ B"), " n B") }).containsExactly(
            "topic            events  bytes  last",
            "audit                 1 n B  2026-05-03 23:00:00.000",
            "orders.created        1 n B  12:00:01.500",
            "orders.failed         1 n B  12:00:03.000",
            "orders.invoiced       1 n B  12:00:02.000",
        )
        assertThat(cli.bus("topics", "list", "orders.*", "!orders.failed").lines).hasSize(3)
    }

    @Test
    fun saysWhenThereIsNoTopic() {
        for (sort in listOf("name", "events")) {
            val ran = cli.bus("topics", "none.*", "--sort", sort)
            assertThat(ran.out).isEmpty()
            assertThat(ran.err).isEqualTo("No topic matches.\n")
            assertThat(ran.code).isZero()
        }
        cli.bus("clear", "!none", "--yes")
        assertThat(cli.bus("topics").err).isEqualTo("No topic has events.\n")
    }

    @Test
    fun cutsALongListOfTopicsAndSaysSo() {
        val ran = cli.bus("topics", "-n", "2", "-o", "json")

        assertThat(ran.out).startsWith("""{"kind":"bus.topics/1","items":[""").contains("audit", "orders.created")
            .doesNotContain("invoiced").endsWith("\n],\"truncated\":true}\n")
        assertThat(ran.err).isEqualTo("Showing 2 of 4 topics; -n 0 for all.\n")
        assertThat(cli.bus("topics", "-n", "0", "-o", "jsonl").lines).hasSize(4)
    }

    @Test
    fun takesALimitOfNoneForAllInEveryCommand() {
        assertThat(cli.bus("topics", "-n", "0", "-o", "jsonl").lines).hasSize(4)
        assertThat(cli.bus("topics", "--sort", "events", "-n", "0", "-o", "jsonl").lines).hasSize(4)
        assertThat(cli.bus("query", "-n", "0", "-o", "jsonl").lines).hasSize(4)
        assertThat(cli.bus("replay", "-n", "0").lines).hasSize(4)
        assertThat(cli.bus("replay", "-n", "0", "--dry-run").out).startsWith("Would replay 4 events")
        assertThat(cli.bus("tail", "-n", "0", "--no-follow", "-o", "jsonl").lines).hasSize(4)
        assertThat(cli.bus("tail", "-n", "0", "--idle", "1ms", "-o", "jsonl").lines).hasSize(4)
    }

    @Test
    fun sortsTopics() {
        cli.bus("publish", "orders.failed", "1", "-q")

        fun first(by: String) = cli.bus("topics", "--sort", by, "-n", "1", "-o", "jsonl", "-q").lines.single()
        assertThat(first("events")).contains(""""topic":"orders.failed","events":2""")
        assertThat(first("bytes")).contains("orders.failed")
        assertThat(first("name")).contains("audit")
        assertThat(cli.bus("topics", "--sort", "size").err)
            .startsWith("bus: '--sort' is 'size', expected name, events, bytes or last. [BUS-2001]")
    }

    @Test
    fun showsWhatTheBusHolds() {
        val text = cli.bus("info")
        val json = cli.bus("status", "-o", "json")

        assertThat(text.out).contains("4 events in 4 topics, ", "offsets #0 to #3, ")
        assertThat(json.out).startsWith("""{"kind":"bus.info/1","name":"""")
            .contains(""""events":4,"topics":4,"sizeBytes":""", """"startOffset":0,"endOffset":4,"durableOffset":""")
    }

    @Test
    fun verifiesAWholeBus() {
        val text = cli.bus("verify")
        val json = cli.bus("verify", "-o", "json")

        assertThat(text.out).startsWith("4 events in ").endsWith(": all good\n")
        assertThat(text.code).isZero()
        assertThat(json.out).startsWith("""{"kind":"bus.verify/1","items":[],"truncated":false,"ok":true,"events":4""")
    }

    @Test
    fun showsTheVersion() {
        assertThat(cli.bus("version").out).matches("bus \\S+ \\(Java \\S+, \\S+\\)\n").isEqualTo(cli.bus("-V").out)
        assertThat(cli.bus("version", "-o", "json").out).startsWith("""{"kind":"bus.version/1","bus":"""")
    }

    @Test
    fun explainsExitCodesAndErrors() {
        assertThat(cli.bus("help", "exit-codes").lines).contains(
            "   4  not found     the bus or the event that was named does not exist; retry: no",
        )
        assertThat(cli.bus("help", "errors").out).contains("BUS-2102     4  no stored event has this id")
        assertThat(cli.bus("help", "selection").code).isZero()
        assertThat(
            cli.bus("help", "publish").out,
        ).isEqualTo(cli.bus("publish", "--help").out).contains("--content-type")
        assertThat(cli.bus("help").out).isEqualTo(cli.bus("--help").out).contains("publish", "verify")
        assertThat(cli.bus("help", "nonsense").code).isEqualTo(2)
    }
}
