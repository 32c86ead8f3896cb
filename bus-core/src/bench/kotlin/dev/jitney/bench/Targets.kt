// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

/** What a row of ours is to reach. */
internal class Target(
    /** The row's id. */
    val row: String,
    val metric: String = "ns",
    /** At most so much; or, with rows to compare with, at most so many times the least of theirs. */
    val atMost: Double? = null,
    /** At most so much more than the row to compare with. */
    val more: Double? = null,
    /** At least so many times as fast as the fastest of those. */
    val times: Double? = null,
    val than: List<String> = emptyList(),
)

internal class Verdict(val target: Target, val text: String, val reached: Boolean?)

/** Says of each target whether it was reached: null where that cannot be said. */
internal object Judge {
    fun judge(targets: List<Target>, rows: Map<String, RowResult>): List<Verdict> = targets.mapNotNull { target ->
        val row = rows[target.row] ?: return@mapNotNull null
        judge(target, row, rows)?.let { ifWarm(it, row) }
    }

    private fun ifWarm(verdict: Verdict, row: RowResult): Verdict {
        val jit = row.metrics[Fork.JIT]?.median ?: 0.0
        if (jit <= Fork.BUSY_MILLIS || verdict.target.metric == "bytes") return verdict
        return Verdict(verdict.target, "${verdict.text}; not warm, ${number(jit)} ms of compiling a round", null)
    }

    private fun judge(target: Target, row: RowResult, rows: Map<String, RowResult>): Verdict? {
        val ours = row.metrics[target.metric] ?: return null
        val subject = "${target.row} ${target.metric}"
        if (target.than.isEmpty()) {
            val most = target.atMost ?: return null
            return Verdict(target, "$subject ${number(ours.median)}, at most ${number(most)}", ours.median <= most)
        }
        val peer = target.than.mapNotNull { rows[it] }
            .filter { target.metric in it.metrics }
            .minByOrNull { it.metrics.getValue(target.metric).median } ?: return null
        val theirs = peer.metrics.getValue(target.metric)
        val ratio = theirs.median / ours.median
        if (target.times != null) {
            val far = if (target.times < 1) ours.median <= theirs.median / target.times else ours.q3 < theirs.q1
            val reached = if (ratio < target.times) {
                false
            } else if (far) {
                true
            } else {
                null
            }
            val text = "$subject: ${number(ratio)} x as fast as ${peer.name}, at least ${number(target.times)}"
            return Verdict(target, if (reached == null) "$text, but the ranges overlap" else text, reached)
        }
        if (target.more != null) {
            val more = ours.median - theirs.median
            val text = "$subject: ${number(more)} more than ${peer.name}, at most ${number(target.more)}"
            return Verdict(target, text, more <= target.more)
        }
        val most = target.atMost ?: return null
        val text = "$subject: ${number(1 / ratio)} x that of ${peer.part} ${peer.name}, at most ${number(most)}"
        return Verdict(target, text, 1 / ratio <= most)
    }
}
