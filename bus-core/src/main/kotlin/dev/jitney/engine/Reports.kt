// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import java.time.Duration
import java.util.concurrent.atomic.AtomicLong

/** Tells logs and counters what happens to events and handlers. */
internal class Reports(private val bus: String) {
    private val slow = AtomicLong()

    val slowHandlers: Long get() = slow.get()

    fun started(publication: EnginePublication) = Unit

    fun attempt(publication: EnginePublication, subscription: EngineSubscription, run: HandlerRun) = Unit

    fun retry(
        publication: EnginePublication,
        subscription: EngineSubscription,
        run: HandlerRun,
        error: Throwable,
        delay: Duration,
    ) {
        engineLog.debug(
            "Handler '{}' of bus '{}' failed on event {} in attempt {} and is tried again in {}",
            subscription.name(),
            bus,
            publication.event().id(),
            run.attempts(),
            Limits.text(delay),
            error,
        )
    }

    fun ended(publication: EnginePublication, subscription: EngineSubscription, run: HandlerRun, nanos: Long) {
        subscription.count(run.state())
        val error = run.error() ?: return
        engineLog.warn(
            "Handler '{}' of bus '{}' failed on event {} ({})",
            subscription.name(),
            bus,
            publication.event().id(),
            publication.event().topic(),
            error,
        )
    }

    fun cancelled(publication: EnginePublication, subscription: EngineSubscription, run: HandlerRun) = Unit

    fun completed(publication: EnginePublication) = Unit

    fun slowHandler(publication: EnginePublication, run: HandlerRun) {
        slow.incrementAndGet()
        engineLog.warn(
            "Handler '{}' of bus '{}' is slow on event {} ({}): it has taken longer than its slow threshold",
            run.subscription(),
            bus,
            publication.event().id(),
            publication.event().topic(),
        )
    }

    fun slowEvent(publication: EnginePublication, nanos: Long) {
        engineLog.warn(
            "Bus '{}' is slow on event {} ({}): its handlers have taken {} so far",
            bus,
            publication.event().id(),
            publication.event().topic(),
            Limits.text(nanos),
        )
    }
}
