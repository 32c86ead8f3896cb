// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.BackpressureException
import dev.jitney.ReplayOptions
import dev.jitney.ReplayReport
import dev.jitney.event.Event
import dev.jitney.event.Outcome
import dev.jitney.spi.ReadOptions
import dev.jitney.spi.StoreClosedException
import java.time.Duration
import java.time.Instant
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Semaphore
import java.util.concurrent.atomic.AtomicLong

/** Delivers past events again, with the gaps that they had or faster (HIS-4). */
internal class Replay(
    private val core: EngineCore,
    private val publisher: Publisher,
    private val options: ReplayOptions,
) {
    private val settled = Semaphore(0)
    private val failed = AtomicLong()
    private val unwanted = AtomicLong()
    private var accepted = 0
    private var first: Instant? = null
    private var begun = 0L

    // How much of the original gaps was cut by the longest gap allowed.
    private var cut = 0L
    private var last = 0L

    @Volatile
    private var asleep: CountDownLatch? = null

    /** The bus takes no more events: there is no moment to wait for. */
    fun wake() {
        asleep?.countDown()
    }

    /** Delivers on the calling thread's time and waits for all that was delivered. */
    fun run(): ReplayReport {
        var interrupted = false
        core.replays.add(this)
        try {
            deliverAll()
        } catch (_: InterruptedException) {
            interrupted = true
        } finally {
            core.replays.remove(this)
        }
        if (Thread.interrupted()) interrupted = true
        settled.acquireUninterruptibly(accepted)
        if (interrupted) Thread.currentThread().interrupt()
        return ReplayReport(accepted - unwanted.get(), failed.get(), !interrupted)
    }

    private fun deliverAll() {
        val store = core.gate?.store ?: return core.past.matching(options.selection()).forEach(::deliver)
        try {
            store.read(ReadOptions.forward().withSelection(options.selection())).use { reader ->
                while (true) deliver(reader.next()?.event() ?: return)
            }
        } catch (e: StoreClosedException) {
            // With its bus, then that is what there is to say.
            core.life.check(onBehalf = false)
            throw e
        }
    }

    private fun deliver(event: Event) {
        if (Thread.interrupted()) throw InterruptedException()
        keepPace(event)
        val names = options.handlers()
        val extra = if (names.isEmpty()) null else PublicationExtra().apply { more().onlyNamed = names }
        val again = EnginePublication(event.withHeader(REPLAY_OF, event.id()), core, Origin.REPLAYED, extra)
        again.onCompleted {
            when {
                it.outcome() == Outcome.NO_HANDLER -> unwanted.incrementAndGet()
                !it.outcome()!!.ok() -> failed.incrementAndGet()
            }
            settled.release()
        }
        try {
            publisher.acceptBlocking(again)
        } catch (e: BackpressureException) {
            // While it waited for room.
            if (Thread.interrupted()) throw InterruptedException()
            throw e
        }
        accepted++
    }

    /** Waits until the event is due, counted from the first one, so that no wait adds to the next. */
    private fun keepPace(event: Event) {
        if (options.speed() == 0.0) return
        val start = first
        if (start == null) {
            first = event.time()
            begun = core.timers.nanoTime()
            return
        }
        val original = (nanosOf(Duration.between(start, event.time())) / options.speed()).toLong()
        val longest = options.maxGap()?.let(::nanosOf) ?: Long.MAX_VALUE
        val due = original - cut
        if (due - last > longest) cut += due - last - longest
        last = maxOf(last, minOf(due, last + longest))
        sleepUntil(begun + last)
    }

    private fun sleepUntil(moment: Long) {
        if (moment <= core.timers.nanoTime()) return
        val due = CountDownLatch(1)
        asleep = due
        core.timers.scheduleAt(moment) { due.countDown() }.use { if (core.life.open) due.await() }
    }

    private companion object {
        const val REPLAY_OF = "replayof"
    }
}
