// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

/** Lays valid JSON out over lines, two spaces a level; values stay as they are written. */
internal object JsonPretty {
    fun of(json: String): String {
        val out = StringBuilder(json.length * 2)
        var depth = 0
        var i = 0
        while (i < json.length) {
            when (val c = json[i]) {
                '"' -> i = string(json, i, out)

                '{', '[' -> {
                    out.append(c)
                    val close = nextSolid(json, i + 1)
                    if (json[close] == c + 2) {
                        out.append(json[close])
                        i = close
                    } else {
                        newline(out, ++depth)
                    }
                }

                '}', ']' -> {
                    newline(out, --depth)
                    out.append(c)
                }

                ',' -> {
                    out.append(c)
                    newline(out, depth)
                }

                ':' -> out.append(": ")

                ' ', '\n', '\r', '\t' -> Unit

                else -> out.append(c)
            }
            i++
        }
        return out.toString()
    }

    // Copies a string and returns the index of its closing quote.
    private fun string(json: String, from: Int, out: StringBuilder): Int {
        var i = from + 1
        while (json[i] != '"') i += if (json[i] == '\\') 2 else 1
        out.append(json, from, i + 1)
        return i
    }

    private fun nextSolid(json: String, from: Int): Int {
        var i = from
        while (json[i] == ' ' || json[i] == '\n' || json[i] == '\r' || json[i] == '\t') i++
        return i
    }

    private fun newline(out: StringBuilder, depth: Int) {
        out.append('\n')
        repeat(depth) { out.append("  ") }
    }
}
