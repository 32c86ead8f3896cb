// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

/**
 * Why bytes are not JSON, and at which byte, from 0.
 *
 * @param tooDeep whether they may well be, but go deeper than is read
 */
internal class JsonProblem(val position: Int, val expected: String, val tooDeep: Boolean = false)

/**
 * Walks over JSON in UTF-8 without building anything: says whether it is valid (RFC 8259, strictly) and where the
 * members of an object lie, so that numbers and nested values travel verbatim.
 */
internal class JsonText(private val bytes: ByteArray, private var at: Int = 0, private val end: Int = bytes.size) {
    /** One member of an object; the value lies in `[from, to)`. */
    class Member(val name: String, val from: Int, val to: Int)

    private class Invalid(val problem: JsonProblem) : RuntimeException(null, null, false, false)

    /** Returns what keeps the bytes from being one JSON value, or null if they are one. */
    fun problem(): JsonProblem? = caught {
        space()
        value(0)
        atEnd()
    }

    /** Calls [each] for each member of the one object that the bytes are; returns why they are none, or null. */
    fun members(each: (Member) -> Unit): JsonProblem? = caught {
        space()
        if (peek() != '{'.code) fail("an object")
        // Of the members each may go as deep as if it were alone: a payload is taken as it was shown
        objectBody(-1, each)
        atEnd()
    }

    private inline fun caught(walk: () -> Unit): JsonProblem? = try {
        walk()
        null
    } catch (e: Invalid) {
        e.problem
    }

    private fun atEnd() {
        space()
        if (at < end) fail("the end")
    }

    private fun value(depth: Int) {
        val first = peek().toChar()
        if (depth >= MAX_DEPTH && (first == '{' || first == '[')) throw Invalid(tooDeep())
        when (first) {
            '{' -> objectBody(depth, null)
            '[' -> arrayBody(depth)
            '"' -> string()
            't' -> word("true")
            'f' -> word("false")
            'n' -> word("null")
            '-', in '0'..'9' -> number()
            else -> fail("a JSON value")
        }
    }

    private fun objectBody(depth: Int, each: ((Member) -> Unit)?) {
        at++
        space()
        if (skip('}')) return
        while (true) {
            if (peek() != '"'.code) fail("a name in quotes")
            val nameFrom = at
            string()
            val name = if (each != null) decode(bytes, nameFrom, at) else ""
            space()
            if (!skip(':')) fail("':'")
            space()
            val from = at
            value(depth + 1)
            each?.invoke(Member(name, from, at))
            space()
            if (skip('}')) return
            if (!skip(',')) fail("',' or '}'")
            space()
        }
    }

    private fun arrayBody(depth: Int) {
        at++
        space()
        if (skip(']')) return
        while (true) {
            value(depth + 1)
            space()
            if (skip(']')) return
            if (!skip(',')) fail("',' or ']'")
            space()
        }
    }

    private fun string() {
        at++
        while (true) {
            val b = peek()
            when {
                b < 0 -> fail("the closing quote")
                b < SPACE -> fail("no control character in a string")
                b == '"'.code -> return Unit.also { at++ }
                b == '\\'.code -> escape()
                b < ASCII_END -> at++
                else -> at += Utf8.length(bytes, at, end).also { if (it == 0) fail("valid UTF-8") }
            }
        }
    }

    private fun escape() {
        at++
        when (peek().toChar()) {
            '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at++

            'u' -> {
                at++
                repeat(HEX_DIGITS) { if (!hex(peek())) fail("four hexadecimal digits") else at++ }
            }

            else -> fail("an escape such as \\n")
        }
    }

    private fun number() {
        skip('-')
        if (!skip('0') && digits() == 0) fail("a digit")
        if (skip('.') && digits() == 0) fail("a digit")
        if ((skip('e') || skip('E'))) {
            if (!skip('+')) skip('-')
            if (digits() == 0) fail("a digit")
        }
    }

    private fun digits(): Int {
        val from = at
        while (peek() in '0'.code..'9'.code) at++
        return at - from
    }

    private fun word(word: String) {
        for (c in word) if (!skip(c)) fail("'$word'")
    }

    private fun space() {
        while (true) {
            val b = peek()
            if (b != SPACE && b != '\n'.code && b != '\r'.code && b != '\t'.code) return
            at++
        }
    }

    private fun skip(c: Char): Boolean = (peek() == c.code).also { if (it) at++ }

    private fun peek(): Int = if (at < end) bytes[at].toInt() and BYTE else -1

    private fun hex(b: Int) = b in '0'.code..'9'.code || b in 'a'.code..'f'.code || b in 'A'.code..'F'.code

    private fun tooDeep() = JsonProblem(at, "at most $MAX_DEPTH levels of arrays and objects", tooDeep = true)

    private fun fail(expected: String): Nothing = throw Invalid(JsonProblem(at, expected))

    companion object {
        // What the wire form reads, and some: there the payload is a level or two further in
        private const val MAX_DEPTH = 500
        private const val HEX_DIGITS = 4
        private const val SPACE = 0x20
        private const val ASCII_END = 0x80
        private const val BYTE = 0xff

        /** Returns what a valid JSON string in `[from, to)`, quotes included, stands for. */
        fun decode(bytes: ByteArray, from: Int, to: Int): String {
            val raw = String(bytes, from + 1, to - from - 2, Charsets.UTF_8)
            if ('\\' !in raw) return raw
            val out = StringBuilder(raw.length)
            var i = 0
            while (i < raw.length) {
                val c = raw[i++]
                if (c != '\\') {
                    out.append(c)
                } else {
                    val escaped = raw[i++]
                    if (escaped ==
                        'u'
                    ) {
                        out.append(raw.substring(i, i + HEX_DIGITS).toInt(16).toChar()).also { i += HEX_DIGITS }
                    } else {
                        out.append(plain(escaped))
                    }
                }
            }
            return out.toString()
        }

        private fun plain(escaped: Char): Char = when (escaped) {
            'b' -> '\b'
            'f' -> '\u000c'
            'n' -> '\n'
            'r' -> '\r'
            't' -> '\t'
            else -> escaped
        }
    }
}
