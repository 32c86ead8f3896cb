// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import java.time.Duration
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.ThreadFactory
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.locks.LockSupport
import java.util.function.BooleanSupplier

/**
 * Threads that take tasks in the order in which they came. How many may be at work is said by [allow]; a thread is made
 * when a task comes that none is there for, and ends when it has had nothing to do for [idleNanos].
 *
 * Idle threads lie on a stack: who was at work last gets the next task, so those that are not needed are never asked
 * and end. One of them looks for a task for a moment before it sleeps, where that has been worth it lately
 * ([Looking]); while one looks, or has been woken and has not got its processor yet, a task wakes no other: whoever
 * finds a task wakes the next one if there are more.
 *
 * INVARIANTS: [all], [idle], [active], [allowed], [kept] change under the monitor, and [canWake] says there whether
 * [active] < [allowed]. [searching] is 1 while a thread looks or is on its way, and only that thread sets it back, or who
 * wanted to wake one and found none to wake. A task is put into [tasks] before its giver looks at [searching] and
 * [canWake]; a thread sets these before it looks at [tasks] for the last time. So one of the two sees the other, and no
 * task is left lying beside an idle thread.
 */
internal class Workers(
    private val factory: ThreadFactory,
    private val idleNanos: Long,
    private val owner: Owner,
) {
    /** Who has these threads at work. */
    interface Owner {
        /** A task has thrown this. */
        fun failed(e: Throwable)

        /** A task waits, and all who may are at work. */
        fun crowded()
    }

    private val tasks = ConcurrentLinkedQueue<Runnable>()
    private val all = HashSet<Worker>()
    private val idle = ArrayList<Worker>()
    private val searching = AtomicInteger()
    private val looking = Looking()
    private var allowed = 0

    @Volatile
    private var kept = 0

    @Volatile
    private var canWake = false

    @Volatile
    private var closed = false

    /** How many threads are not idle. */
    @Volatile
    var active: Int = 0
        private set

    /** How many threads there are. */
    @Volatile
    var count: Int = 0
        private set

    /** The task that is next, null if none waits. */
    val next: Runnable? get() = tasks.peek()

    /** Whether a thread is on its way to a task, and needs a processor to get there. */
    val coming: Boolean get() = searching.get() != 0

    /** [most] may be at work from now on; while there are more threads than [keep], who has done its task ends. */
    fun allow(most: Int, keep: Int) {
        synchronized(this) {
            allowed = most
            kept = keep
            changed()
        }
        if (!tasks.isEmpty()) call()
    }

    /** Has the task run, soon; false if [close] came before. the [Owner] is told where all who may are at work. */
    fun execute(task: Runnable): Boolean {
        tasks.add(task)
        if (closed && tasks.remove(task)) return false
        call()
        return true
    }

    /** Sees to it that a thread comes for what waits. */
    private fun call() {
        if (searching.get() != 0) return
        if (canWake) wake() else owner.crowded()
    }

    private fun wake() {
        if (!searching.compareAndSet(0, 1)) return
        var new: Worker? = null
        val worker = synchronized(this) {
            if (active >= allowed) {
                null
            } else {
                active++
                val next = idle.popOrNull() ?: Worker().also {
                    new = it
                    all.add(it)
                }
                changed()
                next
            }
        }
        if (worker == null) {
            searching.set(0)
            if (!tasks.isEmpty()) owner.crowded()
            return
        }
        if (new == null) return worker.wake(toSearch = true)
        try {
            worker.start()
        } catch (e: OutOfMemoryError) {
            // No thread to be had. The task stays for those who are at work, and the giver is told.
            ended(worker)
            searching.set(0)
            throw e
        }
    }

    private fun changed() {
        count = all.size
        canWake = active < allowed
    }

    @Synchronized
    private fun ended(worker: Worker) {
        active--
        all.remove(worker)
        changed()
    }

    /** No more tasks from now on; threads end when they have done those that wait. */
    fun close() {
        val sleeping = synchronized(this) {
            closed = true
            active += idle.size
            ArrayList(idle).also { idle.clear() }
        }
        sleeping.forEach { it.wake(toSearch = false) }
    }

    /** Waits after [close] until all threads have ended; false if some have not in [limit]. */
    fun await(limit: Duration): Boolean {
        val end = System.nanoTime() + limit.toNanos()
        val left = synchronized(this) { ArrayList(all) }
        // A join of 0 ms would have no end.
        for (worker in left) worker.thread.join(maxOf(1, (end - System.nanoTime()) / 1_000_000))
        return left.none { it.thread.isAlive }
    }

    /** Interrupts all threads; returns the tasks that none has begun. */
    fun stop(): List<Runnable> {
        // First: who is interrupted would go on with the next.
        val left = generateSequence(tasks::poll).toList()
        synchronized(this) { all.forEach(Worker::interrupt) }
        return left
    }

    private inner class Worker :
        Runnable,
        BooleanSupplier {
        val thread: Thread = factory.newThread(this)

        // Whether this is the one that [searching] counts. Of the thread, and of who wakes it while it sleeps.
        private var searches = true

        @Volatile
        private var woken = false

        fun start(): Unit = thread.start()

        fun interrupt(): Unit = thread.interrupt()

        fun wake(toSearch: Boolean) {
            searches = toSearch
            woken = true
            LockSupport.unpark(thread)
        }

        override fun run() {
            try {
                while (true) {
                    val task = tasks.poll() ?: look()
                    if (task != null) {
                        perform(task)
                    } else if (!sleep()) {
                        break
                    }
                    if (count > kept && retires()) break
                }
            } finally {
                ended(this)
            }
            // Others may have counted on this one.
            if (!tasks.isEmpty()) call()
        }

        /** Whether this one is to end since there are more than are kept. */
        private fun retires(): Boolean = synchronized(this@Workers) {
            all.size > kept && !searches && all.remove(this)
        }

        private fun perform(task: Runnable) {
            if (searches) {
                found()
                if (!tasks.isEmpty()) call()
            }
            // An interrupt was for the task before.
            Thread.interrupted()
            try {
                task.run()
            } catch (e: Throwable) {
                owner.failed(e)
            }
        }

        /** Whether there is something to do. */
        override fun getAsBoolean(): Boolean = !tasks.isEmpty() || closed

        private fun found() {
            searches = false
            searching.set(0)
        }

        /** Looks for a task for a moment, if no other does; null if none came. */
        private fun look(): Runnable? {
            if (!searches) searches = searching.compareAndSet(0, 1)
            if (!searches) return null
            looking.look(this)
            return tasks.poll()
        }

        /** Until there is a task; false if it is time to end. */
        private fun sleep(): Boolean {
            if (searches) found()
            val stays = synchronized(this@Workers) {
                !closed && idle.add(this).also {
                    woken = false
                    active--
                    changed()
                }
            }
            if (!stays) return !tasks.isEmpty()
            // What came before this one was seen among the idle.
            if (!tasks.isEmpty()) call()
            val end = System.nanoTime() + idleNanos
            while (!woken) {
                val left = end - System.nanoTime()
                if (left <= 0 && leave()) return false
                LockSupport.parkNanos(this@Workers, left)
                Thread.interrupted()
            }
            return true
        }

        /** After too long an idleness; false if it has just been woken. Counted as active again, as every thread that ends. */
        private fun leave(): Boolean = synchronized(this@Workers) {
            idle.remove(this).also { if (it) active++ }
        }
    }
}
