// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import java.io.IOException
import java.lang.management.ManagementFactory
import java.nio.file.Files
import java.nio.file.Path

/** On what a benchmark has run; a figure without it says nothing. */
internal class BenchEnvironment(
    val java: String,
    val cores: Int,
    val os: String,
    /** The kind of file system that the store is on, or null without a store. */
    val fs: String?,
    val flags: List<String>,
    /** What waited for a processor before the benchmark began; null where nobody tells. */
    val load: Double?,
) {
    /** Whether the store is in memory, where a force is none. */
    val inMemory: Boolean get() = fs == "tmpfs" || fs == "ramfs"

    /** Whether others were at work. */
    val busy: Boolean get() = load != null && load > cores * BUSY

    companion object {
        private const val BUSY = 0.5

        fun of(store: Path?, load: Double?): BenchEnvironment {
            val runtime = ManagementFactory.getRuntimeMXBean()
            val system = ManagementFactory.getOperatingSystemMXBean()
            return BenchEnvironment(
                System.getProperty("java.version"),
                system.availableProcessors,
                "${system.name} ${system.arch}",
                store?.let(::fileSystem),
                runtime.inputArguments.filter { it.startsWith("-X") },
                load,
            )
        }

        /** Returns what waits for a processor, over the last minute; null where nobody tells. */
        fun load(): Double? = ManagementFactory.getOperatingSystemMXBean().systemLoadAverage.takeIf { it >= 0 }

        /** Returns how long garbage was collected in this process so far. */
        fun gcMillis(): Long =
            ManagementFactory.getGarbageCollectorMXBeans().sumOf { it.collectionTime.coerceAtLeast(0) }

        private fun fileSystem(path: Path): String? = try {
            Files.getFileStore(path).type()
        } catch (_: IOException) {
            null
        }
    }
}
