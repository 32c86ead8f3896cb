// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import java.io.IOException
import java.io.OutputStream

/** Standard output has no reader any more; the command ends with 0 and says nothing. */
internal class OutputClosed : RuntimeException(null, null, false, false)

/**
 * Standard output: UTF-8 whatever the locale, 64 kB at a time.
 *
 * The JVM ignores SIGPIPE, so a reader that has gone shows as a failing write; [losesData] tells it apart from a file
 * that can take no more.
 */
internal class Out(private val stream: OutputStream, private val losesData: () -> Boolean = { false }) {
    private val buffer = ByteArray(SIZE)
    private var length = 0

    fun line(text: CharSequence): Out = print(text).print("\n")

    fun print(text: CharSequence): Out = bytes(text.toString().toByteArray(Charsets.UTF_8))

    fun bytes(bytes: ByteArray): Out {
        if (length + bytes.size > SIZE) flush()
        if (bytes.size > SIZE) {
            guard { stream.write(bytes) }
        } else {
            bytes.copyInto(buffer, length)
            length += bytes.size
        }
        return this
    }

    fun flush() {
        if (length == 0) return
        val ready = length
        length = 0
        guard {
            stream.write(buffer, 0, ready)
            stream.flush()
        }
    }

    private inline fun guard(write: () -> Unit) {
        try {
            write()
        } catch (e: IOException) {
            if (!losesData()) throw OutputClosed()
            throw CliFailure(ErrorCode.OUTPUT, "Standard output cannot be written: ${e.message}.", cause = e)
        }
    }

    private companion object {
        const val SIZE = 64 * 1024
    }
}
