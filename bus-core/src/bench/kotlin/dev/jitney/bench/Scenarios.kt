// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

internal object Scenarios {
    val rows: List<Row> = S1.rows + S2.rows + S3.rows + S4.rows + S5.rows
    val targets: List<Target> = S1.targets + S2.targets + S3.targets + S4.targets + S5.targets
}
