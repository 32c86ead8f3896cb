// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit

/** What the subscribers of a bus's live views run in; made with the first view. */
internal class Viewers(private val bus: String, private val pool: HandlerPool) {
    @Volatile
    private var scope: CoroutineScope? = null

    fun scope(): CoroutineScope = scope ?: make()

    @Synchronized
    private fun make(): CoroutineScope =
        scope ?: CoroutineScope(SupervisorJob() + pool.coroutines.dispatcher + CoroutineName("jitney-$bus-live"))
            .also { scope = it }

    /** Lets subscribers have what they have asked for, for a second at most. */
    fun end() {
        val viewers = scope ?: return
        val subscribers = viewers.coroutineContext.job.children
        val gone = CountDownLatch(1)
        viewers.launch { subscribers.forEach { if (it != coroutineContext.job) it.join() } }
            .invokeOnCompletion { gone.countDown() }
        gone.await(1, TimeUnit.SECONDS)
        viewers.cancel()
    }
}
