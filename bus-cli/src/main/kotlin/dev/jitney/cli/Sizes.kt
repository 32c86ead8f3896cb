// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

/** Numbers and sizes for people. */
internal object Sizes {
    private val units = listOf("B", "kB", "MB", "GB", "TB")

    /** Returns a number with its thousands apart: `18,230`. */
    fun count(number: Long): String {
        val digits = number.toString()
        val out = StringBuilder()
        for ((i, c) in digits.withIndex()) {
            if (i > 0 && c != '-' && digits[i - 1] != '-' && (digits.length - i) % THREE == 0) out.append(',')
            out.append(c)
        }
        return out.toString()
    }

    /** Returns `1 event` or `18,230 events`. */
    fun events(number: Long): String = some(number, "event")

    /** Returns `1 core` or `2 cores`. */
    fun some(number: Long, what: String): String = if (number == 1L) "1 $what" else "${count(number)} ${what}s"

    /** The same of an [Int]. */
    fun some(number: Int, what: String): String = some(number.toLong(), what)

    /** Returns a size in powers of 1024 with one digit behind the point where it tells something: `1.1 MB`. */
    fun text(bytes: Long): String {
        var unit = 0
        var tenths = bytes * TEN
        while (tenths >= KILO * TEN && unit < units.size - 1) {
            tenths = (tenths + KILO / 2) / KILO
            unit++
        }
        val whole = tenths / TEN
        val digit = tenths % TEN
        val number = if (unit == 0 || whole >= TEN ||
            digit == 0L
        ) {
            "${(tenths + if (unit == 0) 0 else FIVE) / TEN}"
        } else {
            "$whole.$digit"
        }
        return "$number ${units[unit]}"
    }

    private const val THREE = 3
    private const val FIVE = 5L
    private const val TEN = 10L
    private const val KILO = 1024L
}
