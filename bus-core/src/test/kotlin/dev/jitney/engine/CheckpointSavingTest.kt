// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.Offset
import dev.jitney.spi.Cursor
import dev.jitney.spi.Cursor.Progress
import dev.jitney.spi.Cursors
import dev.jitney.spi.StoreException
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import java.time.Duration
import java.time.Instant

/** On one thread, under a time that stands still: what is started is run when the test says so. */
class CheckpointSavingTest {
    private val time = ManualTime()
    private val started = ArrayDeque<Runnable>()
    private val saves = ArrayList<Progress>()
    private val checkpoint = Checkpoint(below(0))
    private var failure: RuntimeException? = null
    private var duringSave = {}
    private var next = 0L

    private val claim = object : Cursors.Claim {
        override fun name() = "c"

        override fun find(): Cursor? = null

        override fun save(progress: Progress): Cursor {
            duringSave()
            failure?.let { throw it }
            saves.add(progress)
            return Cursor("c", progress, 0, Instant.EPOCH, false)
        }

        override fun reset(checkpoint: Offset): Cursor = error("not called")

        override fun close() = Unit
    }

    private val timers = object : Timers {
        override fun nanoTime() = Duration.between(Instant.EPOCH, time.instant()).toNanos()

        override fun schedule(delayNanos: Long, action: Runnable) = time.schedule(Duration.ofNanos(delayNanos), action)
    }

    private val saving = CheckpointSaving(claim, checkpoint, timers, started::addLast, "Durable subscription 'test'")

    private fun below(offset: Long) = Progress.below(Offset.of(offset))

    private fun finish(events: Int) = repeat(events) {
        checkpoint.begin(next)
        checkpoint.finish(next++)
        saving.changed()
    }

    private fun runStarted() {
        while (true) (started.removeFirstOrNull() ?: return).run()
    }

    @Test
    @DisplayName("DSU-2 a checkpoint is saved a second after the first finished event")
    fun everySecond() {
        finish(10)
        time.advance(Duration.ofMillis(999))
        assertThat(started).isEmpty()
        time.advance(Duration.ofMillis(1))
        finish(5)
        runStarted()
        assertThat(saves).containsExactly(below(15))
        assertThat(time.timersLeft).isZero()
        time.advance(Duration.ofMinutes(1))
        runStarted()
        assertThat(saves).hasSize(1)
        finish(1)
        time.advance(Duration.ofSeconds(1))
        runStarted()
        assertThat(saves).containsExactly(below(15), below(16))
    }

    @Test
    @DisplayName("DSU-2 a checkpoint is saved after 1 000 finished events")
    fun everyThousand() {
        finish(999)
        assertThat(started).isEmpty()
        finish(1)
        runStarted()
        finish(1_500)
        runStarted()
        assertThat(saves).containsExactly(below(1_000), below(2_500))
    }

    @Test
    @DisplayName("DSU-2 what is finished while a checkpoint is saved is saved next")
    fun finishedMeanwhile() {
        finish(1_000)
        duringSave = {
            duringSave = {}
            finish(10)
            time.advance(Duration.ofSeconds(1))
            // Another thread would come now, and finds that somebody saves.
            started.removeFirst().run()
        }
        runStarted()
        assertThat(saves).containsExactly(below(1_000), below(1_010))
        assertThat(time.timersLeft).isZero()
    }

    @Test
    @DisplayName("DSU-2 a save that fails is tried again every second")
    fun triesAgain() {
        failure = StoreException("The disk is full.")
        finish(3)
        repeat(3) {
            time.advance(Duration.ofSeconds(1))
            assertThat(started).hasSize(1)
            runStarted()
        }
        assertThat(saves).isEmpty()
        failure = null
        time.advance(Duration.ofSeconds(1))
        runStarted()
        assertThat(saves).containsExactly(below(3))
        assertThat(time.timersLeft).isZero()
    }

    @Test
    @DisplayName("DSU-2 the end saves what is left, leaves no timer, and nothing is saved after it")
    fun theEnd() {
        finish(3)
        saving.end()
        assertThat(saves).containsExactly(below(3))
        finish(2_000)
        saving.keepInUse()
        time.advance(Duration.ofHours(2))
        saving.keepInUse()
        runStarted()
        assertThat(saves).hasSize(1)
        assertThat(time.timersLeft).isZero()
    }

    @Test
    @DisplayName("DSU-2 the end says when what is left cannot be saved")
    fun theEndFails() {
        finish(3)
        failure = StoreException("The disk is full.")
        assertThatThrownBy { saving.end() }.isSameAs(failure)
        assertThat(time.timersLeft).isZero()
    }

    @Test
    @DisplayName("STO-5 a cursor whose owner lives is saved every hour, so that it is not idle")
    fun staysInUse() {
        finish(1)
        time.advance(Duration.ofSeconds(1))
        runStarted()
        time.advance(Duration.ofMinutes(59))
        saving.keepInUse()
        assertThat(saves).hasSize(1)
        time.advance(Duration.ofMinutes(1))
        saving.keepInUse()
        saving.keepInUse()
        assertThat(saves).containsExactly(below(1), below(1))
    }
}
