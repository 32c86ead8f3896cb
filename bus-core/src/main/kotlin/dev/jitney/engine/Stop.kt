// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.DeliveryState
import dev.jitney.event.Outcome

/** Why an event ends before its handlers have (TMO-3, TMO-4, LIF-2). */
internal class Stop(
    val outcome: Outcome,
    val reason: String,
    val cause: Throwable?,
    /** What becomes of handlers that run. */
    val running: DeliveryState = DeliveryState.CANCELLED,
)
