// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import com.sun.management.GarbageCollectionNotificationInfo
import java.lang.management.ManagementFactory
import java.lang.management.MemoryType
import java.util.concurrent.atomic.AtomicLong
import javax.management.NotificationEmitter
import javax.management.openmbean.CompositeData

/** What the garbage collector tells: its pauses, and what it left. Pauses are known to a millisecond. */
internal class Pauses {
    val count = AtomicLong()
    val longestMillis = AtomicLong()
    val longestAskedMillis = AtomicLong()
    val totalMillis = AtomicLong()

    init {
        for (bean in ManagementFactory.getGarbageCollectorMXBeans()) {
            // Works beside the application.
            if ("Concurrent" in bean.name) continue
            (bean as NotificationEmitter).addNotificationListener({ notification, _ ->
                if (notification.type == GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION) {
                    val info = GarbageCollectionNotificationInfo.from(notification.userData as CompositeData)
                    val longest = if (info.gcCause == "System.gc()") longestAskedMillis else longestMillis
                    longest.accumulateAndGet(info.gcInfo.duration, Math::max)
                    count.incrementAndGet()
                    totalMillis.addAndGet(info.gcInfo.duration)
                }
            }, null, null)
        }
    }

    companion object {
        private val HEAP = ManagementFactory.getMemoryPoolMXBeans().filter { it.type == MemoryType.HEAP }

        /** Has all garbage collected; the bytes that are left, as the collector counts them. */
        fun liveBytes(): Long {
            System.gc()
            return HEAP.sumOf { it.collectionUsage?.used ?: 0 }
        }
    }
}
