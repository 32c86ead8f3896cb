// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

internal object Scenarios {
    val rows: List<Row> = S1.rows + S2.rows + S3.rows + S4.rows + S5.rows + S6.rows + S7.rows + S8.rows + S9.rows +
        S10.rows + S11.rows + S12.rows + S13.rows
    val targets: List<Target> =
        S1.targets + S2.targets + S3.targets + S4.targets + S5.targets + S6.targets + S7.targets +
            S8.targets + S9.targets + S10.targets + S11.targets + S12.targets + S13.targets

    val names: List<String> = rows.map { it.scenario }.distinct()
}
