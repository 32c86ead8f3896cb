// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.spi.Cursor.Progress
import dev.jitney.spi.Cursors
import java.util.concurrent.Executor
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.TimeUnit
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/**
 * Saves the checkpoint of a durable subscription in batches: after [EVENTS] finished events, or
 * [INTERVAL_NANOS] after the first of them, off the threads that handle events; and at the end. A
 * kill repeats what was finished since, and no more.
 *
 * INVARIANTS: all state is guarded by [lock], but for [saved] and [failing], which belong to whoever
 * has set [saving]: one at a time, without the lock. While something is unsaved and nobody saves, a
 * timer runs or a save was started.
 */
internal class CheckpointSaving(
    private val claim: Cursors.Claim,
    private val checkpoint: Checkpoint,
    private val timers: Timers,
    private val executor: Executor,
    /** The subscription, for the log. */
    private val label: String,
) {
    private val lock = ReentrantLock()
    private val free = lock.newCondition()
    private var unsaved = 0
    private var missed = false
    private var timer: AutoCloseable? = null
    private var saving = false
    private var ended = false
    private var savedAt = timers.nanoTime()
    private var saved: Progress? = null
    private var failing = false

    /** Something more is finished. */
    fun changed() {
        val now = lock.withLock {
            if (ended) return
            unsaved++
            if (unsaved == 1 && timer == null) timer = timers.schedule(INTERVAL_NANOS, ::start)
            unsaved == EVENTS
        }
        if (now) start()
    }

    /** Lets nobody take the cursor for one out of use while nothing happens (STO-5). */
    fun keepInUse() {
        val due = lock.withLock { !ended && timers.nanoTime() - savedAt >= IN_USE_NANOS }
        if (due && enter()) save(always = true)
    }

    /** Saves a last time, after whoever saves now; throws what the store throws. */
    fun end() {
        lock.withLock {
            ended = true
            while (saving) free.awaitUninterruptibly()
            begin()
        }
        try {
            write(always = false)
        } finally {
            leave()
        }
    }

    private fun start() {
        try {
            executor.execute { if (enter()) save(always = false) }
        } catch (_: RejectedExecutionException) {
            // the last bus closes: what is left is saved at the end
        }
    }

    private fun save(always: Boolean) {
        try {
            write(always)
            failing = false
        } catch (e: Exception) {
            if (!failing) engineLog.warn("{} cannot save its checkpoint and tries again every second", label, e)
            failing = true
            lock.withLock { if (!ended && timer == null) timer = timers.schedule(INTERVAL_NANOS, ::start) }
        } finally {
            leave()
        }
    }

    private fun enter(): Boolean = lock.withLock {
        // Whoever saves now may have looked already.
        if (saving) missed = true
        if (ended || saving) return false
        begin()
        true
    }

    private fun begin() {
        saving = true
        unsaved = 0
        timer?.close()
        timer = null
    }

    // Without the lock: those who finish events do not wait for the disk.
    private fun write(always: Boolean) {
        val progress = checkpoint.progress()
        if (!always && progress == saved) return
        claim.save(progress)
        saved = progress
        lock.withLock { savedAt = timers.nanoTime() }
    }

    private fun leave() {
        val again = lock.withLock {
            saving = false
            free.signalAll()
            val due = missed || unsaved >= EVENTS
            missed = false
            due && !ended
        }
        if (again) start()
    }

    internal companion object {
        /** A save is due after so many finished events. */
        const val EVENTS = 1_000

        /** A save is due so long after an event was finished. */
        val INTERVAL_NANOS: Long = TimeUnit.SECONDS.toNanos(1)

        /** A checkpoint that does not move is saved again after so long. */
        val IN_USE_NANOS: Long = TimeUnit.HOURS.toNanos(1)
    }
}
