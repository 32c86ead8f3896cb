// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.BusClosedException
import dev.jitney.event.Event
import dev.jitney.spi.EventTail
import dev.jitney.spi.StoreException
import dev.jitney.spi.StoreUnavailableException
import java.time.Duration
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/**
 * Follows the bus's store while a subscription wants events of other processes (DSU-1): one thread,
 * made with the first such subscription and gone with the last.
 *
 * INVARIANTS: [wanted] counts those subscriptions and [follower] is there exactly while it is above
 * 0; both are guarded by [lock].
 */
internal class RemoteTail(
    private val core: EngineCore,
    private val gate: StoreGate,
    private val deliver: (Event) -> Unit,
) {
    private val bus = core.name
    private val lock = ReentrantLock()
    private var wanted = 0
    private var follower: Follower? = null

    /** From the return on, no event that another process appends is missed. */
    fun want(): Unit = lock.withLock {
        if (wanted == 0) follower = Follower(gate.follow(problems())).also { it.start() }
        wanted++
    }

    private fun problems() = StoreProblems(core, gate.store, "Bus '$bus', which follows its store,", handler = "")

    fun release() {
        val last = lock.withLock { if (wanted > 0 && --wanted == 0) follower.also { follower = null } else null }
        last?.end()
    }

    fun close() {
        val last = lock.withLock {
            wanted = 0
            follower.also { follower = null }
        }
        last?.end()
    }

    private inner class Follower(private val tail: EventTail) {
        private val thread = Thread(::run, "jitney-$bus-tail").apply { isDaemon = true }

        private val over = CountDownLatch(1)

        private val ended get() = over.count == 0L

        fun start() = thread.start()

        fun end() {
            over.countDown()
            tail.close()
            thread.interrupt()
            if (Thread.currentThread() !== thread) thread.join(TimeUnit.SECONDS.toMillis(1))
            gate.unfollow()
        }

        private fun run() {
            try {
                while (!ended) follow()
            } catch (_: InterruptedException) {
                // end() was called
            } catch (_: BusClosedException) {
                // the bus drains and takes no more
            } catch (e: Throwable) {
                if (!ended) {
                    engineLog.error(
                        "Bus '{}' no longer follows its store: events of other processes are not delivered",
                        bus,
                        e,
                    )
                }
            }
        }

        private fun follow() {
            try {
                val met = tail.next(PATIENCE)
                if (met == null) {
                    // A tail gives up early when its store is closed: this says so, with an exception.
                    if (!ended) gate.store.end()
                } else if (!gate.isOwn(met)) {
                    deliver(met.event())
                }
            } catch (e: StoreUnavailableException) {
                engineLog.warn("Bus '{}' cannot read its store now and tries again", bus, e)
                over.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)
            } catch (e: StoreException) {
                if (!ended) throw e
            }
        }
    }

    private companion object {
        // Only a bound on one call: an event or the tail's closing ends it at once.
        val PATIENCE: Duration = Duration.ofMinutes(1)
        const val RETRY_MILLIS = 1_000L
    }
}
