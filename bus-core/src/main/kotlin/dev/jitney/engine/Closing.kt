// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.DrainReport
import dev.jitney.event.Outcome
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean

private const val GRACE_NANOS = 1_000_000_000L
private const val LOOK_NANOS = 10_000_000L

/** How a bus ends: no more events in, what was accepted done or cancelled, everything released (LIF-2). */
internal class Closing(
    private val core: EngineCore,
    private val tail: RemoteTail?,
    private val durables: Durables?,
    private val viewers: Viewers,
    private val opened: OpenedPlugins,
) {
    private val admission = core.admission
    private val closing = AtomicBoolean()
    private val closed = CountDownLatch(1)

    fun drain(nanos: Long): DrainReport {
        // Before anybody can see that the bus drains: what ends from now on counts.
        val settledBefore = admission.settledSoFar
        val lettersBefore = core.letters.made
        val subscriptions = core.routes.subscriptions()
        val handledBefore = LongArray(subscriptions.size) { subscriptions[it].handled() }
        core.life.drain()
        admission.wakeAllWaiters()
        core.replays.forEach { it.wake() }
        tail?.close()
        durables?.stop()
        val deadline = System.nanoTime() + nanos
        // A handler cannot wait for itself: it starts the drain and goes on.
        if (!core.mayHoldUpItsEnd()) core.pool.blockingWait { awaitEnd(nanos, deadline) }
        val left = admission.inFlight
        val handled = LinkedHashMap<String, Long>()
        for ((at, before) in handledBefore.withIndex()) {
            handled[subscriptions[at].id()] = subscriptions[at].handled() - before
        }
        return DrainReport(
            left == 0L,
            admission.settledSoFar - settledBefore,
            core.letters.made - lettersBefore,
            left,
            handled,
        )
    }

    // With their deliveries over, durable subscriptions save how far they came and give up their cursors.
    private fun awaitEnd(nanos: Long, deadline: Long) {
        admission.awaitIdle(nanos)
        durables?.await(deadline - System.nanoTime())
    }

    fun close() {
        val inside = core.mayHoldUpItsEnd()
        when {
            !closing.compareAndSet(false, true) -> if (!inside) awaitClosed()

            inside -> {
                core.life.drain()
                Thread(::closeNow, "jitney-${core.name}-close").apply { isDaemon = true }.start()
            }

            else -> closeNow()
        }
    }

    private fun awaitClosed() {
        var interrupted = false
        core.pool.blockingWait {
            while (true) {
                try {
                    closed.await()
                    break
                } catch (_: InterruptedException) {
                    interrupted = true
                }
            }
        }
        if (interrupted) Thread.currentThread().interrupt()
    }

    private fun closeNow() {
        var interrupted = Thread.interrupted()
        try {
            interrupted = heeding(interrupted) { drainOrTell() }
            if (core.noise != null) {
                core.noise.close()
                interrupted = heeding(interrupted) { admission.awaitIdle(GRACE_NANOS) }
            }
            core.life.close()
            admission.wakeAllWaiters()
            tail?.close()
            interrupted = heeding(interrupted) { cancelRest() }
            interrupted = heeding(interrupted) { durables?.close() }
            interrupted = heeding(interrupted) { endViews() }
            release()
        } finally {
            SharedPool.release()
            closed.countDown()
            if (interrupted) Thread.currentThread().interrupt()
        }
    }

    /** Whoever interrupts a close need not wait for the rest, but all of it is done. */
    private inline fun heeding(before: Boolean, wait: () -> Unit): Boolean = try {
        wait()
        before
    } catch (_: InterruptedException) {
        true
    }

    private fun drainOrTell() {
        val report = drain(nanosOf(core.settings.closeLimit))
        if (!report.complete) {
            engineLog.warn("Bus '{}' closes with {} events not handled", core.name, report.abandoned)
        }
    }

    /** Ends what waits and what runs; a handler that does not heed that is left behind. */
    private fun cancelRest() {
        val end = System.nanoTime() + GRACE_NANOS
        do {
            core.lanes.cancelQueued(core)
            val why = Stop(Outcome.CANCELLED, "The bus was closed while a handler was running.", null)
            for (running in core.watch.running()) {
                if (running.owner === core && !running.completed) Stopping.stop(running, why)
            }
            // One that had just begun may not have been seen yet.
        } while (!admission.awaitIdle(LOOK_NANOS) && System.nanoTime() < end)
    }

    private fun endViews() {
        core.routes.views().forEach { it.end() }
        viewers.end()
    }

    private fun release() {
        core.past.close()
        core.routes.subscriptions().forEach { it.close() }
        core.routes.clear()
        core.window?.clear()
        core.watch.close()
        core.meters?.close()
        opened.close()
    }
}
