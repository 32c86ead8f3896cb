// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

/**
 * Makes text from events harmless: what a stranger published must not move the cursor, change colours or hide text
 * on the reader's terminal.
 */
internal object Escapes {
    /** Returns the text on one line: controls as `\n`, `\x1b` or `\u202e`, everything else as it is. */
    fun line(text: String): String = escape(text, ::visible)

    /** Returns JSON text in which what a terminal might act on is written `\u009b`; the value stays the same. */
    fun json(text: String): String = escape(text, ::jsonEscape)

    private inline fun escape(text: String, form: (Char) -> String?): String {
        val first = text.indexOfFirst { unsafe(it) }
        if (first < 0) return text
        val out = StringBuilder(text.length + 16).append(text, 0, first)
        for (i in first until text.length) {
            val c = text[i]
            val escaped = if (unsafe(c)) form(c) else null
            if (escaped == null) out.append(c) else out.append(escaped)
        }
        return out.toString()
    }

    private fun visible(c: Char): String = when (c) {
        '\n' -> "\\n"
        '\r' -> "\\r"
        '\t' -> "\\t"
        else -> if (c.code < 0x100) "\\x" + hex(c, 2) else "\\u" + hex(c, 4)
    }

    // Below U+0020 there is white space between tokens only: a string has it escaped already.
    private fun jsonEscape(c: Char): String? = if (c < ' ') null else "\\u" + hex(c, 4)

    private fun unsafe(c: Char): Boolean =
        c < ' ' || c in '\u007f'..'\u009f' || (c >= '\u200e' && (c <= '\u200f' || bidi(c) || unpaired(c)))

    // Characters that reorder the text around them
    private fun bidi(c: Char) = c in '\u2028'..'\u202e' || c in '\u2066'..'\u2069' || c == '\ufeff'

    private fun unpaired(c: Char) = c in '\ufff9'..'\ufffb'

    private fun hex(c: Char, digits: Int): String = Integer.toHexString(c.code).padStart(digits, '0')
}
