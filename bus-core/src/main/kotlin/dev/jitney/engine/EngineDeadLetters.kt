// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.DeadLetters
import dev.jitney.event.DeadLetter
import dev.jitney.event.Outcome
import dev.jitney.spi.DeadLetterSink
import dev.jitney.spi.DeadLetterSink.Filter
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage

/** The dead letters of a bus, and their way back to the handlers (ERR-5). */
internal class EngineDeadLetters(
    private val sink: DeadLetterSink,
    private val core: EngineCore,
    private val publisher: Publisher,
) : DeadLetters {
    override fun size(): Long = sink.size()

    override fun stats(): DeadLetterSink.Stats = sink.stats()

    override fun list(filter: Filter, limit: Int): List<DeadLetter> = sink.list(filter, limit)

    override fun get(id: String): DeadLetter? = sink.get(id)

    override fun remove(id: String): Boolean = sink.remove(id)

    override fun clear(filter: Filter): Long = sink.clear(filter)

    override fun retry(id: String): CompletionStage<Boolean> = try {
        val letter = requireNotNull(sink.get(id)) { "There is no dead letter '$id'." }
        retry(letter, Int.MAX_VALUE)
    } catch (e: Throwable) {
        CompletableFuture.failedFuture(e)
    }

    override fun retryAll(filter: Filter, mostRetries: Int): CompletionStage<Map<String, Boolean>> {
        require(mostRetries >= 1) { "Most retries '$mostRetries' is not valid. Use 1 or more." }
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
        retry(letter, mostRetries).handle { handled, _ -> handled ?: false }
    } catch (_: NoSuchElementException) {
        CompletableFuture.completedFuture(null)
    } catch (e: Exception) {
        engineLog.debug("Dead letter {} cannot be retried", letter.id(), e)
        CompletableFuture.completedFuture(false)
    }

    private fun retry(letter: DeadLetter, mostRetries: Int): CompletionStage<Boolean> {
        check(letter.line() == null) {
            "Dead letter '${letter.id()}' cannot be retried: its event could never be read. Look at its line."
        }
        val handler = if (letter.handler().isEmpty()) null else handlerOf(letter)
        val begun = sink.startRetry(letter.id(), mostRetries, core.clock.instant())
            ?: throw NoSuchElementException("Dead letter '${letter.id()}' has been removed or retried meanwhile.")
        if (letter.reason() == DeadLetter.Reason.VALIDATION_ERROR) publisher.check(letter.event())
        val extra = PublicationExtra().apply { only = handler }
        val publication = EnginePublication(letter.event(), core, Origin.REDELIVERED, extra)
        val ended = CompletableFuture<Boolean>()
        publication.onCompleted { ended.complete(settle(begun, publication)) }
        publisher.accept(publication, store = false).whenComplete { _, error ->
            if (error !=
                null
            ) {
                ended.completeExceptionally(error)
            }
        }
        return ended
    }

    private fun handlerOf(letter: DeadLetter): EngineSubscription {
        val found = core.routes.subscriptions().find {
            it.name() == letter.handler() && it.active() && it.matches(letter.event().topic())
        }
        return checkNotNull(found) {
            "Dead letter '${letter.id()}' cannot be retried: no subscription of bus '${core.name}' is named " +
                "'${letter.handler()}' and wants '${letter.event().topic()}'."
        }
    }

    private fun settle(letter: DeadLetter, publication: EnginePublication): Boolean {
        if (publication.outcome() == Outcome.HANDLED) {
            sink.remove(letter.id())
            return true
        }
        val failed = publication.handlerResults().firstOrNull { it.error() != null }
        val error = failed?.error() ?: publication.cause()
        val update = letter.toBuilder().attempts(letter.attempts() + (failed?.attempts() ?: 0))
        if (error != null) update.error(error) else update.error("", publication.reason(), "")
        sink.update(update.build())
        return false
    }
}
