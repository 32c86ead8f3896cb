// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.DeadLetters
import dev.jitney.Overflow
import dev.jitney.engine.plugin.OneLine
import dev.jitney.event.DeadLetter
import dev.jitney.event.DeadLetter.Reason
import dev.jitney.event.Outcome
import dev.jitney.spi.DeadLetterSink
import dev.jitney.spi.DeadLetterSink.Filter
import dev.jitney.spi.ValidationException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage

/** The dead letters of a bus, and their way back to the handlers (ERR-5). */
internal class EngineDeadLetters(
    private val sink: DeadLetterSink,
    private val core: EngineCore,
    private val publisher: Publisher,
) : DeadLetters {
    override fun size(): Long = asked { sink.size() }

    override fun stats(): DeadLetterSink.Stats = asked { sink.stats() }

    override fun list(filter: Filter, limit: Int): List<DeadLetter> {
        require(limit >= 0) { "Limit '$limit' is negative. Use zero or more." }
        return asked { sink.list(filter, limit) }
    }

    override fun get(id: String): DeadLetter? = asked { sink.get(id) }

    override fun remove(id: String): Boolean = asked { sink.remove(id) }

    override fun clear(filter: Filter): Long = asked { sink.clear(filter) }

    // A sink that closes with its bus says so itself, but not since when (LIF-2).
    private inline fun <T> asked(question: () -> T): T = try {
        question()
    } catch (e: IllegalStateException) {
        core.life.check(onBehalf = true)
        throw e
    }

    override fun retry(id: String): CompletionStage<Boolean> = try {
        checkLife()
        requireNotNull(sink.get(id)?.let { retry(it, Int.MAX_VALUE) }) { "There is no dead letter '$id'." }
    } catch (e: Throwable) {
        CompletableFuture.failedFuture(e)
    }

    override fun retryAll(filter: Filter, mostRetries: Int): CompletionStage<Map<String, Boolean>> {
        require(mostRetries >= 1) { "Most retries '$mostRetries' is not valid. Use 1 or more." }
        return try {
            checkLife()
            tryAll(filter, mostRetries)
        } catch (e: Throwable) {
            CompletableFuture.failedFuture(e)
        }
    }

    // Before the sink is looked at, which may be closed as well.
    private fun checkLife(): Unit = core.life.check(core.onBehalfOfHandler())

    private fun tryAll(filter: Filter, mostRetries: Int): CompletionStage<Map<String, Boolean>> {
        val done = LinkedHashMap<String, Boolean>()
        var all: CompletionStage<*> = CompletableFuture.completedFuture(null)
        for (letter in sink.list(filter, Int.MAX_VALUE).asReversed()) {
            if (letter.retries() >= mostRetries) continue
            all = all.thenCompose {
                attempt(letter, mostRetries).thenAccept { handled -> if (handled != null) done[letter.id()] = handled }
            }
        }
        return all.thenApply { done }
    }

    /** Null for a letter that someone else has retried or removed meanwhile. */
    private fun attempt(letter: DeadLetter, mostRetries: Int): CompletionStage<Boolean?> = try {
        retry(letter, mostRetries)?.handle { handled, _ -> handled ?: false } ?: CompletableFuture.completedFuture(null)
    } catch (e: Exception) {
        engineLog.debug("Dead letter {} cannot be retried", OneLine.of(letter.id()), e)
        CompletableFuture.completedFuture(false)
    }

    /** Null if the letter is there no more, or has had enough. */
    private fun retry(letter: DeadLetter, mostRetries: Int): CompletionStage<Boolean>? {
        checkLife()
        check(letter.line() == null) {
            "Dead letter '${letter.id()}' cannot be retried: its event could never be read. Look at its line."
        }
        val handler = if (letter.handler().isEmpty()) null else handlerOf(letter)
        val now = core.clock.instant()
        val begun = synchronized(sink) { sink.startRetry(letter.id(), mostRetries, now) } ?: return null
        val publication = try {
            publicationOf(begun, handler)
        } catch (refusal: ValidationException) {
            change(begun) { error(refusal) }
            return CompletableFuture.completedFuture(false)
        }
        val ended = CompletableFuture<Boolean>()
        publication.onCompleted { ended.completeAsync({ settle(begun, publication) }, Runnable::run) }
        publisher.accept(publication, wasNotStored(letter)).whenComplete { _, error ->
            if (error != null) publication.complete(Outcome.REJECTED, "The bus did not take the event.", error)
        }
        return ended
    }

    private fun handlerOf(letter: DeadLetter): EngineSubscription {
        val named = core.routes.subscriptions().filter {
            it.name() == letter.handler() && it.active() && it.matches(letter.event().topic())
        }
        // Of several of one name the one that has failed, if it is still there.
        val failed = core.letters.handlerOf(letter)
        return checkNotNull(named.find { it.sequence == failed } ?: named.firstOrNull()) {
            "Dead letter '${letter.id()}' cannot be retried: no subscription of bus '${core.name}' is named " +
                "'${letter.handler()}' and wants '${letter.event().topic()}'."
        }
    }

    private fun publicationOf(letter: DeadLetter, handler: EngineSubscription?): EnginePublication {
        val options = core.letters.optionsOf(letter)
        if (letter.reason() == Reason.VALIDATION_ERROR) return publisher.preparing.prepareAgain(letter.event(), options)
        val extra = PublicationExtra(options)
        extra.only = handler
        return EnginePublication(letter.event(), core, Origin.REDELIVERED, extra)
    }

    // What was given up before it was accepted has its way through the store still to go.
    private fun wasNotStored(letter: DeadLetter): Boolean = when (letter.reason()) {
        Reason.VALIDATION_ERROR, Reason.SERIALIZATION_ERROR -> true
        Reason.OVERFLOW -> core.settings.overflow != Overflow.DROP_OLDEST
        else -> false
    }

    private fun settle(letter: DeadLetter, publication: EnginePublication): Boolean {
        if (publication.outcome()!!.ok()) {
            sink.remove(letter.id())
            return true
        }
        val failed = publication.handlerResults().filter { it.error() != null }
        val error = failed.firstOrNull()?.error() ?: publication.cause()
        change(letter) {
            attempts(it.attempts() + failed.sumOf { result -> result.attempts() })
            if (error != null) error(error) else error("", publication.reason(), "")
        }
        return false
    }

    /**
     * Changes the letter as it is by now: another retry may have begun or failed meanwhile. All that read letters
     * and write them back, on all buses that share the sink, exclude each other by the sink itself.
     */
    private fun change(letter: DeadLetter, how: DeadLetter.Builder.(DeadLetter) -> Unit) {
        synchronized(sink) {
            val now = sink.get(letter.id()) ?: return
            sink.update(core.masking.kept(now.toBuilder().apply { how(now) }.build()))
        }
    }
}
