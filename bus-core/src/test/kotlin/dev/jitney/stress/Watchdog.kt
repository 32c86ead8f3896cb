// SPDX-License-Identifier: Apache-2.0
package dev.jitney.stress

import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicLong
import kotlin.concurrent.thread

/**
 * Looks on while rounds of a stress test go by. When one takes too long it shows what every thread does
 * and what the test says of its state, and interrupts the test.
 */
internal class Watchdog(private val limitSeconds: Long = 20) : AutoCloseable {
    private val rounds = AtomicLong()
    private val over = CountDownLatch(1)

    @Volatile
    private var state: () -> String = { "" }

    @Volatile
    var bites: Boolean = false
        private set

    private val test = Thread.currentThread()
    private val dog = thread(isDaemon = true, name = "watchdog") { watch() }

    /** More to tell of the round that runs. */
    fun watch(describe: () -> String) {
        val before = state
        state = { "${before()}\n${describe()}" }
    }

    /** A round begins; [describe] tells about it if it hangs. */
    fun round(describe: () -> String) {
        state = describe
        rounds.incrementAndGet()
    }

    private fun watch() {
        var last = -1L
        while (!over.await(limitSeconds, TimeUnit.SECONDS)) {
            val now = rounds.get()
            if (now == last) return bite()
            last = now
        }
    }

    private fun bite() {
        bites = true
        System.err.println("A round of a stress test hangs: ${state()}")
        for ((thread, stack) in Thread.getAllStackTraces()) {
            System.err.println("$thread ${thread.state}")
            stack.forEach { System.err.println("    at $it") }
        }
        test.interrupt()
    }

    override fun close() {
        over.countDown()
        dog.join()
    }
}
