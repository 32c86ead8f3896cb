// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Files
import java.nio.file.Path

internal class PublishCommandTest {
    @TempDir
    lateinit var directory: Path

    private val cli by lazy { CommandLine(directory) }

    @Test
    fun makesABusWhereThereIsNoneAndSaysSo() {
        val ran = cli.bus("publish", "user.login", """{"username":"alice"}""", "--id", "e1")

        assertThat(ran.out).isEqualTo("user.login  #0  e1\n")
        assertThat(ran.err).isEqualTo("Made a new bus in $directory/.bus.\n")
        assertThat(ran.code).isZero()
        assertThat(cli.bus("pub", "user.login", "--id", "e2").err).isEmpty()
    }

    @Test
    fun usesTheNearestBusUpwards() {
        cli.bus("publish", "t", "1")
        val below = Files.createDirectories(directory.resolve("a/b"))

        assertThat(CommandLine(below, cli.stores).bus("publish", "t", "2", "-q").err).isEmpty()

        assertThat(cli.bus("query", "--count").out).isEqualTo("2\n")
        assertThat(below.resolve(".bus")).doesNotExist()
    }

    @Test
    fun takesTheDirectoryFromTheEnvironmentAndRatherFromTheOption() {
        cli.environment["BUS_DIR"] = "one"
        cli.bus("publish", "t", "1")
        cli.bus("publish", "t", "1", "-d", "two")

        assertThat(cli.bus("query", "--count", "-d", "one").out).isEqualTo("1\n")
        assertThat(cli.bus("query", "--count", "-d", "two").out).isEqualTo("1\n")
        assertThat(directory.resolve(".bus")).doesNotExist()
    }

    @Test
    fun answersInJson() {
        val ran = cli.bus("publish", "t", "1", "--id", "e1", "-o", "json", "-q")

        assertThat(ran.out)
            .isEqualTo("""{"kind":"bus.published/1","topic":"t","offset":0,"id":"e1","status":"stored"}""" + "\n")
        assertThat(ran.err).isEmpty()
    }

    @Test
    fun keepsEveryAttribute() {
        cli.bus(
            "publish", "t", "{}", "-H", "region=eu", "-H", "X-Odd=a=b", "--key", "k", "--severity", "critical",
            "--source", "shop", "--correlation", "c1", "--causation", "p1", "--id", "e1", "--subject", "s",
        )

        val shown = cli.bus("show", "e1", "-o", "json").out

        assertThat(shown).contains(
            """"source":"shop","severity":"critical","key":"k","correlationId":"c1","causationId":"p1","subject":"s"""",
            """"headers":{"region":"eu","X-Odd":"a=b"}""",
            """"payload":{}""",
        )
    }

