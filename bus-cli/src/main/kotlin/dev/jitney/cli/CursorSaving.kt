// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.Offset
import dev.jitney.spi.Cursor
import dev.jitney.spi.Cursors
import dev.jitney.spi.EventStore

/**
 * Remembers under a name how far the output has got: at most once a second, and at the end. Only what was written out
 * counts, so a kill repeats events and never loses one. Where the store knows owners of cursors it owns its cursor, so
 * that it never moves that of a durable subscription.
 *
 * The following thread calls it and, at a signal, a shutdown hook calls [save].
 */
internal class CursorSaving private constructor(
    private val cursors: Cursors,
    private val claim: Cursors.Claim?,
    private val name: String,
) : AutoCloseable {
    @Volatile
    private var next: Offset? = null
    private var saved: Offset? = null
    private var savedAt = System.nanoTime()

    /** Returns the saved checkpoint, or null if there is none. */
    fun checkpoint(): Offset? = cursors.find(name)?.checkpoint()

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
        if (claim == null) cursors.save(name, checkpoint) else claim.save(Cursor.Progress.below(checkpoint))
        saved = checkpoint
        savedAt = System.nanoTime()
    }

    /** Saves what is left and lets others have the cursor. */
    override fun close() {
        try {
            save()
        } finally {
            claim?.close()
        }
    }

    companion object {
        private const val INTERVAL = 1_000_000_000L

        /** Takes the cursor, or fails if somebody has it. */
        fun of(store: EventStore, name: String): CursorSaving {
            val cursors = store.cursors()
            try {
                if (!store.capabilities().claims()) return CursorSaving(cursors, null, name)
                val claim = cursors.claim(name) ?: throw CliFailure(
                    ErrorCode.BUSY,
                    "The cursor '$name' is in use, by a durable subscription or another 'bus tail'.",
                    "another name, or the same command when that has ended",
                )
                return CursorSaving(cursors, claim, name)
            } catch (e: IllegalArgumentException) {
                throw CliFailure(
                    ErrorCode.USAGE,
                    e.message ?: "'--cursor' is '$name', which is no name for a cursor.",
                    cause = e,
                )
            }
        }
    }
}
