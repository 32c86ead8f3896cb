// SPDX-License-Identifier: Apache-2.0
package dev.jitney.kotlin

import dev.jitney.PublishOptions
import kotlinx.coroutines.ThreadContextElement
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext

/** Adds the thread context elements of a coroutine to what handlers are to see (CTX-4); the same options without any. */
@JvmSynthetic
internal fun PublishOptions.carrying(context: CoroutineContext): PublishOptions {
    val elements = context.fold(emptyList<ThreadContextElement<*>>()) { found, element ->
        // A handler has its own; the correlation is the event's.
        if (element is ThreadContextElement<*> && element !is Private) found + element else found
    }
    if (elements.isEmpty()) return this
    val own = context()
    return toBuilder().context { Restored(own?.get(), elements.map { Installed(it) }) }.build()
}

/** Marks elements that are not carried to handlers. */
internal interface Private

/** One element, in force on this thread until it is closed. */
private class Installed<S>(private val element: ThreadContextElement<S>) : AutoCloseable {
    private val before: S = element.updateThreadContext(EmptyCoroutineContext + element)

    override fun close(): Unit = element.restoreThreadContext(EmptyCoroutineContext + element, before)
}

private class Restored(private val own: AutoCloseable?, private val elements: List<Installed<*>>) : AutoCloseable {
    override fun close() {
        elements.asReversed().forEach { it.close() }
        own?.close()
    }
}
