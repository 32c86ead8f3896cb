// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

/** One contestant at work in a scenario, in a JVM of its own. */
internal abstract class Contest : AutoCloseable {
    /**
     * Has a batch of events handled, to the last one, checks what handlers have summed up and returns how many
     * events it was.
     */
    abstract fun batch(): Long

    /** Batches for as long as the round takes; what else is to be measured comes after them. */
    open fun round(round: Round) {
        round.measure { batch() }
    }

    override fun close() {}
}

/** A stretch of measuring, and what came of it. */
internal class Round(
    val nanos: Long,
    /** Whether the outcome of each publication is read: half the rounds do. */
    val reads: Boolean,
    val warmUp: Boolean,
) {
    val metrics: MutableMap<String, Double> = sortedMapOf()

    fun measure(batch: () -> Long) {
        val meter = Meter.now()
        val end = System.nanoTime() + nanos
        var events = 0L
        do {
            events += batch()
        } while (System.nanoTime() < end)
        meter.since(events, metrics)
    }

    fun metric(name: String, value: Double) {
        metrics[name] = value
    }

    fun latencies(prefix: String, of: Latencies) {
        metric("${prefix}p50", of.quantile(0.5))
        metric("${prefix}p99", of.quantile(0.99))
        metric("${prefix}max", of.max.toDouble())
    }
}

internal enum class Kind { OURS, PEER, LIMIT }

/** What SLF4J is bound to, whatever else is on the class path. */
internal enum class Logging(val provider: String) {
    NONE("org.slf4j.helpers.NOP_FallbackServiceProvider"),
    LOGBACK("ch.qos.logback.classic.spi.LogbackServiceProvider"),
}

/** What a contestant has beside handing events on: history, results, isolation of failures, durability. */
internal enum class Features(val text: String) {
    ALL("H R I -"),
    DURABLE("H R I D"),
    ISOLATION("- - I -"),
    REPLIES("- R I -"),
    NONE("- - - -"),
}

/** One row of the table: a contestant in one part of a scenario. */
internal class Row(
    val scenario: String,
    val part: String,
    val name: String,
    val kind: Kind,
    val features: Features,
    /** Whether it stands for its scenario in the smoke form. */
    val smoke: Boolean = false,
    val logging: Logging = Logging.NONE,
    val open: () -> Contest,
) {
    val id: String get() = "$scenario/$part/$name"
}

internal inline fun check(ok: Boolean, message: () -> String) {
    if (!ok) throw AssertionError(message())
}
