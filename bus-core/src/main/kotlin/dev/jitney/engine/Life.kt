// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.BusClosedException
import java.time.Instant
import java.time.InstantSource
import java.time.temporal.ChronoUnit
import java.util.concurrent.atomic.AtomicReference

/** Whether a bus takes calls. It goes from open over draining to closed and never back. */
internal class Life(private val bus: String, private val clock: InstantSource) {
    private enum class Phase { OPEN, DRAINING, CLOSED }

    private class Now(val phase: Phase, val since: Instant?)

    private val now = AtomicReference(Now(Phase.OPEN, null))

    val open: Boolean get() = now.get().phase == Phase.OPEN

    val closed: Boolean get() = now.get().phase == Phase.CLOSED

    fun drain() {
        val open = now.get()
        if (open.phase == Phase.OPEN) now.compareAndSet(open, Now(Phase.DRAINING, instant()))
    }

    fun close(): Unit = now.set(Now(Phase.CLOSED, instant()))

    /**
     * Throws if the bus is closed, or draining unless the call is [onBehalf] of an event that
     * is being handled: what that publishes belongs to finishing it.
     */
    fun check(onBehalf: Boolean) {
        val seen = now.get()
        when (seen.phase) {
            Phase.OPEN -> Unit

            Phase.DRAINING -> if (!onBehalf) {
                throw BusClosedException("Bus '$bus' has been draining since ${seen.since} and takes no more events.")
            }

            Phase.CLOSED -> throw BusClosedException("Bus '$bus' was closed at ${seen.since}. Build a new one.")
        }
    }

    private fun instant(): Instant = clock.instant().truncatedTo(ChronoUnit.MILLIS)
}
