// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.DeadLetter
import dev.jitney.event.Event
import dev.jitney.spi.Masker
import dev.jitney.spi.PluginContext

private const val DEEPEST = 16
private const val UNMASKABLE = "[REDACTED]"

/**
 * Where the engine itself masks (RED-1): failures that go to the log, and events and dead letters that
 * are kept, if that was asked for.
 *
 * @param keeps whether what is kept is masked too
 */
internal class Masking(private val context: PluginContext, private val keeps: Boolean) {
    private val masker = context.masker()
    private val idle = masker === Masker.none()

    fun mask(text: String): String = masker.mask(text)

    /** The failure as the log may show it: itself, unless its message, or that of a cause, has a secret. */
    fun shown(error: Throwable): Throwable = try {
        if (idle || !hides(error, 0)) error else copy(error, 0)
    } catch (_: Throwable) {
        standIn(error)
    }

    private fun hides(error: Throwable, depth: Int): Boolean {
        if (depth > DEEPEST) return false
        val said = said(error)
        return mask(said) != said || beneath(error).any { hides(it, depth + 1) }
    }

    private fun copy(error: Throwable, depth: Int): MaskedFailure {
        val cause = error.cause?.takeIf { depth < DEEPEST }?.let { copy(it, depth + 1) }
        val copy = MaskedFailure(mask(said(error)), cause, error.stackTrace)
        if (depth < DEEPEST) error.suppressed.forEach { copy.addSuppressed(copy(it, depth + 1)) }
        return copy
    }

    private fun beneath(error: Throwable) = listOfNotNull(error.cause) + error.suppressed

    /** The event as the store gets it. Throws [dev.jitney.spi.EventFormatException] as the store would. */
    fun kept(event: Event): Event = if (keeps && !idle) masker.mask(event, context.eventFormat()) else event

    /** The letter as the sink gets it; one whose payload cannot be masked loses that. */
    fun kept(letter: DeadLetter): DeadLetter {
        if (!keeps || idle) return letter
        val event = try {
            masker.mask(letter.event(), context.eventFormat())
        } catch (_: Exception) {
            letter.event().withPayload(UNMASKABLE)
        }
        return DeadLetter.builder(event, letter.reason())
            .id(letter.id())
            .handler(letter.handler())
            .error(letter.errorClass(), mask(letter.errorMessage()), mask(letter.stack()))
            .attempts(letter.attempts())
            .firstTime(letter.firstTime())
            .lastTime(letter.lastTime())
            .retries(letter.retries())
            .build()
    }
}

/** Stands for a failure in the log, with its stack. Its message begins with the class of that failure. */
internal class MaskedFailure(message: String, cause: Throwable?, stack: Array<StackTraceElement>) :
    RuntimeException(message, cause) {
    init {
        stackTrace = stack
    }

    override fun fillInStackTrace(): Throwable = this

    override fun toString(): String = message!!
}
