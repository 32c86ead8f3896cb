// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import java.time.Duration

/** How long a caller waits on whose thread an event runs. */
internal enum class CallerWaits {
    FOR_EVER,
    FOR_SOME_TIME,
    ;

    /** Whether it may run the handlers of the event on this bus itself (ORD-10). */
    fun mayRun(on: EngineCore, publication: EnginePublication): Boolean {
        if (this == FOR_EVER) return true
        val topic = publication.topic
        // A forwarded event is asked about where it comes from.
        val route = if (topic.owner === on) on.routes.of(topic) else on.routes.of(topic.name)
        return !route.blocking
    }

    companion object {
        fun of(limit: Duration): CallerWaits = if (limit.isZero) FOR_EVER else FOR_SOME_TIME
    }
}
