// SPDX-License-Identifier: Apache-2.0
package dev.jitney.worlds

import dev.jitney.Delivery
import dev.jitney.EventBus
import dev.jitney.Publication
import dev.jitney.RejectException
import dev.jitney.RetryException
import dev.jitney.SubscribeOptions
import dev.jitney.event.Event
import dev.jitney.kotlin.await
import dev.jitney.kotlin.on
import dev.jitney.kotlin.publishAndAwait
import dev.jitney.kotlin.publishSuspending
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.coroutines.yield
import java.time.Duration
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.Executor
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors
import kotlin.random.Random

/** How a handler is written. */
internal enum class Kind { PLAIN, REPLYING, BLOCKING, STAGE, DELIVERY, SUSPENDING }

/**
 * What handlers do, drawn from the event's [Errand]: dawdle, interrupt themselves, publish to any bus, wait
 * for that in any way, for a while or to the end, or not, and then return a value or fail in many ways.
 */
internal class Deeds(private val world: World) {
    private val journal = world.journal
    private val surroundings = Surroundings(journal)

    fun subscribe(bus: EventBus, pattern: String, kind: Kind, name: String, builder: SubscribeOptions.Builder) {
        if (kind == Kind.BLOCKING) builder.blocking(Clean(name))
        val options = builder.build()
        when (kind) {
            Kind.PLAIN -> bus.subscribe(pattern, options) { plain(name, bus, it) }
            Kind.REPLYING, Kind.BLOCKING -> bus.subscribeReplying(pattern, options) { plain(name, bus, it) }
            Kind.STAGE -> bus.subscribeAsync(pattern, options) { staged(name, bus, it) }
            Kind.DELIVERY -> bus.subscribeDelivery(pattern, options) { delivered(name, bus, it) }
            Kind.SUSPENDING -> bus.on(pattern, options) { event: Event -> suspending(name, bus, event) }
        }
    }

    /** Wants some events, and fails on others. */
    fun predicate(event: Event): Boolean {
        val seed = Errand.of(event).seed
        if (seed % 7 == 0) throw if (seed % 2 == 0) IllegalStateException(REFUSED) else StackOverflowError(REFUSED)
        return true
    }

    // ---- the kinds of handlers

    private fun plain(name: String, bus: EventBus, event: Event): Any? {
        val call = journal.call(name, bus, event)
        try {
            return act(call, Errand.of(event).luck(name))
        } finally {
            surroundings.isOf(event, name)
            call.end()
        }
    }

    private fun act(call: Call, luck: Random): Any? {
        surroundings.isOf(call.event, call.handler)
        dawdle(luck)
        publishMore(call, luck)
        if (Danger.FAILURES in world && luck.nextInt(10) == 0) Thread.currentThread().interrupt()
        return outcome(luck)
    }

    private fun staged(name: String, bus: EventBus, event: Event): CompletableFuture<Any?> {
        val call = journal.call(name, bus, event)
        surroundings.isOf(event, name)
        val luck = Errand.of(event).luck(name)
        val stage = CompletableFuture<Any?>()
        when (luck.nextInt(4)) {
            0 -> end(call) { stage.complete(1) }

            1 -> elsewhere.execute { settle(call, stage::complete, stage::completeExceptionally) { outcome(luck) } }

            2 -> end(call) { if (Danger.FAILURES in world) stage.cancel(true) else stage.complete(null) }

            else -> {
                val child = try {
                    publishMore(call, luck)
                } catch (e: InterruptedException) {
                    call.end()
                    throw e
                }
                end(call) {
                    if (child == null) stage.complete(2) else child.toCompletableFuture().thenRun { stage.complete(2) }
                }
            }
        }
        return stage
    }

    private fun delivered(name: String, bus: EventBus, delivery: Delivery) {
        val event = delivery.event()
        val call = journal.call(name, bus, event)
        val luck = Errand.of(event).luck(name)
        val here = luck.nextBoolean()
        val executor = if (here) Executor { it.run() } else delivery.executor()
        executor.execute { settle(call, delivery::complete, delivery::fail) { act(call, luck) } }
    }

    private fun end(call: Call, settle: () -> Unit) {
        call.end()
        settle()
    }

    private fun settle(call: Call, complete: (Any?) -> Unit, fail: (Throwable) -> Unit, body: () -> Any?) {
        val result = runCatching(body)
        end(call) { result.fold(complete, fail) }
    }

    private suspend fun suspending(name: String, bus: EventBus, event: Event): Any? {
        val call = journal.call(name, bus, event)
        val luck = Errand.of(event).luck(name)
        try {
            surroundings.isOf(event, name)
            if (luck.nextBoolean()) yield()
            if (luck.nextInt(4) == 0) delay(1)
            if (luck.nextInt(4) == 0) withContext(Dispatchers.IO) { surroundings.isOf(event, "$name elsewhere") }
            publishMoreSuspending(call, luck)
            surroundings.isOf(event, name)
            return outcome(luck)
        } finally {
            call.end()
        }
    }

    // ---- what they do

