// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.Offset
import dev.jitney.spi.Cursor.Progress
import dev.jitney.spi.Cursor.Range
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import java.util.BitSet
import kotlin.random.Random

class CheckpointTest {
    private fun progress(checkpoint: Long, vararg above: LongRange) =
        Progress(Offset.of(checkpoint), above.map { Range(Offset.of(it.first), Offset.of(it.last + 1)) })

    @Test
    @DisplayName("DSU-2 the checkpoint is the lowest unfinished offset, with ranges of what is finished above it")
    fun lowestUnfinished() {
        val checkpoint = Checkpoint(progress(10))
        for (offset in listOf(10L, 11L, 14L, 15L, 16L)) assertThat(checkpoint.begin(offset)).isTrue()
        assertThat(checkpoint.progress()).isEqualTo(progress(10, 12L..13L))
        checkpoint.finish(15)
        assertThat(checkpoint.progress()).isEqualTo(progress(10, 12L..13L, 15L..15L))
        checkpoint.finish(14)
        assertThat(checkpoint.progress()).isEqualTo(progress(10, 12L..15L))
        checkpoint.finish(10)
        assertThat(checkpoint.progress()).isEqualTo(progress(11, 12L..15L))
        checkpoint.finish(11)
        assertThat(checkpoint.progress()).isEqualTo(progress(16))
        checkpoint.finish(16)
        assertThat(checkpoint.passed(40)).isTrue()
        assertThat(checkpoint.passed(40)).isFalse()
        assertThat(checkpoint.progress()).isEqualTo(progress(40))
    }

    @Test
    @DisplayName("DSU-2 what was finished before is not begun again")
    fun notAgain() {
        val checkpoint = Checkpoint(progress(3, 5L..6L, 9L..9L))
        val begun = (3L..11L).filter { checkpoint.begin(it) }
        assertThat(begun).containsExactly(3, 4, 7, 8, 10, 11)
        begun.forEach(checkpoint::finish)
        assertThat(checkpoint.progress()).isEqualTo(progress(12))
    }

    /**
     * The log has some events that are not wanted, which are passed over; many are in delivery at
     * once and end in any order; now and then everything is lost but the last progress saved.
     */
    @Test
    @DisplayName(
        "DSU-2 as a model says: nothing is lost or repeated that was finished, whatever the order and the kills",
    )
    fun asTheModelSays() {
        repeat(25) { seed -> Rounds(Random(seed)).run() }
    }

    @Test
    @Tag("stress")
    @DisplayName("DSU-2 as a model says, over many seeds")
    fun asTheModelSaysOften() {
        for (seed in 25 until 2_000) Rounds(Random(seed)).run()
    }

    private inner class Rounds(private val random: Random) {
        private val end = 1L + random.nextInt(400)
        private val most = 1 + random.nextInt(32)
        private val wanted = (0 until end).filterTo(HashSet()) { random.nextInt(4) > 0 }
        private val finished = BitSet()

        fun run() {
            var saved = progress(0)
            var lives = 0
            while (lives < 5 && saved != progress(end)) {
                saved = live(saved, last = ++lives == 5)
            }
            assertThat(saved).isEqualTo(progress(end))
        }

        /** From one kill to the next, or to the end; returns what was saved. */
        private fun live(from: Progress, last: Boolean): Progress {
            val checkpoint = Checkpoint(from)
            val begun = ArrayList<Long>()
            var next = from.checkpoint().value()
            var saved = from
            var readTo = next
            // What was not saved is repeated: that is allowed, and forgotten here.
            finished.clear()
            for (offset in 0 until end) if (from.contains(Offset.of(offset))) finished.set(offset.toInt())
            while (next < end || begun.isNotEmpty()) {
                if (!last && random.nextInt(200) == 0) return saved
                if (next < end && begun.size < most && random.nextBoolean()) {
                    while (next < end && next !in wanted) next++
                    if (next == end) {
                        checkpoint.passed(end)
                        readTo = end
                    } else {
                        val again = finished.get(next.toInt())
                        assertThat(checkpoint.begin(next)).isEqualTo(!again)
                        if (!again) begun.add(next)
                        readTo = ++next
                    }
                } else if (begun.isNotEmpty()) {
                    val ended = begun.removeAt(random.nextInt(begun.size))
                    checkpoint.finish(ended)
                    finished.set(ended.toInt())
                }
                check(checkpoint.progress(), begun, readTo, from)
                if (random.nextInt(10) == 0) saved = checkpoint.progress()
            }
            return checkpoint.progress()
        }

        private fun check(now: Progress, begun: List<Long>, readTo: Long, from: Progress) {
            val wrong = (0 until end).filter { offset ->
                val expected = if (offset < readTo) offset !in begun else from.contains(Offset.of(offset))
                now.contains(Offset.of(offset)) != expected
            }
            assertThat(wrong).describedAs("offsets that are wrong in %s", now).isEmpty()
            // That bounds the set: there are no more ranges than events in delivery.
            assertThat(now.above().count { it.to().value() <= readTo }).isLessThanOrEqualTo(begun.size)
        }
    }
}
