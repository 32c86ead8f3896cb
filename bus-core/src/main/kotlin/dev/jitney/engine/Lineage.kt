// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine
internal class Lineage {
    companion object {
        fun next(p: Lineage?, s: Long, n: String, t: String, id: String, limit: Int): Lineage = Lineage()
    }
}
