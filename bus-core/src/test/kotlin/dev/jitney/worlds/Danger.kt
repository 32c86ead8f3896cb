// SPDX-License-Identifier: Apache-2.0
package dev.jitney.worlds

import kotlin.random.Random

/** What may go on in a world beside plain publishing and handling; the fewer, the stricter the [Oracle]. */
internal enum class Danger {
    /** Events and handlers have time limits that some of them pass. */
    LIMITS,

    /** Buses have room for a few events only, and drop, refuse or wait. */
    ROOM,

    /** Handlers and predicates throw, `Error`s too. */
    FAILURES,

    /** Buses forward to each other, in rings perhaps. */
    FORWARDS,

    /** Buses are drained and closed in the midst of it. */
    CLOSING,

    /** Some buses have a store, some subscriptions of which are durable. */
    STORES,

    /** Handlers of one event run side by side, and one handler waits for several events at once. */
    TOGETHER,

    /** Interceptors throw, refuse events and change them. */
    TROUBLE,

    /** Events are published again, dead letters tried again, history replayed. */
    AGAIN,
    ;

    companion object {
        fun draw(random: Random): Set<Danger> = entries.filterTo(HashSet()) { random.nextInt(3) == 0 }
    }
}
