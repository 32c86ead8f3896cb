// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.HandlerResult
import dev.jitney.event.DeliveryState
import dev.jitney.event.Event
import java.time.Instant
import java.util.Collections

/**
 * What a publication keeps of one of its handlers: a [HandlerRun] from when somebody asks for one, or something smaller
 * where the handler only returned, and in history (HIS-1). All but the run are never changed, but replaced:
 *
 * | | bytes | for a handler that |
 * |---|---|---|
 * | [QuietRecord] | 32, one for all events within a millisecond | returned null; one of its own where others look on |
 * | [ForwardedRecord] | 32, the same | is another bus, and took the event |
 * | [ValueRecord] | 24 | returned a value, within a minute of its event's time |
 * | [KeptResult] | 48 | did anything else, or at any other time |
 * | [HandlerRun] | 80 | runs, or may still wait for events of its own |
 */
internal sealed class HandlerRecord {
    abstract val handler: HandlerName

    abstract fun state(): DeliveryState

    abstract fun value(): Any?

    abstract fun error(): Throwable?

    /** Whether users see it: that a forwarding has worked is seen on the other bus. */
    open val shown: Boolean get() = true

    /** What users see of it; [event] is that of its publication. */
    abstract fun result(event: Event): HandlerResult

    /** The same of one that is not changed any more, to which something is to be added. */
    abstract fun kept(event: Event): KeptResult
}

/** A handler has returned null: the same for all its events that it began and ended within one millisecond. */
internal open class QuietRecord(
    override val handler: HandlerName,
    private val startMillis: Long,
    private val endMillis: Long,
) : HandlerRecord(), HandlerResult {
    /** Whether that is when it began and ended. */
    fun isOf(startMillis: Long, endMillis: Long): Boolean =
        this.startMillis == startMillis && this.endMillis == endMillis

    override fun subscriptionId(): String = handler.id()

    override fun subscription(): String = handler.name()

    override fun state(): DeliveryState = DeliveryState.COMPLETED

    override fun value(): Any? = null

    override fun error(): Throwable? = null

    override fun start(): Instant = Instant.ofEpochMilli(startMillis)

    override fun end(): Instant = Instant.ofEpochMilli(endMillis)

    override fun attempts(): Int = 1

    override fun published(): List<Event> = Collections.emptyList()

    override fun result(event: Event): HandlerResult = this

    override fun kept(event: Event): KeptResult = KeptResult.returned(handler, startMillis, endMillis, null)

    override fun toString(): String = "${handler.name()}: ${state()}"
}

/** A forwarding has worked. */
internal class ForwardedRecord(handler: HandlerName, startMillis: Long, endMillis: Long) :
    QuietRecord(handler, startMillis, endMillis) {
    override val shown: Boolean get() = false
}

/**
 * A handler has returned a value in its first attempt and published nothing. [times] are, in milliseconds, when it
 * began, counted from [EARLIEST] before its event's time, and how long it took, in 16 bits each. Where they do
 * not fit there is a [KeptResult] instead: of events whose time is not that of their publishing, as those that are
 * replayed, and of handlers that begin or take over a minute later.
 */
internal class ValueRecord private constructor(
    override val handler: HandlerName,
    private val value: Any,
    private val times: Int,
) : HandlerRecord() {
    override fun state(): DeliveryState = DeliveryState.COMPLETED

    override fun value(): Any = value

    override fun error(): Throwable? = null

    override fun result(event: Event): HandlerResult = kept(event)

    override fun kept(event: Event): KeptResult {
        val start = base(event) + (times ushr BITS)
        return KeptResult.returned(handler, start, start + (times.toLong() and MASK), value)
    }

    companion object {
        private const val BITS = 16
        private const val MASK = (1L shl BITS) - 1

        /** So many milliseconds before its event's time a handler may begin: clocks are coarse. */
        const val EARLIEST: Long = 1_000

        // Sums wrap: what is taken off is put on again.
        private fun base(event: Event): Long = try {
            event.timeMillis() - EARLIEST
        } catch (_: ArithmeticException) {
            0
        }

        /** The record of a handler that began and ended at these moments. */
        fun of(event: Event, handler: HandlerName, startMillis: Long, endMillis: Long, value: Any): HandlerRecord {
            val begun = startMillis - base(event)
            val took = endMillis - startMillis
            return if (begun in 0L..MASK && took in 0L..MASK) {
                ValueRecord(handler, value, (begun.toInt() shl BITS) or took.toInt())
            } else {
                KeptResult.returned(handler, startMillis, endMillis, value)
            }
        }
    }
}

/** All that there is to say of a handler. [made] is its value if it has completed, else its error. */
internal class KeptResult(
    override val handler: HandlerName,
    private val startMillis: Long,
    private val endMillis: Long,
    private val attempts: Int,
    private val state: DeliveryState,
    private val made: Any?,
    private val published: List<Event>,
) : HandlerRecord(), HandlerResult {
    override fun subscriptionId(): String = handler.id()

    override fun subscription(): String = handler.name()

    override fun state(): DeliveryState = state

    override fun value(): Any? = if (state == DeliveryState.COMPLETED) made else null

    override fun error(): Throwable? = if (state == DeliveryState.COMPLETED) null else made as Throwable?

    override fun start(): Instant? = HandlerRun.instant(startMillis)

    override fun end(): Instant? = HandlerRun.instant(endMillis)

    override fun attempts(): Int = if (startMillis == HandlerRun.NONE) 0 else attempts

    override fun published(): List<Event> = published

    override fun result(event: Event): HandlerResult = this

    override fun kept(event: Event): KeptResult = this

    /** The same, and one more event that it has published. */
    fun with(event: Event): KeptResult =
        KeptResult(handler, startMillis, endMillis, attempts, state, made, published + event)

    override fun toString(): String = "${handler.name()}: $state" + (error()?.let { " (${said(it)})" } ?: "")

    companion object {
        /** Of a handler that has returned at its first attempt, and published nothing. */
        fun returned(handler: HandlerName, startMillis: Long, endMillis: Long, value: Any?): KeptResult =
            KeptResult(handler, startMillis, endMillis, 1, DeliveryState.COMPLETED, value, emptyList())
    }
}
