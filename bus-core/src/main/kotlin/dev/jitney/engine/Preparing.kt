// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.CorrelationContext
import dev.jitney.PublishOptions
import dev.jitney.event.Event

/**
 * What happens to an event before the bus takes it (PUB-3): it gets what it lacks, interceptors and
 * validators look at it, and the context of the publisher's thread is taken along.
 */
internal class Preparing(private val core: EngineCore) {
    private val validators = core.plugins.validators()
    private val carriers = core.plugins.carriers()

    fun prepare(topic: String, payload: Any?, run: HandlerRun?): EnginePublication {
        val cause = run?.publication?.event()
        return checked(
            Event.published(core.eventClock, topic, payload, core.name, correlation(cause), cause?.id()),
            null,
            run,
        )
    }

    /** Fills in what the event lacks (EVT-1, CTX-1). */
    fun prepare(event: Event, options: PublishOptions, run: HandlerRun?): EnginePublication {
        val cause = run?.publication?.event()
        val correlation = if (event.correlationId() == null) correlation(cause) else null
        val filled = event.published(core.name, correlation, cause?.id())
        return checked(filled, options.takeUnless { it === PublishOptions.defaults() }, run)
    }

    private fun correlation(cause: Event?): String? =
        CorrelationContext.current() ?: cause?.correlationId() ?: carriers.correlationId()

    private fun checked(event: Event, options: PublishOptions?, run: HandlerRun?): EnginePublication {
        val observer = core.reports.observer(event, Origin.PUBLISHED)
        var passed = event
        try {
            if (observer != null) passed = refilled(core.reports.beforePublish(observer, event), event)
            if (!validators.isEmpty) validators.check(passed)
            val carried = core.context.capture()
            val plain = options == null && run == null && observer == null && carried == null
            if (plain) return EnginePublication(passed, core, Origin.PUBLISHED)
            val extra = PublicationExtra(options, run)
            extra.carried = carried
            if (run != null) extra.lineage = lineage(run)
            val publication = EnginePublication(passed, core, Origin.PUBLISHED, extra)
            if (observer != null) extra.following = Following(observer, publication)
            return publication
        } catch (e: Throwable) {
            core.reports.refused(passed, options, e, observer)
            throw e
        }
    }

    /** Prepares an event that was refused, to be tried once more: its dead letter tells of it (ERR-5). */
    fun prepareAgain(event: Event, options: PublishOptions?): EnginePublication {
        val observer = core.reports.observer(event, Origin.REDELIVERED)
        var passed = event
        try {
            if (observer != null) passed = refilled(core.reports.beforePublish(observer, event), event)
            validators.check(passed)
        } catch (e: Throwable) {
            if (observer != null) core.reports.refused(passed, e, observer)
            throw e
        }
        val publication = EnginePublication(passed, core, Origin.REDELIVERED, PublicationExtra(options))
        if (observer != null) publication.extra().following = Following(observer, publication)
        return publication
    }

    // An interceptor may have put another event in its place, which lacks what this one had.
    private fun refilled(passed: Event, before: Event): Event {
        val whole = passed.isPublished && (passed.causationId() != null || before.causationId() == null)
        return if (whole) passed else passed.published(core.name, before.correlationId(), before.causationId())
    }

    /** Where in the chain of causes it stands what the handler publishes (NST-5). */
    fun lineage(run: HandlerRun): Lineage = Lineage.next(
        run.publication.extra?.lineage,
        run.global,
        run.subscription(),
        run.publication.event().topic(),
        run.publication.event().id(),
        core.settings.generationLimit,
    )
}
