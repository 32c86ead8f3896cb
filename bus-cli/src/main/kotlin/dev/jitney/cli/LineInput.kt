// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import java.io.InputStream

/** Splits a stream into lines of at most [maxBytes]; a carriage return at the end of a line is no part of it. */
internal class LineInput(private val stream: InputStream, private val maxBytes: Int) {
    private val buffer = ByteArray(SIZE)
    private var from = 0
    private var to = 0

    /** How many lines were returned, hence the number of the last one. */
    var number = 0L
        private set

    /** Returns the next line, or null at the end. */
    fun next(): ByteArray? {
        var whole: ByteArray? = null
        while (true) {
            if (from == to && !fill()) return whole?.let { take(it) }
            var end = from
            while (end < to && buffer[end] != NEWLINE) end++
            whole = joined(whole, end)
            val found = end < to
            from = if (found) end + 1 else end
            if (found) return take(whole)
        }
    }

    /** Says whether a next line, or a part of it, is there without waiting. */
    fun ready(): Boolean = from < to || stream.available() > 0

    private fun take(line: ByteArray): ByteArray {
        number++
        return if (line.isNotEmpty() && line.last() == RETURN) line.copyOf(line.size - 1) else line
    }

    private fun joined(head: ByteArray?, end: Int): ByteArray {
        val length = (head?.size ?: 0) + end - from
        if (length > maxBytes) throw tooLarge("Line ${number + 1}", maxBytes)
        val line = if (head == null) ByteArray(length) else head.copyOf(length)
        buffer.copyInto(line, head?.size ?: 0, from, end)
        return line
    }

    private fun fill(): Boolean {
        from = 0
        to = stream.read(buffer).coerceAtLeast(0)
        return to > 0
    }

    companion object {
        private const val SIZE = 64 * 1024
        private const val NEWLINE = '\n'.code.toByte()
        private const val RETURN = '\r'.code.toByte()

        fun tooLarge(what: String, limit: Int): CliFailure = CliFailure(
            ErrorCode.TOO_LARGE,
            "$what is larger than ${Sizes.text(limit.toLong())}, the most that an event may have.",
            "publish a reference to the data instead",
        )
    }
}
