// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

/** Writes a list whose length is not known: lines, or with `-o json` one document around them. */
internal class ListWriter(private val out: Out, private val format: Format, private val kind: String) {
    private val head get() = "{\"kind\":\"$kind\",\"items\":["
    private var items = 0L

    /** Writes the items that [items] gives; a failure on the way leaves a document that is whole. */
    inline fun <T> of(items: () -> T): T = try {
        items()
    } catch (e: OutputClosed) {
        throw e
    } catch (
        @Suppress("TooGenericExceptionCaught") e: RuntimeException,
    ) {
        if (this.items > 0) end(truncated = true)
        throw e
    }

    fun item(text: String) = item(text.toByteArray(Charsets.UTF_8))

    fun item(text: ByteArray) {
        if (format == Format.JSON) {
            out.print(if (items > 0) ",\n" else "$head\n").bytes(text)
        } else {
            // In one piece: whoever is killed meanwhile leaves no line that the next one would go on with.
            out.bytes(text + NEWLINE)
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
        out.print(if (items > 0) "\n]," else "$head],").line(members.substring(1))
    }

    private companion object {
        const val NEWLINE = '\n'.code.toByte()
    }
}
