// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.Offset
import dev.jitney.spi.Position
import java.time.InstantSource

/** Places in the log as the command line writes them: `start end 1042 -10 @2026-05-04T09:00Z @-15m`. */
internal object Positions {
    const val ACCEPTED = "start, end, an offset such as 1042, -10 for ten back, or @TIME such as @15m"

    /** @throws CliFailure if the text is none, naming the option */
    fun require(option: String, text: String, clock: InstantSource): Position = when {
        text == "start" -> Position.start()
        text == "end" -> Position.end()
        text.startsWith("@-") -> Position.at(Times.require(option, text.substring(2), clock))
        text.startsWith("@") -> Position.at(Times.require(option, text.substring(1), clock))
        else -> number(option, text.removePrefix("#"))
    }

    private fun number(option: String, text: String): Position {
        val number = text.toLongOrNull()
            ?: throw CliFailure(ErrorCode.USAGE, "'$option' is '$text', expected $ACCEPTED.")
        if (!text.startsWith("-")) return Position.at(Offset.of(number))
        // The least number has no positive twin; no log is that long
        return Position.last(-maxOf(number, -Long.MAX_VALUE))
    }
}
