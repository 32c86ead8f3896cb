// SPDX-License-Identifier: Apache-2.0
package dev.jitney.worlds

import dev.jitney.BackpressureException
import dev.jitney.BusClosedException
import dev.jitney.Completion
import dev.jitney.DeliveryEndedException
import dev.jitney.Dispatch
import dev.jitney.EventBus
import dev.jitney.HandlerOrder
import dev.jitney.Ordering
import dev.jitney.PublishOptions
import dev.jitney.event.Event
import dev.jitney.event.Severity
import dev.jitney.spi.ValidationException
import java.time.Duration
import kotlin.random.Random

/** An event to publish: on which bus, and how it asks to be handled. */
internal class Draft(val bus: EventBus, val event: Event, val options: PublishOptions) {

    companion object {
        fun draw(world: World, luck: Random, errand: Errand): Draft {
            val event = Event.builder(World.TOPICS.random(luck))
                .payload(errand.text())
                .severity(Severity.entries.random(luck))
            if (luck.nextBoolean()) event.key("k${luck.nextInt(4)}")
            val draft = Draft(world.buses.random(luck), event.build(), options(world, luck))
            world.journal.about(draft.event, draft.options)
            return draft
        }

        private fun options(world: World, luck: Random): PublishOptions {
            if (luck.nextInt(3) != 0) return PublishOptions.defaults()
            val options = PublishOptions.builder()
            when (luck.nextInt(7)) {
                0 -> options.ordering(Ordering.entries.random(luck))
                1 -> options.dispatch(Dispatch.DIRECT)
                2 -> options.completion(Completion.FIRST)
                3 -> if (Danger.TOGETHER in world) options.handlerOrder(HandlerOrder.PARALLEL)
                4 -> if (Danger.LIMITS in world) options.timeout(brief(luck))
                5 -> if (Danger.LIMITS in world) options.handlerTimeout(brief(luck))
                6 -> if (Danger.FAILURES in world) options.resultType(String::class.java)
            }
            return options.build()
        }

        private fun brief(luck: Random): Duration = Duration.ofNanos(luck.nextLong(100_000, 5_000_000))
    }
}

/** What a publish may fail with in these worlds. */
internal object Refusals {
    fun allowed(failure: Throwable): Boolean = when (failure) {
        is BackpressureException, is BusClosedException, is DeliveryEndedException, is ValidationException -> true
        else -> false
    }
}
