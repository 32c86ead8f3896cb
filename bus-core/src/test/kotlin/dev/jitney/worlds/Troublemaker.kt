// SPDX-License-Identifier: Apache-2.0
package dev.jitney.worlds

import dev.jitney.event.DeadLetter
import dev.jitney.event.Event
import dev.jitney.spi.DeliveryInfo
import dev.jitney.spi.Interceptor
import dev.jitney.spi.PublicationInfo
import dev.jitney.spi.ValidationException
import java.time.Duration
import java.util.concurrent.atomic.AtomicInteger

/** An interceptor that refuses some events, changes others, and throws out of every hook now and then (ERR-6). */
internal class Troublemaker(private val name: String, private val phase: Interceptor.Phase, seed: Int) : Interceptor {
    private val turns = AtomicInteger(seed)

    override fun name(): String = name

    override fun phase(): Interceptor.Phase = phase

    private fun trouble() {
        val turn = turns.incrementAndGet()
        if (turn % 5 == 0) throw IllegalStateException("trouble")
        if (turn % 97 == 0) throw StackOverflowError("trouble")
    }

    override fun observe(event: Event, origin: PublicationInfo.Origin): PublicationInfo.Observer? {
        trouble()
        return if (turns.get() % 7 == 0) null else this
    }

    override fun observe(delivery: DeliveryInfo): DeliveryInfo.Observer? {
        trouble()
        return if (turns.get() % 7 == 0) null else this
    }

    override fun beforePublish(event: Event): Event {
        trouble()
        val turn = turns.get()
        if (turn % 13 ==
            0
        ) {
            throw ValidationException(name, event, listOf(ValidationException.Problem.of("no, says $name")))
        }
        return if (turn % 3 == 0) event.withHeader("changed", name) else event
    }

    override fun enter(delivery: DeliveryInfo): AutoCloseable? {
        trouble()
        return if (turns.get() % 2 == 0) null else AutoCloseable { trouble() }
    }

    override fun refused(event: Event, cause: Throwable) = trouble()

    override fun pending(publication: PublicationInfo) = trouble()

    override fun published(publication: PublicationInfo) = trouble()

    override fun started(publication: PublicationInfo) = trouble()

    override fun completed(publication: PublicationInfo) = trouble()

    override fun handlerPending(delivery: DeliveryInfo) = trouble()

    override fun handlerStarted(delivery: DeliveryInfo) = trouble()

    override fun attemptStarted(delivery: DeliveryInfo) = trouble()

    override fun attemptEnded(delivery: DeliveryInfo) = trouble()

    override fun retryScheduled(delivery: DeliveryInfo, delay: Duration) = trouble()

    override fun deadLettered(letter: DeadLetter) = trouble()

    override fun handlerCompleted(delivery: DeliveryInfo) = trouble()
}
