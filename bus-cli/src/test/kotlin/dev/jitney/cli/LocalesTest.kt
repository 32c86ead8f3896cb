// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import java.io.ByteArrayInputStream
import java.io.OutputStream
import java.nio.file.Path

/** What Java could not read, in a locale that is not installed or because it is no text, is not published. */
internal class LocalesTest {
    private val environment = mapOf("LC_ALL" to "", "LANG" to "tr_TR.UTF-8")
    private val io = Io(
        stdin = ByteArrayInputStream(ByteArray(0)),
        stdout = OutputStream.nullOutputStream(),
        stderr = OutputStream.nullOutputStream(),
        descriptors = Descriptors("ppp"),
        environment = environment::get,
        directory = Path.of(""),
    )

    @Test
    fun refusesArgumentsThatJavaCouldNotRead() {
        val failure = checkNotNull(Locales.lost(listOf("publish", "t", "\ufffd\ufffd"), io, "ANSI_X3.4-1968"))

        assertThat(failure).hasMessage(
            "An argument has characters that cannot be read in this locale (LANG=tr_TR.UTF-8): " +
                "it is not installed, or is none of UTF-8.",
        )
        assertThat(failure.hint).isEqualTo("LC_ALL=C.UTF-8 bus …")
        assertThat(failure.exit).isEqualTo(ExitCode.USAGE)
    }

    @Test
    fun refusesBytesThatAreNoCharacters() {
        val failure = checkNotNull(lost("publish", "t", "\u00ff"))

        assertThat(failure).hasMessage("An argument has bytes that are not UTF-8.")
        assertThat(failure.hint).isEqualTo("--file FILE or standard input, which take any bytes")
        assertThat(failure.exit).isEqualTo(ExitCode.USAGE)
    }

    @Test
    fun takesAReplacementThatWasGiven() {
        assertThat(lost("publish", "t", "\u00ef\u00bf\u00bd")).isNull()
        assertThat(Locales.lost(listOf("\ufffd"), io, "UTF-8") { emptyList() }).isNull()
    }

    // The arguments in bytes, one a character, behind one of the machine's own that is no text.
    private fun lost(vararg given: String): CliFailure? {
        val bytes = given.map { it.toByteArray(Charsets.ISO_8859_1) }
        val read = bytes.map { String(it, Charsets.UTF_8) }
        return Locales.lost(read, io, "UTF-8") { listOf(byteArrayOf(-1)) + bytes }
    }

    @Test
    fun takesWhatItCouldRead() {
        assertThat(Locales.lost(listOf("publish", "t", "\ufffd"), io, "UTF-8")).isNull()
        assertThat(Locales.lost(listOf("publish", "t", "x"), io, "ANSI_X3.4-1968")).isNull()
    }
}
