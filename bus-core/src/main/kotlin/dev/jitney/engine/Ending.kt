// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

/** How the run of an event's handlers ended for the coroutine that ran them. */
internal enum class Ending {
    /** All have ended; the event is to be finished. */
    OVER,

    /** The event goes on by itself, beside the lane; its permit stays with its place. */
    DETACHED,

    /** So it does, and its permit was lent at that moment: the place has none. */
    DETACHED_LENT,

    /** A time limit passed in a handler; event and place in the lane are someone else's now. */
    TAKEN,
}

/** Someone who goes on when the event has its permit: a handler, or the event with its next one. */
internal class Resumption(val publication: EnginePublication, private val run: HandlerRun?, val action: Runnable) {
    /** A handler that was ended while it waited for its turn takes none, nor does one that waits for another event by now. */
    val goesWithout: Boolean get() = run != null && (run.ended || run.waits > 0)
}