    @Test
    fun givesAnEventItsOwnIdAsCorrelation() {
        cli.bus("publish", "t", "1", "--id", "e1")

        assertThat(cli.bus("show", "e1", "-o", "json").out).contains(""""correlationId":"e1"""", """"source":"bus"""")
    }

    @Test
    fun tellsJsonTextBytesNullAndNothingApart() {
        cli.bus("publish", "t", """{"n":12345678901234567890, "d":1.10}""")
        cli.bus("publish", "t", "plain text")
        cli.bus("publish", "t", "")
        cli.bus("publish", "t", "\"\"")
        cli.bus("publish", "t", "null")
        cli.bus("publish", "t")
        cli.bus("publish", "t", "42", "--content-type", "text/plain")
        Files.write(directory.resolve("bytes"), byteArrayOf(0, -1, 7))
        cli.bus("publish", "t", "--file", "bytes")

        val payloads = cli.bus("query", "-o", "jsonl").lines.map {
            it.substringAfter("\"version\":\"1\"").removeSuffix("}")
        }

        assertThat(payloads).containsExactly(
            ""","payload":{"n":12345678901234567890,"d":1.10}""",
            ""","contentType":"text/plain","payloadText":"plain text"""",
            ""","contentType":"text/plain","payloadText":""""",
            ""","payload":""""",
            ""","payload":null""",
            "",
            ""","contentType":"text/plain","payloadText":"42"""",
            ""","contentType":"application/octet-stream","payloadBase64":"AP8H"""",
        )
    }

    @Test
    @DisplayName("RFC 8259, 8.1: JSON is JSON also behind a byte-order mark, which is no part of it")
    fun ignoresAByteOrderMarkInFrontOfJson() {
        val mark = "\ufeff"
        Files.writeString(directory.resolve("marked.json"), """$mark{"from":"file"}""")
        cli.bus("publish", "t", """$mark{"from":"argument"}""")
        cli.bus("publish", "t", "--file", "marked.json")
        cli.bus("publish", "t", stdin = """$mark {"from":"input"}""")
        cli.bus("publish", "t", "--lines", stdin = "$mark[1]\n${mark}2\n")
        cli.bus("publish", "--ndjson", stdin = """$mark{"topic":"t","payload":{"from":"ours"}}""")
        val cloudEvent = """{"specversion":"1.0","id":"e1","source":"s","type":"t","data":{"from":"cloud"}}"""
        cli.bus("publish", "--ndjson", stdin = "$mark\n$mark$cloudEvent")
        cli.bus("publish", "t", "${mark}text")

        val payloads = cli.bus("query", "-o", "jsonl").lines.map {
            it.substringAfter("\"version\":\"1\",").removeSuffix("}")
        }
        assertThat(payloads).containsExactly(
            """"payload":{"from":"argument"}""",
            """"payload":{"from":"file"}""",
            """"payload":{"from":"input"}""",
            """"payload":[1]""",
            """"payload":2""",
            """"payload":{"from":"ours"}""",
            """"payload":{"from":"cloud"}""",
            """"contentType":"text/plain","payloadText":"${mark}text"""",
        )
        val wrong = cli.bus("publish", "t", "$mark{", "--content-type", "application/json")
        assertThat(wrong.err).startsWith("bus: PAYLOAD is not JSON: byte 4, expected a name in quotes.")
    }

    @Test
    fun refusesLinesThatAreNotBlankThoughTheyHaveNoLetter() {
        val ran = cli.bus("publish", "--ndjson", stdin = " \t\n\u00e9\n")

        assertThat(ran.err).startsWith("bus: Line 2 of standard input is not an event: byte 0, expected an object.")
        assertThat(ran.code).isEqualTo(2)
    }

    @Test
    fun waitsForTheLockAsLongAsAnySpanOfTimeSays() {
        for (span in listOf("250ms", "15s", "5m", "2h", "7d", "2w")) {
            val ran = cli.bus("publish", "t", "1", "--lock-timeout", span, "-q")

            assertThat(ran.code).describedAs(ran.err).isZero()
            assertThat(cli.bus("query", "--since", span, "--count").code).isZero()
        }
    }

    @Test
    fun readsWhatIsPipedInAndFiles() {
        Files.writeString(directory.resolve("order.json"), """{"id":7}""")

        cli.bus("publish", "piped", stdin = "[1]")
        cli.bus("publish", "dash", "-f", "-", stdin = "[2]")
        cli.bus("publish", "file", "--file", "order.json", stdin = "not read")

        assertThat(cli.bus("query", "-o", "jsonl").lines.map { it.substringAfter(""""payload":""") })
            .containsExactly("[1]}", "[2]}", """{"id":7}}""")
    }

    @Test
    fun doesNotWaitForATerminalToBeTypedAt() {
        cli.descriptors = "ttt"

        assertThat(cli.bus("publish", "t", stdin = "typed").code).isZero()
        assertThat(cli.bus("query", "-o", "jsonl").out).doesNotContain("typed")
    }

    @Test
    fun publishesEachLine() {
        val ran = cli.bus("publish", "notes", "--lines", "-o", "jsonl", stdin = "a\r\n\n{\"b\":1}")

        assertThat(ran.lines.map { it.substringBefore(",\"id\"") }).containsExactly(
            """{"kind":"bus.published/1","topic":"notes","offset":0""",
            """{"kind":"bus.published/1","topic":"notes","offset":1""",
            """{"kind":"bus.published/1","topic":"notes","offset":2""",
        )
        assertThat(ran.err).endsWith("3 events published.\n")
        assertThat(cli.bus("query", "-o", "jsonl").lines.map { it.substringAfterLast(",\"payload") })
            .containsExactly("Text\":\"a\"}", "Text\":\"\"}", "\":{\"b\":1}}")
    }

    @Test
    fun publishesManyLinesInBatches() {
        val input = (0 until 2_500).joinToString("\n") { "{\"n\":$it}" }

        val ran = cli.bus("publish", "n", "--lines", "-o", "json", stdin = input)

        assertThat(ran.out).startsWith("""{"kind":"bus.publish/1","items":[""").endsWith("\n],\"truncated\":false}\n")
        assertThat(cli.bus("query", "--count").out).isEqualTo("2500\n")
        assertThat(cli.bus("query", "-n", "1").out).contains("{\"n\":2499}")
    }

    @Test
    fun publishesWholeEventsOfBothKinds() {
        val lines = """
            {"specversion":"1.0","id":"x1","source":"/s","type":"t.one","time":"2026-01-02T03:04:05Z","data":{"a":1}}

            {"payload":[true],"headers":{"h":"\u00e9"},"severity":"warning","kind":"bus.event/1","offset":9}
        """.trimIndent()

        val ran = cli.bus("publish", "t.default", "--ndjson", "-H", "all=1", stdin = lines)

        assertThat(ran.lines.map { it.substringBefore("  ") }).containsExactly("t.one", "t.default")
        val events = cli.bus("query", "-o", "jsonl").lines
        assertThat(events[0]).contains(""""id":"x1","time":"2026-01-02T03:04:05Z","source":"/s"""", """"all":"1"""")
        assertThat(
            events[1],
        ).contains(""""severity":"warning"""", """"headers":{"h":"é","all":"1"}""", """"payload":[true]""")
    }

    @Test
    fun readsTheSameTimesInEventsOfBothKinds() {
        for (time in listOf("2016-12-31T23:59:60Z", "2026-01-02T03:04:05.1234567891Z", "2026-01-02t03:04:05+23:59")) {
            val ran = cli.bus(
                "publish",
                "--ndjson",
                stdin = """
                    {"specversion":"1.0","id":"x","source":"s","type":"t","time":"$time"}
                    {"topic":"t","time":"$time"}
                """.trimIndent(),
            )

            assertThat(ran.code).describedAs(ran.err).isZero()
            val times = cli.bus("query", "-n", "2", "-o", "jsonl", "-q").lines
                .map { it.substringAfter("\"time\":\"").substringBefore('"') }
            assertThat(times[0]).isEqualTo(times[1])
        }
    }

    @Test
    fun publishesWhatQueryPrinted() {
        cli.example()
        val exported = cli.bus("query", "-n", "0", "-o", "jsonl").out

        cli.bus("publish", "--ndjson", "-d", "copy", stdin = exported)

        assertThat(cli.bus("query", "-n", "0", "-o", "jsonl", "-d", "copy").out).isEqualTo(exported)
    }

    @Test
    fun takesJsonAsDeepAsItIsReadAndGivesItBack() {
        val deep = "[".repeat(500) + "1" + "]".repeat(500)
        cli.bus("publish", "t", deep, "-q")
        val printed = cli.bus("query", "-o", "jsonl").out

        val ran = cli.bus("publish", "--ndjson", "-q", "-d", "copy", stdin = printed)

        assertThat(ran.err).isEmpty()
        assertThat(cli.bus("query", "-o", "jsonl", "-d", "copy").out).isEqualTo(printed).contains(""""payload":$deep""")
    }

    @Test
    fun acceptsFiveMegabytes() {
        val payload = "\"" + "x".repeat(5 * 1024 * 1024) + "\""

        assertThat(cli.bus("publish", "t", "-f", "-", stdin = payload).code).isZero()
        assertThat(cli.bus("query", "-o", "jsonl").out).contains(payload)
    }

    @Test
    fun takesAPayloadThatLooksLikeAnOptionBehindADoubleDash() {
        cli.bus("publish", "t", "--id", "e1", "--", "-5")
        cli.bus("publish", "t", "--id", "e2", "@/etc/hostname")

        assertThat(cli.bus("show", "e1", "-o", "json").out).contains(""""payload":-5""")
        assertThat(cli.bus("show", "e2", "-o", "json").out).contains(""""payloadText":"@/etc/hostname"""")
    }

    @Test
    fun waitsForTheLevelThatWasAskedFor() {
        for (level in listOf("memory", "os", "disk")) {
            assertThat(cli.bus("publish", "t", "1", "--level", level).code).isZero()
        }
        assertThat(cli.bus("query", "--count").out).isEqualTo("3\n")
    }
}
