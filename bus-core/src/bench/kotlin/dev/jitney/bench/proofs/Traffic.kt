// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import dev.jitney.EventBus
import dev.jitney.SubscribeOptions
import dev.jitney.bench.TOPIC
import dev.jitney.event.Event
import dev.jitney.spi.Position
import kotlinx.serialization.Serializable
import java.util.concurrent.locks.LockSupport
import kotlin.concurrent.thread

/** A payload that makes an event of some 300 bytes in the log. */
@Serializable
internal class Tick(val seq: Long, val at: Long, val text: String)

/**
 * An open loop of numbered events on a bus with a store, a handler and a durable subscription. Events are due
 * in bursts, one each millisecond; latencies count from when an event was due, so a sender that is held up is counted.
 */
internal class Traffic(
    private val bus: EventBus,
    private val rate: Int,
    private val seconds: Long,
    private val sabotage: Sabotage?,
) {
    val handled = Tally()
    val followed = Tally()
    val published = Split()
    val delivered = Split()

    @Volatile
    var sent: Long = 0
        private set

    /** Set until the first sample, as warm-up, and while the measurement asks for a collection and its backlog is there. */
    @Volatile
    var disturbed: Boolean = true

    @Volatile
    var failure: Throwable? = null
        private set

    private val sender = thread(start = false, name = "sender") {
        try {
            send()
        } catch (e: Exception) {
            failure = e
        }
    }

    fun start() {
        bus.subscribe(TOPIC) { event ->
            val tick = event.payload(Tick::class.java)!!
            handled.add(tick.seq)
            sabotage?.keep(tick)
            delivered.add(System.nanoTime() - tick.at, disturbed)
        }
        val durable = SubscribeOptions.builder().name("follower").durable("follower", Position.start()).build()
        bus.subscribe(TOPIC, durable) { event -> followed.add(event.payload(Tick::class.java)!!.seq) }
        sender.start()
    }

    val running: Boolean get() = sender.isAlive

    private fun send() {
        val begin = System.nanoTime()
        val burst = rate / BURSTS
        for (tick in 0 until seconds * BURSTS) {
            val at = begin + tick * NANOS
            sleepUntil(at)
            repeat(burst) {
                val seq = sent
                if (sabotage?.lose(seq) != true) bus.publish(event(seq, at))
                if (sabotage?.again(seq) == true) bus.publish(event(seq, at))
                sent = seq + 1
                published.add(System.nanoTime() - at, disturbed)
            }
        }
    }

    private fun event(seq: Long, at: Long) = Event.of(TOPIC, Tick(seq, at, TEXT))

    private fun sleepUntil(at: Long) {
        var left = at - System.nanoTime()
        while (left > 0) {
            LockSupport.parkNanos(left)
            left = at - System.nanoTime()
        }
    }

    companion object {
        const val BURSTS = 1_000
        private const val NANOS = 1_000_000_000L / BURSTS
        private val TEXT = "x".repeat(60)
    }
}
