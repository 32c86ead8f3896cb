// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

/** Writes JSON by hand: objects in the order of the calls, on one line, numbers and payloads verbatim. */
internal class JsonOut(private val out: StringBuilder = StringBuilder(256)) {
    inline fun obj(members: JsonOut.() -> Unit): JsonOut {
        open('{')
        members()
        return close('}')
    }

    inline fun array(items: JsonOut.() -> Unit): JsonOut {
        open('[')
        items()
        return close(']')
    }

    fun open(bracket: Char): JsonOut {
        separate()
        out.append(bracket)
        return this
    }

    fun close(bracket: Char): JsonOut {
        out.append(bracket)
        return this
    }

    fun key(name: String): JsonOut {
        separate()
        quote(name)
        out.append(':')
        return this
    }

    fun field(name: String, value: String): JsonOut = key(name).text(value)

    fun field(name: String, value: Long): JsonOut = key(name).verbatim(value.toString())

    fun field(name: String, value: Boolean): JsonOut = key(name).verbatim(value.toString())

    /** Writes nothing for null: an absent value is left out. */
    fun optional(name: String, value: String?): JsonOut = if (value == null) this else field(name, value)

    fun text(value: String): JsonOut {
        separate()
        quote(value)
        return this
    }

    /** Writes what is JSON already. */
    fun verbatim(json: String): JsonOut {
        separate()
        out.append(json)
        return this
    }

    override fun toString(): String = out.toString()

    private fun separate() {
        when (out.lastOrNull()) {
            null, '{', '[', ':' -> return
            else -> out.append(',')
        }
    }

    private fun quote(text: String) {
        out.append('"')
        for (c in text) {
            when {
                c == '"' -> out.append("\\\"")
                c == '\\' -> out.append("\\\\")
                c == '\n' -> out.append("\\n")
                c == '\r' -> out.append("\\r")
                c == '\t' -> out.append("\\t")
                c < ' ' -> out.append("\\u00").append(Integer.toHexString(c.code).padStart(2, '0'))
                else -> out.append(c)
            }
        }
        out.append('"')
    }
}
