// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import java.lang.management.ManagementFactory
import java.nio.file.Files
import java.nio.file.Path
import javax.management.ObjectName
import kotlin.io.path.readLines
import kotlin.io.path.writeText

/** Objects and bytes of each class that can be reached, as `jcmd GC.class_histogram` counts them. */
internal class Histogram private constructor(private val file: Path) {
    /** Bytes by class that have been added since; classes that have not changed are not in it. Reads each only once. */
    fun since(before: Histogram): Map<String, Long> {
        val now = rows()
        val then = before.rows()
        return (now.keys + then.keys).associateWith { (now[it] ?: 0) - (then[it] ?: 0) }.filterValues { it != 0L }
    }

    private fun rows(): Map<String, Long> {
        val rows = HashMap<String, Long>()
        for (line in file.readLines()) {
            val (bytes, name) = LINE.matchEntire(line)?.destructured ?: continue
            rows.merge(name, bytes.toLong(), Long::plus)
        }
        check(rows.size > FEW) { "The class histogram has only ${rows.size} classes." }
        return rows
    }

    companion object {
        private val COMMANDS = ObjectName("com.sun.management:type=DiagnosticCommand")
        private val LINE = Regex("""\s*\d+:\s+\d+\s+(\d+)\s+(\S+).*""")

        fun take(): Histogram {
            // The first collection may leave what finalizers and references still hold.
            repeat(2) { text() }
            // In a file: kept as objects, the first would be counted by the second.
            val file = Files.createTempFile("histogram", ".txt")
            file.toFile().deleteOnExit()
            file.writeText(text())
            return Histogram(file)
        }

        private fun text(): String = ManagementFactory.getPlatformMBeanServer().invoke(
            COMMANDS,
            "gcClassHistogram",
            arrayOf<Any>(arrayOf<String>()),
            arrayOf(Array<String>::class.java.name),
        ) as String

        private const val FEW = 100
    }
}
