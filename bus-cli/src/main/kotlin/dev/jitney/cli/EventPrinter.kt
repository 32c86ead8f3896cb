// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.StoredEvent
import dev.jitney.spi.EventFormat

/** Turns events into lines of the format that was asked for. */
internal class EventPrinter(format: EventFormat, private val output: Format, style: Style, terminal: Boolean) {
    private val text = EventText(format, style)
    private val json = EventJson(format, terminal)

    /** Returns the event without a line break. */
    fun render(stored: StoredEvent): String = if (output == Format.TEXT) text.line(stored) else json.of(stored)
}
