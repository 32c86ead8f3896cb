// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

/** What a command says to people, on standard error; data never goes here. */
internal class Talk(private val io: Io, private val quiet: Boolean) {
    private var progress = false

    /** Says something that may be left out. */
    fun note(text: String) {
        if (!quiet) say(text)
    }

    /** Says something that matters even to those who asked for quiet. */
    fun warn(text: String) = say("bus: warning: $text")

    /** Overwrites the progress line; only a terminal sees one. */
    fun progress(text: String) {
        if (quiet || !io.descriptors.stderrTerminal) return
        io.err.print("\r\u001b[K$text")
        progress = true
    }

    /** Takes the progress line away. */
    fun endProgress() {
        if (progress) io.err.print("\r\u001b[K")
        progress = false
    }

    /** Asks a question and returns the answer, or null at the end of input. */
    fun ask(question: String): String? {
        endProgress()
        io.err.print("$question ")
        val line = LineInput(io.stdin, MAX_ANSWER).next() ?: return null
        return String(line, Charsets.UTF_8).trim()
    }

    private fun say(text: String) {
        endProgress()
        io.err.line(Escapes.line(text))
    }

    private companion object {
        const val MAX_ANSWER = 4096
    }
}
