// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.Event
import dev.jitney.event.Level
import dev.jitney.spi.EventReader
import dev.jitney.spi.EventStore
import dev.jitney.spi.StoreException

/** Stores events that were read once more, with new ids unless they are to be kept. */
internal class Copying(
    target: EventStore,
    private val topic: String?,
    private val keepIds: Boolean,
    private val pace: Pace,
    private val progress: (Long) -> Unit,
) {
    private val publisher = Publisher(target, Level.DISK) { _, _ -> }
    private var size = 0L

    /** Copies to the end and returns how many events were stored. */
    fun run(reader: EventReader): Long {
        try {
            while (true) {
                val stored = reader.next() ?: break
                pace.await(stored.event())
                publisher.add(copy(stored.event()))
                size += EventSizes.of(stored.event())
                if (pace.waits || publisher.waiting == BATCH || size >= BATCH_SIZE) flush()
            }
            flush()
        } catch (e: StoreException) {
            throw if (publisher.count == 0L) e else partial(e)
        }
        return publisher.count
    }

    private fun flush() {
        publisher.flush()
        size = 0
        progress(publisher.count)
    }

    private fun copy(event: Event): Event {
        val there = if (topic == null) event else event.withTopic(topic)
        return if (keepIds) there else there.renew().withHeader(REPLAY_OF, event.id())
    }

    private fun partial(e: StoreException): CliFailure {
        val failure = Failures.of(e)
        val were = if (publisher.count == 1L) "was" else "were"
        val message = "${failure.message} ${Sizes.events(publisher.count)} $were replayed before it."
        return CliFailure(failure.code, message, failure.hint, e, ExitCode.PARTIAL)
    }

    private companion object {
        const val BATCH = 500
        const val BATCH_SIZE = 1024L * 1024
        const val REPLAY_OF = "replayof"
    }
}
