// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

/** Writes a list whose length is not known: lines, or with `-o json` one document around them. */
internal class ListWriter(private val out: Out, private val format: Format, private val kind: String) {
    private var items = 0L

    fun start() {
        if (format == Format.JSON) out.print("{\"kind\":\"$kind\",\"items\":[")
    }

    fun item(text: String) = item(text.toByteArray(Charsets.UTF_8))

    fun item(text: ByteArray) {
        if (format == Format.JSON) {
            if (items > 0) out.print(",")
            out.print("\n").bytes(text)
        } else {
            out.bytes(text).print("\n")
        }
        items++
    }

    /** Ends the list; [tail] may add members to the document. */
    fun end(truncated: Boolean, tail: JsonOut.() -> Unit = {}) {
        if (format != Format.JSON) return
        val members = JsonOut().obj {
            field("truncated", truncated)
            tail()
        }.toString()
        out.print(if (items > 0) "\n]," else "],").line(members.substring(1))
    }
}
