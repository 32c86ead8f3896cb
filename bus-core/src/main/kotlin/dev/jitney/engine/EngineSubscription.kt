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
import java.util.concurrent.ThreadLocalRandom
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.atomic.AtomicLongFieldUpdater

/** A handler with its options and counters. [sequence] is its place among all of the bus, for SUB-3. */
internal class EngineSubscription(
    private val pattern: TopicPattern,
    options: SubscribeOptions,
    val sequence: Long,
    val invoker: Invoker,
    /** Further patterns of a handler that is a plugin. */
    val alsoOn: List<TopicPattern>,
    bus: Int,
    private val onClose: (EngineSubscription) -> Unit,
    /** What follows the store for it, if it is durable. */
    val reader: DurableReader? = null,
    /** A failure as the log may show it. */
    private val shown: (Throwable) -> Throwable = { it },
) : Subscription, Interceptor.SubscriptionInfo {
    private val id = idOf(sequence)

    /** Tells it from the subscriptions of all buses of the process. */
    val global: Long = (bus.toLong() shl 32) or sequence
    private val name = options.name() ?: nameOf(pattern, sequence)
    private val priority = options.priority()
    private val severities = options.severities()
    private val predicate = options.predicate()
    private val until = options.until()
    private val timesLeft = if (options.times() == 0) null else AtomicInteger(options.times())
    private val active = AtomicBoolean(true)

    // Guarded by the one above.
    private var actions: List<Runnable> = emptyList()
    private val handled = AtomicLong()

    // Those on the serial lane, counted by whoever has it.
    private val serialHandled = AtomicLong()
    private val latencies = LatencyHistogram()

    @Volatile
    private var failed = 0L

    @Volatile
    private var retried = 0L

    @Volatile
    private var lastQuiet: HandlerRun? = null
    val retry: RetryPolicy? = options.retry()
    val timeoutNanos: Long = options.timeout()?.let(::nanosOf) ?: UNSET
    val slowNanos: Long = options.slowThreshold()?.let(::nanosOf) ?: UNSET

    /** Whether a coarse clock will do for its limits. */
    val limitsAreLong: Boolean = Limits.isLong(timeoutNanos) && Limits.isLong(slowNanos)
    val durable: Boolean = reader != null
    val includeRemote: Boolean = options.includeRemote() && !durable

    /** Whether its wanting an event depends on more than the topic. */
    val selective: Boolean = severities.isNotEmpty() || predicate != null || timesLeft != null || until != null

    /** Says whether the event is wanted, its topic apart; throws what the predicates throw. */
    fun wants(event: Event): Boolean {
        if (severities.isNotEmpty() && event.severity() !in severities) return false
        if (predicate != null && !predicate.test(event)) return false
        // Closed on another lane by the event that was to be the last one.
        if (until != null && !active.get()) return false
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

    /** How long to wait before another attempt, or null if there is none. */
    fun retryDelay(error: Throwable, attempts: Int): Duration? {
        val policy = retry ?: if (error is RetryException) ON_REQUEST else return null
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
            DeliveryState.COMPLETED -> handled.incrementAndGet()
            DeliveryState.CANCELLED -> return
            else -> FAILED.incrementAndGet(this)
        }
        if (nanos != Execution.UNTIMED) latencies.record(nanos, standsFor)
    }

    /** Counts a handler that has returned null and needed no run, after it took so long. */
    fun countQuiet(serial: Boolean, nanos: Long, standsFor: Int) {
        if (serial) serialHandled.lazySet(serialHandled.plain + 1) else handled.incrementAndGet()
        if (nanos != Execution.UNTIMED) latencies.record(nanos, standsFor)
    }

    /** What a handler that returned null has made of its event: one object for all within a millisecond. */
    fun quietResult(core: EngineCore, startMillis: Long): HandlerRun {
        val endMillis = core.eventClock.millis()
        lastQuiet?.let { if (it.isOf(startMillis, endMillis)) return it }
        val made = HandlerRun(core.nobody, this, startMillis)
        made.end(DeliveryState.COMPLETED, null, null, endMillis)
        lastQuiet = made
        return made
    }

    fun stats() = BusStats.HandlerStats(id, name, handled(), failed, latencies.latency())

    fun matches(topic: String): Boolean = pattern.matches(topic) || alsoOn.any { it.matches(topic) }

    fun countRetry() {
        RETRIED.incrementAndGet(this)
    }

    override fun id(): String = id

    override fun name(): String = name

    override fun pattern(): TopicPattern = pattern

    override fun priority(): Int = priority

    override fun active(): Boolean = active.get()

    override fun standby(): Boolean = reader?.standingBy == true && active.get()

    override fun handled(): Long = handled.get() + serialHandled.get()

    override fun failed(): Long = failed

    override fun retried(): Long = retried

    override fun onClosed(action: Runnable) {
        val now = synchronized(active) { !active.get().also { if (it) actions += action } }
        if (now) tell(action)
    }

    override fun close() {
        val told = synchronized(active) { if (active.compareAndSet(true, false)) actions else return }
        onClose(this)
        told.forEach(::tell)
    }

    private fun tell(action: Runnable) {
        try {
            action.run()
        } catch (e: Throwable) {
            engineLog.warn("An action on the end of subscription '{}' failed", name, shown(e))
        }
    }

    override fun toString(): String = "Subscription('$name' on $pattern)"

    companion object {
        /** No limit of its own; zero is one: none. */
        const val UNSET = -1L

        private const val SAMPLE = 64

        // There may be very many subscriptions, and these two are rare: no object for each.
        private val FAILED = AtomicLongFieldUpdater.newUpdater(EngineSubscription::class.java, "failed")
        private val RETRIED = AtomicLongFieldUpdater.newUpdater(EngineSubscription::class.java, "retried")

        // For handlers that ask for a retry though their subscription says nothing of it.
        private val ON_REQUEST = RetryPolicy.onRequest(10)

        private fun idOf(sequence: Long) = "s$sequence"

        /** The name of a subscription that was given none. */
        fun nameOf(pattern: TopicPattern, sequence: Long): String = "$pattern#${idOf(sequence)}"
    }
}
