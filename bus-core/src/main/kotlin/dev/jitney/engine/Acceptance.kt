// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Publication
import java.util.concurrent.CompletableFuture

/** What a publisher holds whose event is not taken in yet. Whoever completes it, cancels it or lets it time out waits no more. */
internal class Acceptance : CompletableFuture<Publication>() {
    @Volatile
    private var giveUp: Runnable? = null

    /** The event waits for room; [giveUp] ends that, if it still does. */
    fun waits(giveUp: Runnable) {
        this.giveUp = giveUp
        if (isDone) giveUp.run()
    }

    override fun complete(value: Publication?): Boolean = super.complete(value).also { ended(it) }

    override fun completeExceptionally(e: Throwable): Boolean = super.completeExceptionally(e).also { ended(it) }

    override fun cancel(mayInterruptIfRunning: Boolean): Boolean =
        super.cancel(mayInterruptIfRunning).also { ended(it) }

    private fun ended(now: Boolean) {
        if (now) giveUp?.run()
    }
}
