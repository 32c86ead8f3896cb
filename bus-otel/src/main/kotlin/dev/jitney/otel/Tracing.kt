// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel

import io.opentelemetry.api.common.Attributes
import io.opentelemetry.api.trace.SpanKind
import io.opentelemetry.api.trace.StatusCode
import io.opentelemetry.api.trace.Tracer
import io.opentelemetry.context.Context
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.ThreadContextElement
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.isActive
import kotlinx.coroutines.withContext
import kotlin.coroutines.CoroutineContext

/**
 * Runs [block] within a span and returns its value. The span is current in it, on whatever thread it goes on
 * and in the coroutines that it starts. The status is OK afterwards; or ERROR, with the exception recorded,
 * which is thrown on. The cancellation of the coroutine is no error; a time limit that [block] has set itself is.
 *
 * [tracer] is that of the global OpenTelemetry unless given; without an SDK only the block runs.
 */
public suspend fun <T> traced(
    name: String,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Attributes = Attributes.empty(),
    tracer: Tracer = Traces.tracer(),
    block: suspend CoroutineScope.() -> T,
): T {
    val span = Traces.start(tracer, name, kind, attributes)
    try {
        val value = withContext(Context.current().with(span).asElement(), block)
        span.setStatus(StatusCode.OK)
        return value
    } catch (e: Throwable) {
        val cancelled = e is CancellationException && !currentCoroutineContext().isActive
        if (!cancelled) Traces.failed(span, e)
        throw e
    } finally {
        span.end()
    }
}

/**
 * Returns an element that keeps this context current while a coroutine runs, on whatever thread, and puts back
 * what its threads had before: for what [Traces.extract] has returned, say.
 */
public fun Context.asElement(): CoroutineContext = OtelContextElement(this)

private class OtelContextElement(private val context: Context) : ThreadContextElement<Entered> {
    override val key: CoroutineContext.Key<*> get() = Key

    override fun updateThreadContext(context: CoroutineContext): Entered = Entered(this.context)

    override fun restoreThreadContext(context: CoroutineContext, oldState: Entered): Unit = oldState.close()

    private companion object Key : CoroutineContext.Key<OtelContextElement>
}
