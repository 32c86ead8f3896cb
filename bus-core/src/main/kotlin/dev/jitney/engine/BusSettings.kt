// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Completion
import dev.jitney.Dispatch
import dev.jitney.HandlerOrder
import dev.jitney.Ordering
import dev.jitney.Overflow
import dev.jitney.event.Level
import java.time.Duration
import java.time.InstantSource

/** What a bus was set up with. */
internal class BusSettings(
    val name: String,
    val clock: InstantSource,
    val deliverAfter: Level?,
    val pendingLimit: Int,
    val overflow: Overflow,
    val duplicateWindow: Int,
    val duplicateAge: Duration,
    val closeLimit: Duration,
    val ordering: Ordering,
    val lanes: Int,
    val parallelism: Int,
    val group: EngineBus?,
    val handlerOrder: HandlerOrder,
    val completion: Completion,
    val dispatch: Dispatch,
    val handlerTimeout: Duration,
    val eventTimeout: Duration,
    val slowHandler: Duration,
    val slowEvent: Duration,
    val abandonedLimit: Int,
    val generationLimit: Int,
    val historyLimit: Int,
    val noiseThreshold: Int,
    val noiseWindow: Duration?,
    val maskStored: Boolean,
)
