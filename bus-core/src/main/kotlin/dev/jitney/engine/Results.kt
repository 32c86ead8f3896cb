// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.HandlerResult
import dev.jitney.HandlersFailedException
import dev.jitney.PublicationException
import dev.jitney.event.DeliveryState
import dev.jitney.event.Event
import dev.jitney.event.Outcome
import java.time.Instant

/** Reads what handlers have made of an event (RES-1 to RES-4). */
internal object Results {

    /** The results on the event's own bus, then those of the buses that it was forwarded to. */
    fun of(publication: EnginePublication): List<HandlerResult> {
        val path = publication.extra?.path
        if (path == null || path.first !== publication) return own(publication)
        return path.publications().flatMap(::own)
    }

    private fun own(publication: EnginePublication): List<HandlerResult> {
        val handlers = publication.handlers
        if (handlers == null) {
            // Not begun when it was asked: some of its handlers may be by now, and the others would be missing.
            if (!publication.completed) return emptyList()
            val results = ArrayList<HandlerResult>(publication.recordCount)
            forEach(publication) { results.add(it.result(publication.event())) }
            return results
        }
        return handlers.mapIndexed { at, it -> resultOf(publication, it, at) }
    }

    private fun resultOf(publication: EnginePublication, of: EngineSubscription, at: Int): HandlerResult {
        val record = publication.recordAt(at) ?: return unbegun(publication, of, at)
        // Another attempt may follow.
        val open = record is HandlerRun && !record.settled
        val result = record.result(publication.event())
        return if (open) UnendedResult(publication, at, result) else result
    }

    private fun unbegun(publication: EnginePublication, of: EngineSubscription, at: Int): HandlerResult {
        val begun = publication.execution?.hasCalled(publication, at) == true
        val state = if (begun) DeliveryState.STARTED else DeliveryState.PENDING
        // It may have ended meanwhile, and begins no second time.
        if (publication.recordAt(at) != null) return resultOf(publication, of, at)
        val before = KeptResult(of.handler, HandlerRun.NONE, HandlerRun.NONE, 0, state, null, emptyList())
        return UnendedResult(publication, at, before)
    }

    private inline fun forEach(publication: EnginePublication, action: (HandlerRecord) -> Unit) {
        for (at in 0 until publication.recordCount) {
            val record = publication.recordAt(at)
            if (record != null && record.shown) action(record)
        }
    }

    /** A handler that has not ended: what its newest record says, once there is one. */
    private class UnendedResult(
        private val publication: EnginePublication,
        private val at: Int,
        private val before: HandlerResult,
    ) : HandlerResult {
        private fun now(): HandlerResult = publication.recordAt(at)?.result(publication.event()) ?: before

        override fun subscriptionId(): String = before.subscriptionId()

        override fun subscription(): String = before.subscription()

        override fun state(): DeliveryState = now().state()

        override fun value(): Any? = now().value()

        override fun error(): Throwable? = now().error()

        override fun start(): Instant? = now().start()

        override fun end(): Instant? = now().end()

        override fun attempts(): Int = now().attempts()

        override fun published(): List<Event> = now().published()

        override fun toString(): String = now().toString()
    }

    fun values(publication: EnginePublication): List<Any> = of(publication).mapNotNull { it.value() }

    fun first(publication: EnginePublication): Any? {
        check(publication)
        return of(publication).firstNotNullOfOrNull { it.value() }
    }

    fun <T : Any> cast(publication: EnginePublication, value: Any, type: Class<T>): T {
        if (boxed(type).isInstance(value)) {
            @Suppress("UNCHECKED_CAST")
            return value as T
        }
        throw ClassCastException(
            "Event '${publication.event().id()}' has a result of ${value.javaClass.name}, " +
                "but ${type.name} was asked for.",
        )
    }

    /** Throws what keeps the results from being asked for. */
    fun check(publication: EnginePublication) {
        val outcome = checkNotNull(publication.outcome()) {
            "Event '${publication.event().id()}' has not completed. Wait for its publication first."
        }
        when (outcome) {
            Outcome.HANDLED, Outcome.NO_HANDLER -> Unit
            Outcome.HANDLED_WITH_FAILURES -> raise(publication, of(publication).filter(::hasFailed))
            else -> throw PublicationException(publication.reason(), outcome, publication.cause())
        }
    }

    fun hasFailed(result: HandlerResult) =
        result.state() == DeliveryState.FAILED || result.state() == DeliveryState.TIMED_OUT

    private fun raise(publication: EnginePublication, failures: List<HandlerResult>) {
        val errors = failures.mapNotNull { it.error() }
        if (errors.size == 1) throw errors.single()
        if (errors.isEmpty()) return
        val all = HandlersFailedException(
            "Event '${publication.event().id()}' of topic '${publication.event().topic()}' failed in " +
                "${errors.size} handlers: ${failures.joinToString { "'${it.subscription()}'" }}.",
        )
        errors.forEach { if (it !== all) all.addSuppressed(it) }
        throw all
    }

    /** The class that values of a primitive type have. */
    fun boxed(type: Class<*>): Class<*> =
        if (type.isPrimitive) java.lang.invoke.MethodType.methodType(type).wrap().returnType() else type
}
