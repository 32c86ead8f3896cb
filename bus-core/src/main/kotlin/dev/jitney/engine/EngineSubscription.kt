// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.BusStats
import dev.jitney.HandlerResult
import dev.jitney.RetryException
import dev.jitney.RetryPolicy
import dev.jitney.SubscribeOptions
import dev.jitney.Subscription
import dev.jitney.event.DeliveryState
import dev.jitney.event.Event
import dev.jitney.event.TopicPattern
import dev.jitney.spi.Interceptor
import java.time.Duration
import java.util.Collections
import java.util.concurrent.ThreadLocalRandom
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicLongFieldUpdater

/**
 * A handler with its options and counters. There may be very many, so that it has few objects of its own: counters are
 * fields, texts are made when asked for, options that are rarely set are read where they stand.
 */
internal class EngineSubscription(
    pattern: TopicPattern,
    private val options: SubscribeOptions,
    /** Its place among all of the bus, for SUB-3. */
    sequence: Long,
    val invoker: Invoker,
    /** Further patterns of a handler that is a plugin. */
    val alsoOn: List<TopicPattern>,
    private val owner: Owner,
    /** What follows the store for it, if it is durable. */
    val reader: DurableReader? = null,
) : Subscription, Interceptor.SubscriptionInfo, Comparable<EngineSubscription> {
    /** Where it is kept. */
    fun interface Owner {
        /** Nothing may find it from now on. Each who closes it asks for that, and returns no sooner. */
        fun leave(subscription: EngineSubscription)

        /** It has left, for which it was closed the first time. */
        fun closed(subscription: EngineSubscription) = Unit

        /** A failure as the log may show it. */
        fun shown(failure: Throwable): Throwable = failure
    }

    /** What is left of it in results. */
    @JvmField
    val handler: HandlerName = HandlerName(pattern, sequence, options.name())
    private val timesLeft = if (options.times() == 0) null else AtomicInteger(options.times())

    // Changes under the lock of the name, which no one else has.
    @Volatile
    private var active = true

    // Guarded by the same.
    private var actions: List<Runnable> = Collections.emptyList()

    @Volatile
    private var handled = 0L

    // Those on the serial lane, counted by whoever has it.
    @Volatile
    private var serialHandled = 0L
    private val latencies = LatencyHistogram()

    @Volatile
    private var failed = 0L

    @Volatile
    private var retried = 0L

    // Never changed itself, so that any thread may find any of them.
    private var lastQuiet: QuietRecord? = null
    val sequence: Long get() = handler.sequence
    val retry: RetryPolicy? get() = options.retry()
    val timeoutNanos: Long = options.timeout()?.let(::nanosOf) ?: UNSET
    val slowNanos: Long = options.slowThreshold()?.let(::nanosOf) ?: UNSET

    /** Whether a coarse clock will do for its limits. */
    val limitsAreLong: Boolean = Limits.isLong(timeoutNanos) && Limits.isLong(slowNanos)
    val durable: Boolean get() = reader != null
    val includeRemote: Boolean = options.includeRemote() && !durable

    /** Whether its wanting an event depends on more than the topic. */
    val selective: Boolean =
        timesLeft != null || options.severities().isNotEmpty() || options.predicate() != null || options.until() != null

    /** Says whether the event is wanted, its topic apart; throws what the predicates throw. */
    fun wants(event: Event): Boolean {
        val severities = options.severities()
        if (severities.isNotEmpty() && event.severity() !in severities) return false
        val predicate = options.predicate()
        if (predicate != null && !predicate.test(event)) return false
        // Closed on another lane by the event that was to be the last one.
        val until = options.until()
        if (until != null && !active) return false
        if (!counts()) return false
        if (until != null && until.test(event)) close()
        return true
    }

    private fun counts(): Boolean {
        if (timesLeft == null) return true
        val left = timesLeft.getAndDecrement()
        if (left == 1) close()
        return left > 0
    }

    /** Whether no attempt follows one that was cut like that. */
    fun isOverAfter(cut: DeliveryState): Boolean = retry == null || cut == DeliveryState.CANCELLED

    /** How long to wait before another attempt, or null if there is none. */
    fun retryDelay(error: Throwable, attempts: Int): Duration? {
        val policy = retry ?: if (error is RetryException) OnRequest.policy else return null
        if (!policy.retries(error, attempts)) return null
        return policy.backoff(error, attempts, ThreadLocalRandom.current().nextDouble())
    }

    /** Whether the next call is to be timed: each of the first few, then one of as many (LIF-4). */
    val isSample: Boolean
        get() {
            val before = handled()
            return before < SAMPLE || before % SAMPLE == 0L
        }

    /** How many calls one that is timed stands for. */
    val sampleSize: Int get() = if (handled() < SAMPLE) 1 else SAMPLE

    /** Counts a handler that has ended, after its last attempt took so long; times [standsFor] in its latencies. */
    fun count(run: HandlerRun, nanos: Long, standsFor: Int) {
        if (!run.shown) return
        when (run.state()) {
            DeliveryState.COMPLETED -> HANDLED.incrementAndGet(this)
            DeliveryState.CANCELLED -> return
            else -> FAILED.incrementAndGet(this)
        }
        if (nanos != Execution.UNTIMED) latencies.record(nanos, standsFor)
    }

    /** Counts a handler that has returned and needed no run, after it took so long. */
    fun countQuiet(serial: Boolean, nanos: Long, standsFor: Int) {
        if (serial) SERIAL_HANDLED.lazySet(this, serialHandled + 1) else HANDLED.incrementAndGet(this)
        if (nanos != Execution.UNTIMED) latencies.record(nanos, standsFor)
    }

    /** What a handler that returned null has made of its event: one object for all within a millisecond. */
    fun quietRecord(core: EngineCore, startMillis: Long): QuietRecord {
        val endMillis = maxOf(startMillis, core.eventClock.millis())
        lastQuiet?.let { if (it.isOf(startMillis, endMillis)) return it }
        val made = if (invoker.hidden) {
            ForwardedRecord(handler, startMillis, endMillis)
        } else {
            QuietRecord(handler, startMillis, endMillis)
        }
        lastQuiet = made
        return made
    }

    fun stats() = BusStats.HandlerStats(id(), name(), handled(), failed, latencies.latency())

    fun matches(topic: String): Boolean = handler.pattern.matches(topic) || alsoOn.any { it.matches(topic) }

    fun countRetry() {
        RETRIED.incrementAndGet(this)
    }

    override fun id(): String = handler.id()

    override fun name(): String = handler.name()

    override fun pattern(): TopicPattern = handler.pattern

    override fun priority(): Int = options.priority()

    override fun active(): Boolean = active

    override fun standby(): Boolean = reader?.standingBy == true && active

    override fun handled(): Long = handled + serialHandled

    override fun failed(): Long = failed

    override fun retried(): Long = retried

    override fun onClosed(action: Runnable) {
        val now = synchronized(handler) { !active.also { if (it) actions += action } }
        if (now) tell(action)
    }

    override fun close() {
        val first: Boolean
        val told = synchronized(handler) {
            first = active
            active = false
            actions
        }
        // Whoever comes second may be ahead of the first, and does not wait for actions, which may wait for him.
        owner.leave(this)
        if (!first) return
        owner.closed(this)
        told.forEach(::tell)
    }

    private fun tell(action: Runnable) {
        try {
            action.run()
        } catch (e: Throwable) {
            logged(owner.shown(e)) {
                engineLog.warn("An action on the end of subscription '{}' failed", name(), it)
            }
        }
    }

    /** The order in which handlers are called: by priority, the highest first, then as they were subscribed (SUB-3). */
    override fun compareTo(other: EngineSubscription): Int {
        val before = other.priority().compareTo(priority())
        return if (before != 0) before else sequence.compareTo(other.sequence)
    }

    override fun toString(): String = "Subscription('${name()}' on ${pattern()})"

    companion object {
        /** No limit of its own; zero is one: none. */
        const val UNSET = -1L

        private const val SAMPLE = 64

        private val HANDLED = AtomicLongFieldUpdater.newUpdater(EngineSubscription::class.java, "handled")
        private val SERIAL_HANDLED = AtomicLongFieldUpdater.newUpdater(EngineSubscription::class.java, "serialHandled")
        private val FAILED = AtomicLongFieldUpdater.newUpdater(EngineSubscription::class.java, "failed")
        private val RETRIED = AtomicLongFieldUpdater.newUpdater(EngineSubscription::class.java, "retried")
    }

    /** For handlers that ask for a retry though their subscription says nothing of it. */
    private object OnRequest {
        val policy: RetryPolicy = RetryPolicy.onRequest(10)
    }
}
