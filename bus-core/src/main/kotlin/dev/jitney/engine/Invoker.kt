// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.DeliveryHandler
import dev.jitney.Handler
import dev.jitney.ReplyHandler
import dev.jitney.StageHandler
import dev.jitney.event.Event
import java.util.concurrent.CompletionException
import java.util.concurrent.Executor

/** The one form in which the engine calls handlers of every kind. A class, not an interface: its call is cheaper. */
internal sealed class Invoker {
    /** Whether [call] runs the handler to its end; otherwise [start] begins it. */
    abstract val inline: Boolean

    open fun call(event: Event): Any? = error("a handler that is not inline is started, not called")

    open fun start(delivery: EngineDelivery): Unit = error("an inline handler is called, not started")
}

internal class PlainInvoker(private val handler: Handler) : Invoker() {
    override val inline get() = true

    override fun call(event: Event): Any? {
        handler.handle(event)
        return null
    }
}

internal class ReplyInvoker(private val handler: ReplyHandler) : Invoker() {
    override val inline get() = true

    override fun call(event: Event): Any? = handler.handle(event)
}

internal class DeliveryInvoker(private val handler: DeliveryHandler) : Invoker() {
    override val inline get() = false

    override fun start(delivery: EngineDelivery) = handler.handle(delivery)
}

internal class StageInvoker(private val handler: StageHandler) : Invoker() {
    override val inline get() = false

    override fun start(delivery: EngineDelivery) {
        // A Java handler may break its contract.
        @Suppress("USELESS_ELVIS")
        val stage = handler.handle(delivery.event())
            ?: throw NullPointerException("The handler returned null instead of a stage.")
        stage.whenComplete { value, error ->
            when (error) {
                null -> delivery.complete(value)
                is CompletionException -> delivery.fail(error.cause ?: error)
                else -> delivery.fail(error)
            }
        }
    }
}

/** Runs an inline handler on another thread, which is interrupted when the delivery is cancelled. */
internal class BlockingInvoker(private val handler: Invoker, private val executor: () -> Executor) : Invoker() {
    override val inline get() = false

    override fun start(delivery: EngineDelivery) {
        val interrupt = Interrupt()
        delivery.onCancel(interrupt::fire)
        executor().execute {
            delivery.enter().use {
                try {
                    val value = interrupt.guard { handler.call(delivery.event()) }
                    delivery.complete(value)
                } catch (e: Throwable) {
                    delivery.fail(e)
                }
            }
        }
    }

    /** Interrupts a thread while it runs the handler, never before or after. */
    private class Interrupt {
        private var runner: Thread? = null

        fun <T> guard(block: () -> T): T {
            synchronized(this) { runner = Thread.currentThread() }
            try {
                return block()
            } finally {
                synchronized(this) { runner = null }
                Thread.interrupted()
            }
        }

        @Synchronized
        fun fire() {
            runner?.interrupt()
        }
    }
}
