// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors
import java.util.concurrent.SynchronousQueue
import java.util.concurrent.ThreadFactory
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicInteger
import java.util.function.BooleanSupplier
import kotlin.coroutines.Continuation

/**
 * The pool that all buses of the process run handlers on. The one static state of the engine: a pool per bus would
 * cost each bus its threads, and `Dispatchers.Default` belongs to the user.
 */
internal object SharedPool : PoolShare() {
    private val buses = AtomicInteger()

    /** A number that no other bus of the process has, until four billion were made. */
    fun nextNumber(): Int = buses.incrementAndGet()
}

/** Two sorts of threads: few for handlers that return soon, as many as needed for those that block. */
internal class HandlerPool {
    val timers: RealTimers = RealTimers()
    private val threads = HandlerThreads(timers)

    // Most processes have no use for these.
    @Volatile
    private var blockingThreads: ExecutorService? = null

    @Volatile
    private var ownCoroutines: Coroutines? = null
    private var closed = false
    private val looker = AtomicBoolean()
    private val looking = Looking()

    /** Who waits for whom, on all buses. */
    val waits = WaitGraph()

    /** Where handlers declared `blocking()` run. */
    val blocking: ExecutorService get() = blockingThreads ?: makeBlockingThreads()

    /** What suspends in the engine, and suspending handlers, on these threads. */
    val coroutines: Coroutines get() = ownCoroutines ?: makeCoroutines()

    fun execute(task: Runnable): Unit = threads.execute(task)

    /**
     * Before a thread blocks: looks a moment whether [found] comes true. One thread at a time, and none of the pool, which
     * others may need meanwhile.
     */
    fun looks(found: BooleanSupplier): Boolean {
        if (Thread.currentThread() is PoolThread || !looker.compareAndSet(false, true)) return false
        try {
            return looking.look(found)
        } finally {
            looker.set(false)
        }
    }

    /**
     * Runs [wait], which blocks. On a thread of the pool one more thread is allowed meanwhile, or
     * handlers that wait for other lanes could keep those lanes from ever running; and an action on
     * completion that waits gives way to what its lane has to do.
     */
    inline fun <T> blockingWait(wait: () -> T): T {
        val thread = Thread.currentThread() as? PoolThread ?: return wait()
        thread.leavePlace()
        resize(1)
        try {
            return wait()
        } finally {
            resize(-1)
        }
    }

    fun resize(by: Int): Unit = threads.resize(by)

    fun shutdown() {
        timers.shutdown()
        synchronized(this) {
            closed = true
            blockingThreads
        }?.shutdown()
        threads.shutdown()
    }

    @Synchronized
    private fun makeCoroutines(): Coroutines = ownCoroutines ?: Coroutines(threads).also { ownCoroutines = it }

    @Synchronized
    private fun makeBlockingThreads(): ExecutorService =
        blockingThreads ?: (virtualThreads() ?: cachedThreads()).also { blockingThreads = it }

    // A handler that was ended while its thread was about to begin it may come after the last bus: it keeps no thread.
    private fun cachedThreads(): ExecutorService = ThreadPoolExecutor(
        0,
        Int.MAX_VALUE,
        if (closed) 0 else HandlerThreads.IDLE_SECONDS,
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
}

/** What no code of a user's is to blame for. */
internal fun engineFailed(e: Throwable): Unit = engineLog.error("The engine failed; this is a bug in Jitney", e)

/** A thread of the pool: waiting on it needs another one in its place. */
internal class PoolThread(task: Runnable, name: String) : Thread(task, name) {
    /** See [Current]; here, a field of the thread is cheaper than an entry in its map. */
    @JvmField
    val current: Array<Any?> = arrayOfNulls(Current.PLACES)

    /** The lane whose place this thread keeps while it completes an event that it has run, and the event. */
    @JvmField
    var lane: Lane? = null

    @JvmField
    var completed: EnginePublication? = null

    /** The delivery that the task on this thread belongs to, if the handler does nothing more when it is settled. */
    @JvmField
    var task: EngineDelivery? = null

    /** Who waits for that, to go on when the task has returned. */
    @JvmField
    var goesOn: Continuation<Unit>? = null

    /** The delivery that this thread is part of, for as long as nothing else was done there. */
    @JvmField
    var entering: EngineDelivery? = null

    // Its handler of uncaught errors stays the user's: errors of the machine in handlers go there (ERR-2).
    init {
        isDaemon = true
    }

    /** Leaves that place to others: an action on the completion is about to wait. */
    fun leavePlace() {
        val left = lane ?: return
        lane = null
        left.leavePlace(completed!!)
    }
}

internal class Named(private val prefix: String) : ThreadFactory {
    private val count = AtomicInteger()

    override fun newThread(task: Runnable): Thread = PoolThread(task, prefix + count.incrementAndGet())
}
