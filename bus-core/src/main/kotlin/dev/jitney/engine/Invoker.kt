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
internal abstract class Invoker {
    /** Whether [call] runs the handler to its end; otherwise [start] begins it. */
    abstract val inline: Boolean

    /** Whether the handler says that it blocks. */
    open val blocking: Boolean get() = false

    /** Whether it may hold a thread for long without saying so: plain code. */
    val mayBlock: Boolean get() = inline || blocking

    /** Whether it is no handler of the user's: its result is shown only if it fails. */
    open val hidden: Boolean get() = false

    /** See [DeliveryHandler.settlesLast]. */
    open val settlesLast: Boolean get() = false

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

    override val settlesLast = handler.settlesLast()

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

/** Runs an inline handler on another thread, which is interrupted when the delivery is ended. */
internal class BlockingInvoker(private val handler: Invoker, private val executor: () -> Executor) : Invoker() {
    override val inline get() = false

    override val blocking get() = true

    override fun start(delivery: EngineDelivery) {
        executor().execute {
            delivery.within {
                delivery.onThread(goesOn = false) {
                    try {
                        delivery.complete(handler.call(delivery.event()))
                    } catch (e: Throwable) {
                        delivery.fail(e)
                    }
                }
            }
        }
    }
}
