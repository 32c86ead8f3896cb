// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import dev.jitney.EventBus
import dev.jitney.Publication
import dev.jitney.event.Event
import dev.jitney.event.Level
import java.nio.file.Files
import java.nio.file.Path
import java.util.Comparator
import java.util.concurrent.CountDownLatch
import kotlin.io.path.createDirectories
import kotlin.io.path.deleteExisting

/**
 * Durable publish at each level. In depth this is measured by the benchmarks of the file store; here it stands beside the
 * rest. The file store takes part where it is on the class path.
 */
internal object S11 {
    private const val S = "S11"
    private const val FLOW = "durable publish, to the last one stored"
    private const val EACH = "durable publish, each awaited"
    private val FILE = isThere("dev.jitney.store.file.FileEventStoreProvider")

    val rows: List<Row> = listOf(
        row(FLOW, "Jitney, memory store", smoke = true) { Durable("memory:", Level.MEMORY, each = false) },
        row(EACH, "Jitney, memory store") { Durable("memory:", Level.MEMORY, each = true) },
    ) + if (!FILE) {
        emptyList()
    } else {
        listOf(Level.OS, Level.DISK).flatMap { level ->
            listOf(
                row(FLOW, "Jitney, file store, level $level") { Durable(null, level, each = false) },
                row(EACH, "Jitney, file store, level $level") { Durable(null, level, each = true) },
            )
        }
    }

    // The store's own benchmarks have them.
    val targets: List<Target> = emptyList()

    private fun row(part: String, name: String, smoke: Boolean = false, open: () -> Contest) =
        Row(S, part, name, Kind.OURS, Features.DURABLE, smoke, open = open)

    private fun isThere(name: String): Boolean = try {
        Class.forName(name, false, S11::class.java.classLoader)
        true
    } catch (_: ClassNotFoundException) {
        false
    }
}

/** Events are strings, which any store can write; one handler, which runs after the event is at its level. */
internal class Durable(location: String?, private val level: Level, private val each: Boolean) : Contest() {
    private val folder: Path? = if (location == null) folder() else null
    private val bus: EventBus = ourBus { store(location ?: "file:${folder!!}").deliverAfter(level) }
    private val texts = Array(KINDS) { "value $it" }
    private var reads = false
    private var sum = 0L
    private var count = 0L
    private var goal = Long.MAX_VALUE
    private var expected = 0L

    @Volatile
    private var reached = CountDownLatch(0)

    init {
        bus.subscribe(TOPIC) { event ->
            val text = event.payload(String::class.java)!!
            sum += text.substring(PREFIX).toInt()
            if (++count == goal) reached.countDown()
        }
    }

    override fun round(round: Round) {
        reads = round.reads
        super.round(round)
    }

    override fun batch(): Long {
        val events = if (each) AWAITED else FLOWING
        val done = CountDownLatch(1)
        reached = done
        goal = count + events
        var last: Publication? = null
        for (i in 0 until events) {
            expected += i % KINDS
            val event = Event.of(TOPIC, texts[i % KINDS])
            if (!each) {
                last = bus.publish(event)
            } else {
                last = bus.publishAndJoin(event, NO_LIMIT)
                last.stored(level).toCompletableFuture().join()
                if (reads) readOutcome(last)
            }
        }
        last!!.stored(level).toCompletableFuture().join()
        await(done)
        check(sum == expected) { "The handler has summed $sum, not $expected." }
        return events.toLong()
    }

    override fun close() {
        bus.close()
        if (folder != null) remove(folder)
    }

    private companion object {
        const val KINDS = 1000
        const val PREFIX = 6
        const val FLOWING = 5_000
        const val AWAITED = 50

        // Beside the results, on a real disk: a temporary folder may be in memory.
        fun folder(): Path {
            val root = Path.of("target", "bench").createDirectories()
            check(Files.getFileStore(root).type() !in listOf("tmpfs", "ramfs")) { "'$root' is in memory." }
            return Files.createTempDirectory(root, "store")
        }

        fun remove(folder: Path) {
            Files.walk(folder).use { all -> all.sorted(Comparator.reverseOrder()).forEach { it.deleteExisting() } }
        }
    }
}
