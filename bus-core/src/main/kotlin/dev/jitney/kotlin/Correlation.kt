// SPDX-License-Identifier: Apache-2.0
package dev.jitney.kotlin

import dev.jitney.CorrelationContext
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.ThreadContextElement
import kotlinx.coroutines.withContext
import kotlin.coroutines.CoroutineContext

/**
 * Runs [block] with this correlation id: events that it publishes get it when they have none, and
 * [CorrelationContext.current] returns it, on whatever thread the block goes on and in the coroutines that
 * it starts (CTX-2). Calls nest; after the block what was bound before is bound again.
 *
 * @throws IllegalArgumentException if the id is empty
 */
public suspend fun <T> withCorrelation(id: String, block: suspend CoroutineScope.() -> T): T {
    require(id.isNotEmpty()) { "The correlation id is empty. Give one, or use CorrelationContext.newId()." }
    return withContext(Correlation(id), block)
}

/** Binds the id to each thread while the coroutine runs on it. */
private class Correlation(private val id: String) :
    ThreadContextElement<Any?>,
    Private {
    override val key: CoroutineContext.Key<*> get() = Key

    override fun updateThreadContext(context: CoroutineContext): Any? = CorrelationContext.install(id)

    override fun restoreThreadContext(context: CoroutineContext, oldState: Any?): Unit =
        CorrelationContext.restore(oldState)

    override fun toString(): String = "Correlation($id)"

    private companion object Key : CoroutineContext.Key<Correlation>
}
