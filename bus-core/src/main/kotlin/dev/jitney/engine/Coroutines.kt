// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import kotlinx.coroutines.CoroutineDispatcher
import kotlin.coroutines.Continuation
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.intrinsics.createCoroutineUnintercepted
import kotlin.coroutines.resume
import kotlin.coroutines.startCoroutine

/** Coroutines on the threads of the pool. Made with the first of them: a bus of plain handlers loads no coroutine. */
internal class Coroutines(private val threads: HandlerThreads) {
    /** Where lanes and suspending handlers run. Not one of coroutines' own, which cancels what comes late. */
    val dispatcher: CoroutineDispatcher = object : CoroutineDispatcher() {
        override fun dispatch(context: CoroutineContext, block: Runnable) = threads.execute(block)
    }

    /** What coroutines of the engine end in. They have no job: nobody cancels them, a bus ends its handlers by itself. */
    private val end = Continuation<Unit>(dispatcher) { ended -> ended.exceptionOrNull()?.let(::engineFailed) }

    fun launch(task: suspend () -> Unit): Unit = task.startCoroutine(end)

    /** Begins the task on this thread; it goes on on the pool's after a suspension. */
    fun launchHere(task: suspend () -> Unit): Unit = task.createCoroutineUnintercepted(end).resume(Unit)
}
