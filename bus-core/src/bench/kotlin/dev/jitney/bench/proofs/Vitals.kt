// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import com.sun.management.UnixOperatingSystemMXBean
import kotlinx.serialization.Serializable
import java.lang.management.ManagementFactory
import java.nio.file.Path
import kotlin.io.path.exists
import kotlin.io.path.readLines

/** What a process uses at one moment. */
@Serializable
internal data class Vitals(
    val second: Long,
    val heapBytes: Long,
    val threads: Int,
    val files: Long,
    val directoryBytes: Long,
    val residentBytes: Long,
    val sent: Long,
    val handled: Long,
    val followed: Long,
) {
    companion object {
        private val SYSTEM = ManagementFactory.getOperatingSystemMXBean() as UnixOperatingSystemMXBean
        private val THREADS = ManagementFactory.getThreadMXBean()
        private val STATUS = Path.of("/proc/self/status")

        fun threads(): Int = THREADS.threadCount

        fun files(): Long = SYSTEM.openFileDescriptorCount

        /** The resident set, mapped files included; 0 where the system does not say. */
        fun residentBytes(): Long = if (!STATUS.exists()) {
            0
        } else {
            STATUS.readLines().first { it.startsWith("VmRSS:") }.filter { it.isDigit() }.toLong() * 1024
        }
    }
}
