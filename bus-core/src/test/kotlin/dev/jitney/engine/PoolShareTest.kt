// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit.SECONDS

@DisplayName("TMO-7 the pool that all buses share")
class PoolShareTest {
    private var now = 0L
    private val timers = ArrayDeque<Runnable>()
    private var keeps = 0
    private val share = object : PoolShare() {
        override fun nanoTime() = now

        override fun later(pool: HandlerPool, nanos: Long, action: Runnable) {
            assertThat(nanos).isEqualTo(LINGER_NANOS)
            timers.add(action)
        }
    }

    @AfterEach
    fun end() {
        repeat(keeps) { share.release() }
        timers.forEach { it.run() }
    }

    @Test
    @DisplayName("is gone with the last user")
    fun gone() {
        val pool = used()
        assertThat(share.acquire()).isSameAs(pool)
        giveBack()
        assertThat(pool.timers.hasThread).isTrue()
        share.release()
        assertEnded(pool)
        assertThat(timers).isEmpty()
    }

    @Test
    @DisplayName("is kept for 2 ms where it was made within 2 ms of another's end")
    fun kept() {
        assertEnded(used().also { giveBack() })
        now += PoolShare.LINGER_NANOS - 1
        val pool = used()
        giveBack()
        assertThat(used()).isSameAs(pool)
        giveBack()
        assertThat(timers).hasSize(1)
        assertThat(pool.timers.hasThread).isTrue()
        timers.removeFirst().run()
        assertEnded(pool)
    }

    @Test
    @DisplayName("is not kept where it came later")
    fun notKept() {
        giveBackTo(used())
        now += PoolShare.LINGER_NANOS
        giveBackTo(used())
        assertThat(timers).isEmpty()
    }

    @Test
    @DisplayName("stays with whoever uses it when the 2 ms are over, and is kept once more after that")
    fun usedMeanwhile() {
        giveBackTo(used())
        val pool = used()
        giveBack()
        share.acquire()
        keeps++
        timers.removeFirst().run()
        assertThat(pool.timers.hasThread).isTrue()
        giveBack()
        assertThat(timers).hasSize(1)
        timers.removeFirst().run()
        assertEnded(pool)
    }

    @Test
    @DisplayName("is not kept where it has made no thread")
    fun idle() {
        giveBackTo(used())
        val pool = share.acquire()
        share.release()
        assertThat(timers).isEmpty()
        assertThat(share.acquire()).isNotSameAs(pool)
        share.release()
    }

    @Test
    @DisplayName("ends on its own timer's thread, too")
    fun byItsTimer() {
        val share = PoolShare()
        share.acquire().run(Runnable { })
        share.release()
        val pool = share.acquire()
        val ended = CompletableFuture<Boolean>()
        pool.timers.schedule(0) {
            pool.shutdown()
            ended.complete(Thread.currentThread().isInterrupted)
        }
        assertThat(ended.get(20, SECONDS)).isFalse()
        share.release()
        assertEnded(pool)
    }

    /** Takes the pool and has it make its threads. */
    private fun used(): HandlerPool = share.acquire().also {
        keeps++
        it.run { }
    }

    private fun HandlerPool.run(task: Runnable) {
        val done = CompletableFuture<Unit>()
        timers.schedule(0) {
            execute {
                task.run()
                done.complete(Unit)
            }
        }
        done.get(20, SECONDS)
    }

    private fun giveBack() {
        keeps--
        share.release()
    }

    private fun giveBackTo(pool: HandlerPool) {
        giveBack()
        assertEnded(pool)
    }

    // Its timers' thread ends when it has seen it.
    private fun assertEnded(pool: HandlerPool) {
        val end = System.nanoTime() + SECONDS.toNanos(20)
        while (pool.timers.hasThread && System.nanoTime() < end) Thread.onSpinWait()
        assertThat(pool.timers.hasThread).isFalse()
    }
}
