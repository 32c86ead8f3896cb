// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.Test
import java.io.ByteArrayInputStream
import java.time.Duration
import java.time.Instant
import java.time.InstantSource

/** The small pieces that read and write text. */
internal class TextToolsTest {
    @Test
    fun readsSpansOfTime() {
        assertThat(Durations.parse("250ms")).isEqualTo(Duration.ofMillis(250))
        assertThat(Durations.parse("15s")).isEqualTo(Duration.ofSeconds(15))
        assertThat(Durations.parse("5m")).isEqualTo(Duration.ofMinutes(5))
        assertThat(Durations.parse("2h")).isEqualTo(Duration.ofHours(2))
        assertThat(Durations.parse("7d")).isEqualTo(Duration.ofDays(7))
        assertThat(Durations.parse("2w")).isEqualTo(Duration.ofDays(14))
        for (text in listOf("", "5", "m", "-5m", "5 m", "1.5h", "5min", "99999999999999999d")) {
            assertThat(Durations.parse(text)).describedAs(text).isNull()
        }
    }

    @Test
    fun readsMoments() {
        val clock = InstantSource.fixed(Instant.parse("2026-05-04T12:05:00Z"))
        fun moment(text: String) = Times.require("--since", text, clock).toString()

        assertThat(moment("2026-05-04T09:00Z")).isEqualTo("2026-05-04T09:00:00Z")
        assertThat(moment("2026-05-04t09:00:01.5z")).isEqualTo("2026-05-04T09:00:01.500Z")
        assertThat(moment("2026-05-04T09:00:00+02:00")).isEqualTo("2026-05-04T07:00:00Z")
        assertThat(moment("2026-05-04T09:00:00-02:00")).isEqualTo("2026-05-04T11:00:00Z")
        assertThat(moment("2026-05-04T09:00")).isEqualTo("2026-05-04T09:00:00Z")
        assertThat(moment("2026-05-04 09:00")).isEqualTo("2026-05-04T09:00:00Z")
        assertThat(moment("2026-05-04")).isEqualTo("2026-05-04T00:00:00Z")
        assertThat(moment("today")).isEqualTo("2026-05-04T00:00:00Z")
        assertThat(moment("yesterday")).isEqualTo("2026-05-03T00:00:00Z")
        assertThat(moment("15m")).isEqualTo("2026-05-04T11:50:00Z")
        for (text in listOf("", "tomorrow", "2026", "2026-02-30", "12:00", "T", "2026-05-04T25:00Z", HUGE)) {
            assertThatThrownBy { moment(text) }.describedAs(text).isInstanceOf(CliFailure::class.java)
        }
    }

    @Test
    fun writesNumbersForPeople() {
        assertThat(listOf(0L, 7, 999, 1000, 18_230, 1_234_567, -1000).map(Sizes::count))
            .containsExactly("0", "7", "999", "1,000", "18,230", "1,234,567", "-1,000")
        assertThat(listOf(0L, 1023, 1024, 1153433, 4_404_019, 64L shl 30).map(Sizes::text))
            .containsExactly("0 B", "1023 B", "1 kB", "1.1 MB", "4.2 MB", "64 GB")
    }

    @Test
    fun tellsJsonFromWhatIsNot() {
        val good = listOf(
            "0", "-0.5e+10", "\"\"", "\"\\u00e9\\n\"", "[]", "[1,[2]]", "{}", " {\"a\" : {\"b\":null}} ", "true",
            "\"é😀\"",
        )
        val bad = listOf(
            "", " ", "01", "+1", "1.", ".5", "1e", "-", "tru", "nulll", "'a'", "\"", "\"\t\"", "\"\\x\"", "\"\\u12g4\"",
            "[1,]",
            "[", "{a:1}", "{\"a\"}", "{\"a\":1,}", "1 2", "NaN", "[".repeat(501),
        )

        for (text in good) assertThat(problem(text.toByteArray())).describedAs(text).isNull()
        for (text in bad) assertThat(problem(text.toByteArray())).describedAs(text).isNotNull()
        for (bytes in malformed) assertThat(problem(bytes)).isNotNull()
    }

    @Test
    fun takesAnObjectApart() {
        val bytes = """ {"a":"x\"\u00e9\\", "b" : [1.50, {}] ,"\u0063":-1 } """.toByteArray()
        val members = ArrayList<Pair<String, String>>()

        JsonText(bytes).members { members.add(it.name to String(bytes, it.from, it.to - it.from)) }

        assertThat(members).containsExactly("a" to """"x\"\u00e9\\"""", "b" to "[1.50, {}]", "c" to "-1")
        assertThat(JsonText.decode("\"x\\\"\\u00e9\\\\\\b\\/\"".toByteArray(), 0, 17)).isEqualTo("x\"é\\\b/")
    }

    @Test
    fun laysJsonOut() {
        assertThat(JsonPretty.of("""{"a":[1,{"b":"x,{\"y"}],"c":{},"d":[]}""")).isEqualTo(
            """
            {
              "a": [
                1,
                {
                  "b": "x,{\"y"
                }
              ],
              "c": {},
              "d": []
            }
            """.trimIndent(),
        )
        assertThat(JsonPretty.of("1")).isEqualTo("1")
    }

    @Test
    fun writesJson() {
        val json = JsonOut().obj {
            field("a\"b", "\\ \n \u0001 é")
            field("n", 5)
            optional("gone", null)
            key("list").array {
                text("x")
                obj { }
                obj { field("y", true) }
            }
        }

        assertThat(json.toString()).isEqualTo("""{"a\"b":"\\ \n \u0001 é","n":5,"list":["x",{},{"y":true}]}""")
    }

    @Test
    fun splitsLines() {
        val input = LineInput(ByteArrayInputStream("a\n\nb\r\n${"x".repeat(70_000)}\nlast".toByteArray()), 100_000)

        assertThat(generateSequence { input.next() }.map { String(it).take(4) }.toList())
            .containsExactly("a", "", "b", "xxxx", "last")
        assertThat(input.number).isEqualTo(5)
        assertThat(LineInput(ByteArrayInputStream(ByteArray(0)), 10).next()).isNull()
        assertThatThrownBy { LineInput(ByteArrayInputStream(ByteArray(11)), 10).next() }
            .hasMessage("Line 1 is larger than 10 B, the most that an event may have.")
    }

    @Test
    fun makesTextHarmless() {
        assertThat(Escapes.line("a\u001b[31m\n\t\u0000é\u009b\u202e\u2066"))
            .isEqualTo("a\\x1b[31m\\n\\t\\x00é\\x9b\\u202e\\u2066")
        assertThat(Escapes.json("\"a\u009b\u202e\" ")).isEqualTo("\"a\\u009b\\u202e\" ")
        assertThat(Escapes.line("plain – text 😀")).isEqualTo("plain – text 😀")
    }

    private fun problem(bytes: ByteArray) = JsonText(bytes).problem()

    private companion object {
        const val HUGE = "9999999999999999s"

        // overlong, lone continuation, surrogate, beyond U+10FFFF, cut off
        val malformed = listOf(
            listOf(0xc0, 0xaf),
            listOf(0x80),
            listOf(0xed, 0xa0, 0x80),
            listOf(0xf4, 0x90, 0x80, 0x80),
            listOf(0xe2, 0x82),
        ).map { inner -> byteArrayOf(0x22) + inner.map(Int::toByte).toByteArray() + 0x22 }
    }
}
