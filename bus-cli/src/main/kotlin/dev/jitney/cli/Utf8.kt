// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

/** Well-formed UTF-8 (Unicode 15, table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF. */
internal object Utf8 {
    private val mark = byteArrayOf(0xef.toByte(), 0xbb.toByte(), 0xbf.toByte())

    /** Returns where a text begins: behind its byte-order mark, which no JSON has (RFC 8259, 8.1), if there is one. */
    fun start(bytes: ByteArray): Int =
        if (bytes.size >= mark.size && mark.indices.all { bytes[it] == mark[it] }) mark.size else 0

    /** Returns the length of the character at [at], or 0 if it is malformed. */
    fun length(bytes: ByteArray, at: Int, end: Int): Int {
        val lead = bytes[at].toInt() and 0xff
        val length = when (lead) {
            in 0x00..0x7f -> 1
            in 0xc2..0xdf -> 2
            in 0xe0..0xef -> 3
            in 0xf0..0xf4 -> 4
            else -> 0
        }
        if (length < 2) return length
        if (at + length > end || !secondFits(lead, bytes[at + 1].toInt() and 0xff)) return 0
        for (i in 2 until length) if (bytes[at + i].toInt() and 0xc0 != 0x80) return 0
        return length
    }

    /** Says whether all bytes are well-formed. */
    fun valid(bytes: ByteArray): Boolean {
        var at = 0
        while (at < bytes.size) {
            val length = length(bytes, at, bytes.size)
            if (length == 0) return false
            at += length
        }
        return true
    }

    private fun secondFits(lead: Int, second: Int): Boolean = when (lead) {
        0xe0 -> second in 0xa0..0xbf
        0xed -> second in 0x80..0x9f
        0xf0 -> second in 0x90..0xbf
        0xf4 -> second in 0x80..0x8f
        else -> second in 0x80..0xbf
    }
}
