// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.HandlerResult
import dev.jitney.Publication
import dev.jitney.engine.plugin.OneLine
import dev.jitney.event.Event
import java.time.Duration
import java.time.Instant
import java.time.format.DateTimeFormatter
import java.time.format.DateTimeFormatterBuilder
import java.util.Locale

/**
 * How [EventTree] words an event and a handler's run: one line each, whatever stands in values, names and
 * messages, no longer than [SHOWN] characters for each of them.
 *
 * @param mask covers secrets in values and messages, before they are cut
 */
internal class EventTreeTexts(private val mask: (String) -> String = { it }) {

    fun name(event: Event): String = event.topic() + " " + shortId(event.id())

    fun event(publication: Publication): String {
        val results = publication.handlerResults()
        val event = publication.event()
        val start = results.mapNotNull { it.start() }.minOrNull() ?: event.time().takeIf { event.hasTime() }
        val end = if (publication.outcome() == null) null else results.mapNotNull { it.end() }.maxOrNull()
        val word = publication.outcome()?.name ?: publication.state().name
        return listOfNotNull(name(event), plain(word), start?.let(TIME::format), duration(start, end)).joined()
    }

    fun handler(result: HandlerResult): String = listOfNotNull(
        oneLine(result.subscription()),
        plain(result.state().name),
        if (result.attempts() > 1) "${result.attempts()} attempts" else null,
        duration(result.start(), result.end()),
        result.value()?.let { "→ " + value(it) },
        result.error()?.let { "! " + error(it) },
    ).joined()

    private fun List<String>.joined() = joinToString("  ")

    private fun plain(constant: String) = constant.lowercase(Locale.ROOT).replace('_', ' ')

    private fun duration(start: Instant?, end: Instant?): String? {
        if (start == null || end == null) return null
        val millis = Duration.between(start, end).toMillis()
        return when {
            millis < MILLIS_PER_SECOND -> "$millis ms"
            millis < MILLIS_PER_MINUTE -> "${millis / MILLIS_PER_SECOND}.${millis % MILLIS_PER_SECOND / 100} s"
            else -> "${millis / MILLIS_PER_MINUTE} min ${millis % MILLIS_PER_MINUTE / MILLIS_PER_SECOND} s"
        }
    }

    private fun value(value: Any): String = when (value) {
        is CharSequence -> "\"" + oneLine(value) + "\""
        is Event -> name(value)
        is Map<*, *> -> ask(value) { size(value.size, "entry", "entries") }.orEmpty()
        is Collection<*> -> ask(value) { size(value.size, "item", "items") }.orEmpty()
        is ByteArray -> size(value.size, "byte", "bytes")
        is Array<*> -> size(value.size, "item", "items")
        else -> oneLine(value)
    }

    private fun size(count: Int, one: String, more: String) = "$count ${if (count == 1) one else more}"

    private fun error(error: Throwable): String {
        val type = error.javaClass.name.substringAfterLast('.')
        val message = ask(error) { error.message } ?: return type
        return type + ": " + short(mask(message))
    }

    private fun oneLine(value: Any): String = short(mask(ask(value) { value.toString() }.orEmpty()))

    /** What a user's method returns; its class if that throws. */
    private inline fun ask(asked: Any, question: () -> String?): String? = try {
        question()
    } catch (_: Throwable) {
        asked.javaClass.name
    }

    private fun short(text: String): String {
        val cut = if (text.length <= SHOWN) text else text.substring(0, SHOWN).trimEnd(Char::isHighSurrogate) + "…"
        return OneLine.of(cut)
    }

    companion object {
        const val SHOWN: Int = 60
        private const val MILLIS_PER_SECOND = 1_000L
        private const val MILLIS_PER_MINUTE = 60_000L
        private const val UUID_LENGTH = 36
        private val TIME: DateTimeFormatter = DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT)
    }

    /**
     * The part of an id that tells it from its neighbours and is still found by a search for it: of a UUID
     * the middle, since ours share their beginning for a minute and their end for the life of a process.
     */
    private fun shortId(id: String): String = if (id.length == UUID_LENGTH && id[8] == '-' && id[23] == '-') {
        id.substring(9, 23)
    } else {
        short(id)
    }
}
