// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineExceptionHandler
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.launch
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.SynchronousQueue
import java.util.concurrent.ThreadFactory
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger

/**
 * The daemon threads that all buses of the process run handlers on, counted by reference and gone
 * with the last bus (TMO-7). Threads are made when there is work and end after 10 idle seconds.
 *
 * The one static state of the engine: a pool per bus would cost each bus its threads, and
 * `Dispatchers.Default` belongs to the user.
 */
internal object SharedPool {
    private val lock = Any()
    private var users = 0
    private val buses = AtomicInteger()
    private var pool: HandlerPool? = null

    /** A number that no other bus of the process has, until four billion were made. */
    fun nextNumber(): Int = buses.incrementAndGet()

    /** Returns the pool; each call needs one [release]. */
    fun acquire(): HandlerPool = synchronized(lock) {
        users++
        pool ?: HandlerPool().also { pool = it }
    }

    /** Gives the pool back and ends its threads if no one else uses it. */
    fun release() {
        val last = synchronized(lock) { if (--users == 0) pool.also { pool = null } else null }
        last?.shutdown()
    }
}

/** Two sorts of threads: few for handlers that return soon, as many as needed for those that block. */
internal class HandlerPool {
    private val threads = ThreadPoolExecutor(
        PARALLELISM,
        Int.MAX_VALUE,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        LinkedBlockingQueue(),
        Named("jitney-"),
    ).apply { allowCoreThreadTimeOut(true) }
    private val blockingThreads = lazy { virtualThreads() ?: cachedThreads() }
    private val blocked = Any()

    /** Where lanes and suspending handlers run. */
    val dispatcher: CoroutineDispatcher = threads.asCoroutineDispatcher()

    /** Never cancelled: a bus ends each of its handlers by itself. */
    private val scope = CoroutineScope(
        SupervisorJob() + dispatcher +
            CoroutineExceptionHandler { _, e -> engineLog.error("The engine failed; this is a bug in Jitney", e) },
    )

    val timers: RealTimers = RealTimers()

    /** Where handlers declared `blocking()` run. */
    val blocking: ExecutorService get() = blockingThreads.value

    fun execute(task: Runnable): Unit = threads.execute(task)

    fun launch(task: suspend () -> Unit) {
        scope.launch { task() }
    }

    /** Begins the task on this thread; it goes on on the pool's after a suspension. */
    fun launchHere(task: suspend () -> Unit) {
        scope.launch(start = CoroutineStart.UNDISPATCHED) { task() }
    }

    /**
     * Runs [wait], which blocks. On a thread of the pool one more thread is allowed meanwhile, or
     * handlers that wait for other lanes could keep those lanes from ever running.
     */
    inline fun <T> blockingWait(wait: () -> T): T {
        if (Thread.currentThread() !is PoolThread) return wait()
        resize(1)
        try {
            return wait()
        } finally {
            resize(-1)
        }
    }

    fun resize(by: Int): Unit = synchronized(blocked) { threads.corePoolSize += by }

    fun shutdown() {
        timers.shutdown()
        threads.shutdown()
        if (blockingThreads.isInitialized()) blocking.shutdown()
        // Closing from a handler: its own thread cannot be waited for.
        if (Thread.currentThread() is PoolThread) return
        // Whoever is still there was left behind by its bus, past the limit of its closing.
        if (!threads.awaitTermination(1, TimeUnit.SECONDS)) threads.shutdownNow()
    }

    private fun cachedThreads(): ExecutorService = ThreadPoolExecutor(
        0,
        Int.MAX_VALUE,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        SynchronousQueue(),
        Named("jitney-blocking-"),
    )

    // Java 21 and later; we are compiled for 17.
    private fun virtualThreads(): ExecutorService? = try {
        Executors::class.java.getMethod("newVirtualThreadPerTaskExecutor").invoke(null) as ExecutorService
    } catch (_: NoSuchMethodException) {
        null
    }

    private companion object {
        const val IDLE_SECONDS = 10L
        val PARALLELISM = maxOf(2, Runtime.getRuntime().availableProcessors())
    }
}

/** A thread of the pool: waiting on it needs another one in its place. */
internal class PoolThread(task: Runnable, name: String) : Thread(task, name) {
    /** See [Current]; here, a field of the thread is cheaper than an entry in its map. */
    @JvmField
    var current: HandlerRun? = null
}

private class Named(private val prefix: String) : ThreadFactory {
    private val count = AtomicInteger()

    override fun newThread(task: Runnable): Thread =
        PoolThread(task, prefix + count.incrementAndGet()).apply { isDaemon = true }
}