    private fun dawdle(luck: Random) {
        when (luck.nextInt(10)) {
            0, 1 -> repeat(luck.nextInt(5_000)) { Thread.onSpinWait() }
            2 -> Thread.currentThread().interrupt()
            3 -> if (Danger.LIMITS in world) sleep(luck)
            4 -> if (Danger.LIMITS in world) ignoreInterrupts(luck)
        }
    }

    private fun sleep(luck: Random) {
        try {
            Thread.sleep(luck.nextLong(6))
        } catch (e: InterruptedException) {
            if (luck.nextBoolean()) throw e
        }
    }

    private fun ignoreInterrupts(luck: Random) {
        val end = System.nanoTime() + luck.nextLong(8_000_000)
        while (System.nanoTime() < end) Thread.onSpinWait()
    }

    /** Publishes an event, or not, and waits for it, or not; returns it if there is one and publish returned it. */
    private fun publishMore(call: Call, luck: Random): Publication? {
        val draft = draft(call, luck) ?: return null
        val way = luck.nextInt(7)
        try {
            val published = when (way) {
                3 -> call.away { draft.bus.publishAndJoin(draft.event, draft.options, Duration.ZERO) }
                4 -> call.away { draft.bus.publishAndJoin(draft.event, draft.options, brief(luck)) }
                5 -> call.away { draft.bus.tryPublish(draft.event, draft.options) } ?: return null
                else -> call.away { draft.bus.publish(draft.event, draft.options) }
            }
            child(call, draft, published)
            when (way) {
                // What waits by a future must not be interrupted: the bus cannot see that, and lends the lane on.
                1 -> call.away { published.join(Duration.ZERO) }

                2 -> call.away { published.join(brief(luck)) }

                5, 6 -> call.away { published.toCompletableFuture().join() }
            }
            return published
        } catch (e: RuntimeException) {
            checkRefusal(e)
            return null
        }
    }

    private suspend fun publishMoreSuspending(call: Call, luck: Random) {
        val draft = draft(call, luck) ?: return
        try {
            val way = luck.nextInt(4)
            call.away {
                val published = if (way == 0) {
                    draft.bus.publishAndAwait(draft.event, draft.options)
                } else {
                    draft.bus.publishSuspending(draft.event, draft.options)
                }
                child(call, draft, published)
                if (way == 1) withTimeoutOrNull(luck.nextLong(4)) { published.await() }
                if (way == 2) awaitBoth(draft, published)
            }
        } catch (e: CancellationException) {
            throw e
        } catch (e: RuntimeException) {
            checkRefusal(e)
        }
    }

    private suspend fun awaitBoth(draft: Draft, published: Publication) {
        if (Danger.TOGETHER !in world) {
            published.await()
            return
        }
        coroutineScope {
            val again = draft.event.renew().also { journal.about(it, draft.options) }
            val other = async { draft.bus.publishAndAwait(again, draft.options) }
            published.await()
            other.await()
        }
    }

    private fun draft(call: Call, luck: Random): Draft? {
        val errand = Errand.of(call.event)
        if (errand.depth == 0 || luck.nextInt(3) == 0) return null
        return Draft.draw(world, luck, Errand(errand.depth - 1, luck.nextInt(1_000), "", 0))
    }

    private fun child(call: Call, draft: Draft, published: Publication) {
        journal.published(draft.bus, published, call)
        val child = published.event()
        journal.check(child.causationId() == call.event.id() && child.correlationId() == call.event.correlationId()) {
            "NST-1 $child, published by ${call.handler}, is no child of ${call.event}"
        }
    }

    private fun outcome(luck: Random): Any? {
        if (Danger.FAILURES in world) fail(luck)
        return listOf(null, 0, "", 7).random(luck)
    }

    private fun fail(luck: Random) {
        when (luck.nextInt(14)) {
            0 -> throw IllegalStateException("boom")
            1 -> throw RetryException.after(Duration.ofNanos(luck.nextLong(1_000_000)))
            2 -> throw RejectException("no")
            3 -> throw StackOverflowError("deep")
            4 -> throw NoClassDefFoundError("none")
            5 -> throw OutOfMemoryError(HANDLED_HERE)
            6 -> throw InterruptedException("mine")
            7 -> throw CancellationException("mine")
            8 -> throw Throwable("raw")
        }
    }

    /** A publish or a wait failed: as it may, or not. */
    fun checkRefusal(failure: Throwable): Unit =
        journal.check(Refusals.allowed(failure)) { "PUB-3 unexpected ${failure.stackTraceToString().take(1_000)}" }

    /** Runs blocking handlers, and sees that they leave their threads clean. */
    private inner class Clean(private val name: String) : Executor {
        override fun execute(task: Runnable): Unit = elsewhere.execute {
            task.run()
            surroundings.areBack(null, name)
        }
    }

    companion object {
        /** What a predicate fails with, so that its handler does not run. */
        const val REFUSED = "refused by the predicate"

        /** The message of an error that goes to the uncaught-exception handler on purpose (ERR-2). */
        const val HANDLED_HERE = "drawn by a random world"

        private val elsewhere: ExecutorService =
            Executors.newCachedThreadPool { Thread(it, "world-elsewhere").apply { isDaemon = true } }

        private fun brief(luck: Random): Duration = Duration.ofNanos(luck.nextLong(1, 2_000_000))
    }
}
