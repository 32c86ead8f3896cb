// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.Offset
import dev.jitney.spi.Cursors

/**
 * Remembers under a name how far the output has got: at most once a second, and at the end. Only what was written out
 * counts, so a kill repeats events and never loses one.
 *
 * The following thread calls it and, at a signal, a shutdown hook calls [save].
 */
internal class CursorSaving(private val cursors: Cursors, private val name: String) {
    @Volatile
    private var next: Offset? = null
    private var saved: Offset? = null
    private var savedAt = System.nanoTime()

    /** Returns the saved checkpoint, or null if there is none. */
    fun checkpoint(): Offset? = try {
        cursors.find(name)?.checkpoint()
    } catch (e: IllegalArgumentException) {
        throw CliFailure(
            ErrorCode.USAGE,
            e.message ?: "'--cursor' is '$name', which is no name for a cursor.",
            cause = e,
        )
    }

    /** Says whether the last save was long enough ago. */
    fun due(): Boolean = System.nanoTime() - savedAt >= INTERVAL

    /** All in front of this offset is done. */
    fun written(offset: Offset) {
        next = offset
        if (due()) save()
    }

    @Synchronized
    fun save() {
        val checkpoint = next
        if (checkpoint == null || checkpoint == saved) return
        cursors.save(name, checkpoint)
        saved = checkpoint
        savedAt = System.nanoTime()
    }

    private companion object {
        const val INTERVAL = 1_000_000_000L
    }
}
