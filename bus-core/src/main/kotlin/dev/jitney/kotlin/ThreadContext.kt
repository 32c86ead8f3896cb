// SPDX-License-Identifier: Apache-2.0
package dev.jitney.kotlin

import dev.jitney.PublishOptions
import kotlinx.coroutines.ThreadContextElement
import java.util.ArrayDeque
import java.util.function.Supplier
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
    return toBuilder().context { Restored().apply { install(own, elements) } }.build()
}

/** Marks elements that are not carried to handlers. */
internal interface Private

/** One element, in force on this thread until it is closed. */
private class Installed<S>(private val element: ThreadContextElement<S>) : AutoCloseable {
    private val before: S = element.updateThreadContext(EmptyCoroutineContext + element)

    override fun close(): Unit = element.restoreThreadContext(EmptyCoroutineContext + element, before)
}

/** What is in force on this thread until it is closed. One that fails leaves nothing of the others. */
private class Restored : AutoCloseable {
    private val installed = ArrayDeque<AutoCloseable>()

    fun install(own: Supplier<out AutoCloseable>?, elements: List<ThreadContextElement<*>>) {
        try {
            own?.let { installed.addLast(it.get()) }
            elements.forEach { installed.addLast(Installed(it)) }
        } catch (e: Throwable) {
            throw closed(e) ?: e
        }
    }

    override fun close() {
        closed(null)?.let { throw it }
    }

    /** Returns the first failure, with those that followed. */
    private fun closed(before: Throwable?): Throwable? {
        var failure = before
        while (installed.isNotEmpty()) {
            try {
                installed.removeLast().close()
            } catch (e: Throwable) {
                val first = failure
                if (first == null) {
                    failure = e
                } else if (first !== e) {
                    first.addSuppressed(e)
                }
            }
        }
        return failure
    }
}
