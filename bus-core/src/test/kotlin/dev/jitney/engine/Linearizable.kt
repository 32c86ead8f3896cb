// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import org.jetbrains.lincheck.datastructures.StressOptions

/**
 * Runs random operations of [structure] on three threads, some hundred times for each of some scenarios, and
 * fails unless the results are those that [model], used by one thread, gives in some order of the operations.
 * -Djitney.lincheck.times=… tries so many times as many scenarios.
 */
internal fun linearizable(structure: Class<*>, model: Class<*>) {
    StressOptions()
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(2)
        .actorsAfter(2)
        .iterations(6 * Integer.getInteger("jitney.lincheck.times", 1))
        .invocationsPerIteration(300)
        .sequentialSpecification(model)
        .check(structure)
}
