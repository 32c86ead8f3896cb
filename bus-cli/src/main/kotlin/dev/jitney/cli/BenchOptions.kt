// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import com.github.ajalt.clikt.parameters.groups.OptionGroup
import com.github.ajalt.clikt.parameters.options.option
import dev.jitney.event.Event
import dev.jitney.event.Level
import java.io.FileInputStream
import java.io.IOException
import java.math.BigDecimal

/** The load of a benchmark; all is read and refused before anything runs. */
internal class BenchOptions : OptionGroup("Load") {
    private val duration by option("--duration", metavar = "DUR", help = "How long a run sends (default: 10s)")
    private val events by option("--events", metavar = "N", help = "Or how many; replay: how many there are (100000)")
    private val warmup by option("--warmup", metavar = "DUR", help = "How long before what counts (default: 3s)")
    private val runs by option("--runs", metavar = "N", help = "How many runs (default: 3)")
    private val size by option("--size", metavar = "BYTES", help = "Size of the payload (default: 256)")
    private val payload by option("--payload", metavar = "FILE", help = "Payload from a file")
    private val producers by option("--producers", metavar = "N", help = "Threads that send (default: 1)")
    private val handlers by option("--handlers", metavar = "N", help = "Handlers of each event (default: 1)")
    private val topics by option("--topics", metavar = "N", help = "Topics, in turn (default: 1)")
    private val keys by option("--keys", metavar = "N", help = "Ordering keys, in turn (default: none)")
    private val rate by option(
        "--rate",
        metavar = "N/s",
        help = "Open loop: 500, 20k or 1.5M/s, timed from when each was due (default: as fast as it can)",
    )
    private val level by option(
        "--level",
        metavar = "LEVEL",
        help = "Wait for the store: memory, os or disk (default: disk where there is a store)",
    )

    /** @throws CliFailure if a value is not accepted, or does not go with the scenario */
    fun plan(scenario: Scenario, stored: Boolean, existing: Boolean, io: Io): BenchPlan {
        check(scenario, existing)
        val events = events?.let { within("--events", it, 1, MOST_EVENTS) }
        val nanos = span("--duration", duration, DEFAULT_DURATION, least = 1)
        val level = level?.let(::levelOf)
        val storing = stored || level != null || scenario == Scenario.STORE || scenario == Scenario.REPLAY
        return BenchPlan(
            scenario = scenario,
            durationNanos = if (events == null && scenario != Scenario.REPLAY) nanos else 0,
            events = events ?: if (scenario == Scenario.REPLAY) DEFAULT_REPLAYED else 0,
            warmupNanos = span("--warmup", warmup, DEFAULT_WARMUP, least = 0),
            runs = number("--runs", runs, DEFAULT_RUNS, 1, MOST_RUNS),
            payload = payload(io),
            producers = number("--producers", producers, 1, 1, MOST_PRODUCERS),
            handlers = number("--handlers", handlers, 1, 1, MOST_HANDLERS),
            topics = number("--topics", topics, 1, 1, MOST_TOPICS),
            keys = number("--keys", keys, 0, 0, MOST_TOPICS),
            rate = rate?.let(::rateOf),
            level = if (storing) level ?: Level.DISK else null,
        )
    }

    private fun check(scenario: Scenario, existing: Boolean) {
        if (duration != null && events != null) refuse("'--duration' and '--events' exclude each other.")
        if (payload != null && size != null) refuse("'--payload' and '--size' exclude each other.")
        if (scenario == Scenario.STORE && handlers != null) refuse("'--handlers' is not for store: it has none.")
        if (scenario != Scenario.REPLAY) return
        if (existing && events != null) refuse("'--events' is not for a bus that is there: all of it is replayed.")
        for ((name, given) in listOf("--duration" to duration, "--producers" to producers, "--rate" to rate)) {
            if (given != null) refuse("'$name' is not for replay: a run is one pass over all events.")
        }
    }

    private fun refuse(message: String): Nothing = throw CliFailure(ErrorCode.USAGE, message, "bus bench --help")

    private fun number(option: String, text: String?, default: Int, least: Int, most: Int): Int =
        text?.let { within(option, it, least.toLong(), most.toLong()).toInt() } ?: default

    private fun within(option: String, text: String, least: Long, most: Long): Long =
        text.toLongOrNull()?.takeIf { it in least..most } ?: throw CliFailure(
            ErrorCode.USAGE,
            "'$option' is '$text', expected a whole number from $least to ${Sizes.count(most)}.",
        )

    private fun span(option: String, text: String?, default: String, least: Long): Long {
        val millis = Durations.require(option, text ?: default).toMillis()
        if (millis in least..MOST_MILLIS) return millis * NANOS_PER_MILLI
        throw CliFailure(ErrorCode.USAGE, "'$option' is '$text', expected ${if (least > 0) "1ms" else "0ms"} to 24h.")
    }

    private fun levelOf(name: String): Level = Level.values().firstOrNull { it.name.lowercase() == name }
        ?: throw CliFailure(ErrorCode.USAGE, "'--level' is '$name', expected memory, os or disk.")

    private fun rateOf(text: String): Double {
        val bare = text.removeSuffix("/s")
        val factor = when (bare.lastOrNull()) {
            'k' -> THOUSAND
            'M' -> THOUSAND * THOUSAND
            else -> 1.0
        }
        val digits = if (factor > 1) bare.dropLast(1) else bare
        val rate = runCatching { BigDecimal(digits).toDouble() * factor }.getOrNull()
        if (rate != null && rate >= LEAST_RATE && rate <= MOST_RATE) return rate
        throw CliFailure(
            ErrorCode.USAGE,
            "'--rate' is '$text', expected events a second such as 500, 20k or 1.5M/s, at least 0.01 and at most 100M.",
        )
    }

    private fun payload(io: Io): BenchPayload {
        val name = payload
        if (name == null) {
            val length = number("--size", size, DEFAULT_SIZE, 0, PayloadReading.MAX_PAYLOAD)
            return BenchPayload("x".repeat(length), ContentTypes.TEXT, length)
        }
        val bytes = try {
            FileInputStream(BusDirectory.path("--payload", name, io).toFile()).buffered().use {
                it.readNBytes(PayloadReading.MAX_PAYLOAD + 1)
            }
        } catch (e: IOException) {
            throw CliFailure(ErrorCode.INPUT, "'--payload' is '$name', which cannot be read.", cause = e)
        }
        val event = Event.builder(BenchPlan.TOPIC)
        PayloadReading(null).into(event, bytes, "'$name'")
        return event.build().let { BenchPayload(it.payload(), it.contentType(), bytes.size) }
    }

    private companion object {
        const val NANOS_PER_MILLI = 1_000_000L
        const val MOST_MILLIS = 24 * 3_600_000L
        const val THOUSAND = 1000.0
        const val LEAST_RATE = 0.01
        const val MOST_RATE = 1e8
        const val DEFAULT_DURATION = "10s"
        const val DEFAULT_WARMUP = "3s"
        const val DEFAULT_RUNS = 3
        const val DEFAULT_SIZE = 256
        const val DEFAULT_REPLAYED = 100_000L
        const val MOST_EVENTS = 1_000_000_000L
        const val MOST_RUNS = 100
        const val MOST_PRODUCERS = 64
        const val MOST_HANDLERS = 10_000
        const val MOST_TOPICS = 100_000
    }
}
