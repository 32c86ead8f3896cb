// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.Level

/** What `bus bench` measures. */
internal enum class Scenario(val what: String) {
    /** How long a publisher is held up. */
    PUBLISH("from publish to its return"),

    /** How long an event takes to the end of its handlers. */
    E2E("from publish to each handler"),

    /** How fast stored events go through the handlers again. */
    REPLAY("from one replayed event to the next"),

    /** How long the store takes to acknowledge. */
    STORE("from append to its acknowledgement"),
    ;

    val label: String get() = name.lowercase()
}

/** One load, as the command line describes it. */
internal class BenchPlan(
    val scenario: Scenario,
    /** How long a run sends, in nanoseconds; 0 where [events] says how much. */
    val durationNanos: Long,
    /** How many events a run sends; 0 where [durationNanos] says how long. */
    val events: Long,
    val warmupNanos: Long,
    val runs: Int,
    val payload: BenchPayload,
    val producers: Int,
    val handlers: Int,
    val topics: Int,
    val keys: Int,
    /** Events a second of all producers together; null sends as fast as it can. */
    val rate: Double?,
    /** What is waited for; null without a store. */
    val level: Level?,
) {
    private val names = if (topics == 1) listOf(TOPIC) else List(topics) { "$TOPIC$it" }
    private val keyNames = List(keys) { "k$it" }

    /** Returns the topic of the event with this number. */
    fun topic(number: Long): String = names[(number % topics).toInt()]

    /** Returns the key of the event with this number, or null without keys. */
    fun key(number: Long): String? = if (keys == 0) null else keyNames[(number % keys).toInt()]

    companion object {
        const val TOPIC = "bench.event"
        const val PATTERN = "bench.*"
    }
}

/** The payload that every event has. */
internal class BenchPayload(val value: Any?, val contentType: String?, val size: Int)
