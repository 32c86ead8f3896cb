// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

internal object Scenarios {
    val rows: List<Row> = S1.rows
    val targets: List<Target> = S1.targets
}
