// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import dev.jitney.EventBus
import dev.jitney.EventBusBuilder
import dev.jitney.LiveEvents
import dev.jitney.Publication
import dev.jitney.event.Event
import dev.jitney.event.Outcome
import kotlinx.coroutines.flow.Flow
import java.time.Duration

internal const val TOPIC = "bench.item"

internal fun ourBus(configure: EventBusBuilder.() -> Unit = {}): EventBus =
    EventBus.builder("bench").apply(configure).build()

internal fun EventBus.subscribeAll(takers: List<Taker>, pattern: String = TOPIC): EventBus {
    takers.forEach { subscribe(pattern, it) }
    return this
}

/** Reads what the publication says, so that it cannot be left out as unused. */
internal fun readOutcome(publication: Publication) {
    check(publication.outcome() == Outcome.HANDLED) { "Outcome is ${publication.outcome()}: ${publication.reason()}" }
}

internal val NO_LIMIT: Duration = Duration.ZERO

internal const val WAIT_SECONDS = 60L

/** The view as `events` gives it, but with its count of lost events at hand. */
@Suppress("UNCHECKED_CAST")
internal fun LiveEvents.asFlow(): Flow<Event> = this as Flow<Event>
