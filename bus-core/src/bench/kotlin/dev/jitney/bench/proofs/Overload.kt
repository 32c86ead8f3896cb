// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import dev.jitney.Overflow
import dev.jitney.bench.Args
import dev.jitney.bench.BenchMain
import kotlinx.serialization.Serializable

/** What one policy has done with more than the handler can take. [failures] is empty if all is as it must be. */
@Serializable
internal data class Overloaded(
    val policy: String,
    val attempts: Long,
    val handled: Long,
    val dropped: Long,
    val refused: Long,
    val pending: Long,
    val mostPending: Int,
    val heapBytes: List<Long>,
    val shares: List<Double>,
    val times: Double,
    val failures: List<String>,
) {
    fun text(): String {
        val heap = heapBytes.joinToString { "%.1f".format(it / MEGA) }
        val each = shares.joinToString { "%.2f".format(it) }
        val counts = "published %,d = handled %,d + dropped %,d + refused %,d + pending %,d"
            .format(attempts, handled, dropped, refused, pending)
        val lines = listOf(
            "%-12s %s; offered %.1f times what was handled".format(policy, counts, times),
            "             most pending %,d, heap %s MB more than before, shares of the producers %s"
                .format(mostPending, heap, each),
        ) + failures.map { "             FAILED: $it" }
        return lines.joinToString("\n")
    }

    private companion object {
        const val MEGA = 1048576.0
    }
}

@Serializable
internal data class OverloadResult(val time: String, val machine: String, val rows: List<Overloaded>)

/** Four producers offer at least twice what one handler can take, with each policy. */
internal object Overload {
    fun run(args: Args): Int {
        val seconds = args.number("seconds", 6)
        val micros = args.number("micros", 20)
        val broken = args.text("break", "nothing")
        val file = ResultFile(args, "overload")
        args.check()
        require(broken in Flood.BREAKS) { "'break=$broken' is none of: ${Flood.BREAKS.joinToString()}." }
        println(
            "${file.time} ${BenchMain.machine()}; $seconds s a policy, the handler takes $micros us, broken: $broken",
        )
        val rows = Overflow.values().map { policy ->
            Flood(policy, seconds, micros, broken).run().also { println(it.text()) }
        }
        val result = OverloadResult(file.time, BenchMain.machine(), rows)
        file.write(OverloadResult.serializer(), result)
        return if (rows.all { it.failures.isEmpty() }) 0 else 1
    }
}
