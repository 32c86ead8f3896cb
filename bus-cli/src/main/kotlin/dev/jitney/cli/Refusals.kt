// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.InvalidTopicException
import dev.jitney.event.PayloadException
import dev.jitney.spi.EventFormatException

/** What the event model or the wire form refuses while an event is made is bad input, and told as such. */
internal object Refusals {
    /**
     * Returns what [make] makes, or fails naming the place in the input.
     *
     * @param what the place: `Line 17 of standard input`; null where the command line itself is meant
     */
    inline fun <T> told(what: String?, make: () -> T): T = try {
        make()
    } catch (e: IllegalArgumentException) {
        throw of(what, e)
    }

    fun of(what: String?, e: IllegalArgumentException): CliFailure {
        val reason = e.message ?: e.javaClass.simpleName
        val code = when (e) {
            is InvalidTopicException -> ErrorCode.TOPIC
            is EventFormatException -> ErrorCode.FORMAT
            is PayloadException -> ErrorCode.JSON
            else -> if (what == null) ErrorCode.USAGE else ErrorCode.JSON
        }
        if (what == null) return CliFailure(code, reason, cause = e)
        return CliFailure(code, "$what is not an event: ${reason.trimEnd('.')}.", HINT, e)
    }

    const val HINT: String = "bus help publish shows what a line may hold"
}
