// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import java.lang.management.ManagementFactory
import javax.management.ObjectName

/** Objects and bytes of each class that can be reached, as `jcmd GC.class_histogram` counts them. */
internal class Histogram private constructor(private val classes: Map<String, Row>) {
    data class Row(val objects: Long, val bytes: Long)

    val bytes: Long get() = classes.values.sumOf { it.bytes }

    /** What has been added since; classes that have not changed are not in it. */
    fun since(before: Histogram): Map<String, Row> = (classes.keys + before.classes.keys).associateWith { name ->
        val now = classes[name] ?: NONE
        val then = before.classes[name] ?: NONE
        Row(now.objects - then.objects, now.bytes - then.bytes)
    }.filterValues { it.bytes != 0L }

    companion object {
        private val NONE = Row(0, 0)
        private val COMMANDS = ObjectName("com.sun.management:type=DiagnosticCommand")
        private val LINE = Regex("""\s*\d+:\s+(\d+)\s+(\d+)\s+(\S+).*""")

        fun take(): Histogram {
            // The first collection may leave what finalizers and references still hold.
            repeat(2) { text() }
            val rows = HashMap<String, Row>()
            for (line in text().lineSequence()) {
                val (objects, bytes, name) = LINE.matchEntire(line)?.destructured ?: continue
                rows.merge(name, Row(objects.toLong(), bytes.toLong())) { a, b ->
                    Row(a.objects + b.objects, a.bytes + b.bytes)
                }
            }
            check(rows.size > FEW) { "The class histogram has only ${rows.size} classes." }
            return Histogram(rows)
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
