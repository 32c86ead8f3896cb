// SPDX-License-Identifier: Apache-2.0
package dev.jitney.worlds

import dev.jitney.Await
import dev.jitney.event.DeliveryState
import dev.jitney.spi.PublicationInfo.Origin

/** The hooks of an event come in the order that `Interceptor` promises, once each (ICP-1). */
internal class OracleOfHooks(private val world: World) {
    private val journal = world.journal

    fun judge(way: Way) {
        val trace = way.trace.toString()
        val published = way.origin == Origin.PUBLISHED
        // What the bus itself publishes cannot be changed or refused.
        val order = when {
            published && !way.event.topic().startsWith("system.") -> PUBLISHED
            way.origin == Origin.RETRIED -> RETRIED
            else -> OTHERS
        }
        journal.check(order.matches(trace)) { "ICP-1 the hooks of ${way.event}, ${way.origin}: $trace" }
        val refused = trace.endsWith("refused")
        val ends = way.returned.get() + if (refused) 1 else 0
        journal.check(ends == if (published || refused) 1 else 0) {
            "ICP-1 publish of ${way.event}, ${way.origin}, ended $ends times: $trace"
        }
        way.deliveries().forEach { judge(way, it) }
    }

    private fun judge(way: Way, delivery: DeliveryWay) {
        val trace = delivery.trace.toString()
        // A limit may pass within or before handlerStarted, and then handlerCompleted comes at once.
        val cut = Danger.LIMITS in world || delivery.ended in setOf(DeliveryState.CANCELLED, DeliveryState.TIMED_OUT)
        // A future that the handler has taken may complete as part of it when the attempt is over.
        val calls = trace.replace(" enter", "")
        val holds = if (cut) trace.split(' ').count { it == "completed" } == 1 else DELIVERED.matches(calls)
        journal.check(holds) {
            "ICP-1 the hooks of ${way.event} for ${delivery.subscription}, ${delivery.ended}: $trace"
        }
        Await.until("all threads have left ${way.event} for ${delivery.subscription}: $trace") {
            delivery.entered.get() == 0
        }
    }

    private companion object {
        val PUBLISHED = Regex("(before )?(pending )?refused|before (pending (started )?)?completed")

        // A letter of an event that was refused is handed to the interceptors again.
        val RETRIED = Regex("(before )?(refused|(pending (started )?)?completed)")
        val OTHERS = Regex("(pending (started )?)?completed")
        val DELIVERED = Regex("pending (started (attempt ended (retry )?)+)?(letter )?completed")
    }
}
