// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import kotlin.coroutines.resume

/**
 * What a handler has the pool do for a delivery, as part of the handler. If that settles the delivery, and is the last
 * that the handler does, the lane goes on here, when the thread is no part of the handler any more: another thread
 * would have to be woken for it.
 */
internal class DeliveryTask(private val delivery: EngineDelivery, private val task: Runnable) : Runnable {
    override fun run() {
        if (!delivery.settlesLast) return delivery.within { delivery.onThread(goesOn = true, task) }
        val thread = Thread.currentThread() as PoolThread
        thread.task = delivery
        try {
            delivery.within { delivery.entering { delivery.onThread(goesOn = true, task) } }
        } finally {
            thread.task = null
            val runner = thread.goesOn
            thread.goesOn = null
            // An interrupt was for the handler.
            Thread.interrupted()
            runner?.resume(Unit)
        }
    }
}
