// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.time.Duration
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CountDownLatch
import java.util.concurrent.CyclicBarrier
import java.util.concurrent.TimeUnit.SECONDS
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicIntegerArray
import kotlin.concurrent.thread

@Timeout(60)
class WorkersTest {
    private val crowded = AtomicInteger()
    private val failures = ConcurrentHashMap.newKeySet<Throwable>()
    private val owner = object : Workers.Owner {
        override fun failed(e: Throwable) {
            failures.add(e)
        }

        override fun crowded() {
            crowded.incrementAndGet()
        }
    }
    private var workers = workers(idle = Duration.ofMinutes(1))

    private fun workers(idle: Duration): Workers = Workers(::Thread, idle.toNanos(), owner).apply { allow(3, 3) }

    @AfterEach
    fun end() {
        workers.close()
        assertThat(workers.await(Duration.ofSeconds(30))).isTrue()
        assertThat(workers.count).isZero()
    }

    @Test
    @DisplayName("TMO-7 who was at work last gets the next task, so threads that are not needed are idle")
    fun whoWasAtWorkLastIsNext() {
        meet(3)
        val last = meet(1)
        repeat(50) { assertThat(meet(1)).isEqualTo(last) }
        assertThat(workers.count).isEqualTo(3)
    }

    @Test
    @DisplayName("TMO-7 a thread ends when it was idle for long, and a new one is made when there is a task again")
    fun idleThreadsEnd() {
        workers = workers(idle = Duration.ofMillis(1))
        repeat(20) {
            meet(3)
            until { workers.count == 0 }
        }
    }

    @Test
    @DisplayName("TMO-7 not more threads than allowed are at work, and it is said that tasks wait for them")
    fun notMoreThanAllowed() {
        val gate = CountDownLatch(1)
        val begun = AtomicInteger()
        repeat(10) {
            workers.execute {
                begun.incrementAndGet()
                gate.await()
            }
        }
        until { begun.get() == 3 && workers.next != null && crowded.get() > 0 }
        assertThat(workers.count).isEqualTo(3)
        workers.allow(4, 4)
        until { begun.get() == 4 }
        gate.countDown()
        until { begun.get() == 10 }
    }

    @Test
    @DisplayName("TMO-7 threads past those that are kept end when they have done their task")
    fun threadsPastThoseKeptEnd() {
        meet(3)
        workers.allow(1, 1)
        until {
            meet(1)
            workers.count == 1
        }
    }

    @Test
    @DisplayName("TMO-7 each of many tasks from many threads is run once, whatever is allowed meanwhile")
    fun eachTaskRunsOnce() {
        val ran = AtomicIntegerArray(GIVERS * TASKS)
        val left = CountDownLatch(ran.length())
        val givers = List(GIVERS) { giver ->
            thread {
                repeat(TASKS) { task ->
                    workers.execute {
                        ran.incrementAndGet(giver * TASKS + task)
                        left.countDown()
                    }
                    // From full queues to tasks that come one by one, to threads that go to sleep and end meanwhile.
                    if (task % (1 shl giver) == 0) Thread.yield()
                    if (giver == 0 && task % 64 == 0) workers.allow(1 + task / 64 % 4, 1 + task / 64 % 4)
                }
            }
        }
        givers.forEach(Thread::join)
        assertThat(left.await(30, SECONDS)).describedAs("%s tasks left", left.count).isTrue()
        assertThat((0 until ran.length()).filter { ran[it] != 1 }).isEmpty()
    }

    @Test
    @DisplayName("TMO-7 one task after the other, each given as the last one ends, is never left lying")
    fun noTaskIsLeftLying() {
        repeat(20_000) {
            val done = CountDownLatch(1)
            workers.execute(done::countDown)
            assertThat(done.await(10, SECONDS)).describedAs("task %s", it).isTrue()
        }
    }

    @Test
    @DisplayName("TMO-7 a task that throws ends neither its thread nor the others, and is told")
    fun aTaskMayThrow() {
        val error = AssertionError("thrown by a task")
        val before = meet(3)
        workers.execute { throw error }
        until { failures.contains(error) }
        assertThat(meet(3)).hasSameElementsAs(before)
    }

    @Test
    @DisplayName("TMO-2 an interrupt that comes as a task ends does not reach the next")
    fun interruptsEndWithTheirTask() {
        repeat(100) {
            workers.execute { Thread.currentThread().interrupt() }
            val interrupted = CyclicBarrier(2)
            val was = AtomicInteger(-1)
            workers.execute {
                was.set(if (Thread.currentThread().isInterrupted) 1 else 0)
                interrupted.await()
            }
            interrupted.await()
            assertThat(was.get()).isZero()
        }
    }

    @Test
    @DisplayName("LIF-2 what waits at the end is still done, what comes after it is refused")
    fun theEnd() {
        val done = AtomicInteger()
        val gate = CountDownLatch(1)
        repeat(20) {
            workers.execute {
                gate.await()
                done.incrementAndGet()
            }
        }
        workers.close()
        assertThat(workers.execute { done.incrementAndGet() }).isFalse()
        assertThat(workers.await(Duration.ofMillis(1))).isFalse()
        gate.countDown()
        assertThat(workers.await(Duration.ofSeconds(30))).isTrue()
        assertThat(done.get()).isEqualTo(20)
    }

    @Test
    @DisplayName("LIF-2 those that do not end are interrupted, and what none has begun is given back")
    fun stopped() {
        val interrupted = CountDownLatch(3)
        repeat(3) {
            workers.execute {
                try {
                    CountDownLatch(1).await()
                } catch (_: InterruptedException) {
                    interrupted.countDown()
                }
            }
        }
        until { workers.active == 3 && workers.next == null }
        val waiting = Runnable { }
        workers.execute(waiting)
        workers.close()
        assertThat(workers.stop()).containsExactly(waiting)
        assertThat(interrupted.await(30, SECONDS)).isTrue()
    }

    /** As many tasks as [threads], each of which waits for all others; the threads, all idle again. */
    private fun meet(threads: Int): List<Thread> {
        val met = CountDownLatch(threads)
        val ran = ArrayList<Thread>()
        val done = CountDownLatch(threads)
        repeat(threads) {
            workers.execute {
                met.countDown()
                met.await()
                synchronized(ran) { ran += Thread.currentThread() }
                done.countDown()
            }
        }
        assertThat(done.await(30, SECONDS)).isTrue()
        until { workers.active == 0 }
        return ran
    }

    private fun until(condition: () -> Boolean) {
        val deadline = System.nanoTime() + SECONDS.toNanos(30)
        while (!condition()) {
            assertThat(System.nanoTime()).describedAs("a deadline of 30 s").isLessThan(deadline)
            Thread.yield()
        }
    }

    private companion object {
        const val GIVERS = 4
        const val TASKS = 5_000
    }
}
