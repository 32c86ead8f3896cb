// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.Completion
import dev.jitney.Dispatch
import dev.jitney.EventBus
import dev.jitney.EventBusBuilder
import dev.jitney.HandlerOrder
import dev.jitney.Ordering
import dev.jitney.Overflow
import dev.jitney.engine.memory.MemoryDeadLetterSink
import dev.jitney.engine.plugin.PluginCatalog
import dev.jitney.engine.plugin.PluginRequest
import dev.jitney.engine.wire.cloudEventsFormat
import dev.jitney.event.Level
import dev.jitney.spi.AlertStore
import dev.jitney.spi.AlertStoreProvider
import dev.jitney.spi.ContextCarrier
import dev.jitney.spi.ContextCarrierProvider
import dev.jitney.spi.DeadLetterSink
import dev.jitney.spi.DeadLetterSinkProvider
import dev.jitney.spi.EventFormat
import dev.jitney.spi.EventHandler
import dev.jitney.spi.EventStore
import dev.jitney.spi.EventStoreProvider
import dev.jitney.spi.EventValidator
import dev.jitney.spi.EventValidatorProvider
import dev.jitney.spi.HandlerProvider
import dev.jitney.spi.Interceptor
import dev.jitney.spi.InterceptorProvider
import dev.jitney.spi.Masker
import dev.jitney.spi.MaskerProvider
import dev.jitney.spi.MetricsBackend
import dev.jitney.spi.MetricsBackendProvider
import dev.jitney.spi.PayloadCodec
import dev.jitney.spi.PayloadCodecProvider
import dev.jitney.spi.PluginProvider
import java.nio.file.Path
import java.time.Duration
import java.time.InstantSource
import java.util.Collections
import java.util.function.Consumer

private const val MAX_NAME = 255
private const val MAX_WINDOW = 1_000_000
private const val MAX_AGE_DAYS = 365L
private const val MAX_LANES = 1_024
private const val MAX_HISTORY = 10_000_000
private const val MAX_PARALLELISM = 100_000
private const val MAX_GENERATIONS = 10_000

/** Found by `ServiceLoader`; the only way into the engine. */
internal class EngineBusBuilder : EventBusBuilder {
    private var name = "bus"
    private var clock: InstantSource = InstantSource.system()
    private var discover = false
    private var directories: List<Path> = Collections.emptyList()
    private var location: String? = null
    private var config: Map<String, String> = Collections.emptyMap()
    private var store: EventStore? = null
    private var maskStored = false
    private var deliverAfter: Level? = null
    private var pendingLimit = 65_536
    private var overflow = Overflow.SUSPEND
    private var duplicateWindow = 1_000
    private var duplicateAge = Duration.ofMinutes(10)
    private var closeLimit = Duration.ofSeconds(10)
    private var ordering = Ordering.SERIAL
    private var lanes = 2 * Runtime.getRuntime().availableProcessors()
    private var parallelism = 2 * Runtime.getRuntime().availableProcessors()
    private var group: EngineBus? = null
    private var handlerOrder = HandlerOrder.SERIAL
    private var completion = Completion.ALL
    private var dispatch = Dispatch.QUEUED
    private var handlerTimeout = Duration.ofSeconds(30)
    private var eventTimeout = Duration.ofSeconds(60)
    private var slowHandler = Duration.ofSeconds(10)
    private var slowEvent = Duration.ofSeconds(30)
    private var abandonedLimit = 64
    private var generationLimit = 64
    private var historyLimit = 1_000
    private var noiseThreshold = 0
    private var noiseWindow: Duration? = null
    private val wishes = ArrayList<(PluginRequest) -> Unit>()
    private val codecs = ArrayList<PayloadCodec>()

    override fun name(name: String): EventBusBuilder = apply {
        require(name.length in 1..MAX_NAME && name.none(Char::isISOControl)) {
            "Bus name '${name.take(32)}' is not valid. Use 1 to $MAX_NAME characters, none of them a control character."
        }
        this.name = name
    }

    override fun clock(clock: InstantSource): EventBusBuilder = apply { this.clock = clock }

    override fun discoverPlugins(): EventBusBuilder = apply { discover = true }

    override fun pluginDirectories(directories: List<Path>): EventBusBuilder =
        apply { this.directories = directories.toList() }

    override fun store(location: String, config: Map<String, String>): EventBusBuilder = apply {
        this.location = location
        this.config = LinkedHashMap(config)
        store = null
    }

    override fun store(store: EventStore): EventBusBuilder = apply {
        this.store = store
        location = null
    }

    override fun deliverAfter(level: Level): EventBusBuilder = apply { deliverAfter = level }

    override fun pendingLimit(events: Int): EventBusBuilder = apply {
        require(events >= 1) { "Pending limit '$events' is not valid. Use 1 event or more." }
        pendingLimit = events
    }

    override fun overflow(overflow: Overflow): EventBusBuilder = apply { this.overflow = overflow }

    override fun duplicateWindow(events: Int): EventBusBuilder = apply {
        require(events in 0..MAX_WINDOW) { "Duplicate window '$events' is not valid. Use 0 to $MAX_WINDOW events." }
        duplicateWindow = events
    }

    override fun duplicateWindow(events: Int, age: Duration): EventBusBuilder = apply {
        require(age >= Duration.ofMillis(1) && age <= Duration.ofDays(MAX_AGE_DAYS)) {
            "Duplicate age '$age' is out of range. Use 1 millisecond to $MAX_AGE_DAYS days."
        }
        duplicateWindow(events)
        duplicateAge = age
    }

    override fun closeLimit(limit: Duration): EventBusBuilder = apply {
        closeLimit = notNegative("Close limit", limit)
    }

    override fun ordering(ordering: Ordering): EventBusBuilder = apply { this.ordering = ordering }

    override fun lanes(lanes: Int): EventBusBuilder = apply {
        this.lanes = inRange("Number of lanes", lanes, 1..MAX_LANES)
    }

    override fun parallelism(events: Int): EventBusBuilder = apply {
        parallelism = inRange("Parallelism", events, 1..MAX_PARALLELISM)
    }

    override fun serialGroup(member: EventBus): EventBusBuilder = apply {
        require(member is EngineBus && member.ordering == Ordering.SERIAL) {
            "Bus '${member.name()}' cannot share a serial group: it is not serial."
        }
        group = member
    }

    override fun handlerOrder(handlerOrder: HandlerOrder): EventBusBuilder = apply { this.handlerOrder = handlerOrder }

    override fun completion(completion: Completion): EventBusBuilder = apply { this.completion = completion }

    override fun dispatch(dispatch: Dispatch): EventBusBuilder = apply { this.dispatch = dispatch }

    override fun handlerTimeout(limit: Duration): EventBusBuilder = apply {
        handlerTimeout = notNegative("Handler timeout", limit)
    }

    override fun eventTimeout(limit: Duration): EventBusBuilder = apply {
        eventTimeout = notNegative("Event timeout", limit)
    }

    override fun slowHandlerThreshold(threshold: Duration): EventBusBuilder = apply {
        slowHandler = notNegative("Slow threshold", threshold)
    }

    override fun slowEventThreshold(threshold: Duration): EventBusBuilder = apply {
        slowEvent = notNegative("Slow threshold", threshold)
    }

    override fun abandonedLimit(handlers: Int): EventBusBuilder = apply {
        abandonedLimit = inRange("Limit of abandoned handlers", handlers, 1..Int.MAX_VALUE)
    }

    override fun generationLimit(generations: Int): EventBusBuilder = apply {
        generationLimit = inRange("Limit of generations", generations, 1..MAX_GENERATIONS)
    }

    override fun historyLimit(events: Int): EventBusBuilder = apply {
        historyLimit = inRange("History limit", events, 0..MAX_HISTORY)
    }

    override fun noise(threshold: Int, window: Duration): EventBusBuilder = apply {
        noiseThreshold = inRange("Noise threshold", threshold, 1..NoiseFilter.MAX_THRESHOLD)
        require(window > Duration.ZERO && window <= NoiseFilter.MAX_WINDOW) {
            "Noise window '$window' is out of range. Use more than zero, up to ${NoiseFilter.MAX_WINDOW.toDays()} days."
        }
        noiseWindow = window
    }

    // ---- plugins

    override fun plugin(
        kind: Class<out PluginProvider<*>>,
        name: String,
        config: Map<String, String>,
    ): EventBusBuilder = wish { it.plugin(kind, name, config) }

    override fun withoutPlugin(kind: Class<out PluginProvider<*>>, name: String): EventBusBuilder =
        wish { it.without(kind, name) }

    override fun deadLetters(sink: DeadLetterSink): EventBusBuilder =
        wish { it.instance(DeadLetterSinkProvider::class.java, sink) }

    override fun alerts(alerts: AlertStore): EventBusBuilder =
        wish { it.instance(AlertStoreProvider::class.java, alerts) }

    override fun metrics(metrics: MetricsBackend): EventBusBuilder =
        wish { it.instance(MetricsBackendProvider::class.java, metrics) }

    override fun validator(validator: EventValidator): EventBusBuilder =
        wish { it.instance(EventValidatorProvider::class.java, validator) }

    override fun interceptor(interceptor: Interceptor): EventBusBuilder =
        wish { it.instance(InterceptorProvider::class.java, interceptor) }

    override fun masker(masker: Masker): EventBusBuilder = wish { it.instance(MaskerProvider::class.java, masker) }

    override fun maskStored(mask: Boolean): EventBusBuilder = apply { maskStored = mask }

    override fun handler(handler: EventHandler): EventBusBuilder =
        wish { it.instance(HandlerProvider::class.java, handler) }

    override fun contextCarrier(carrier: ContextCarrier): EventBusBuilder =
        wish { it.instance(ContextCarrierProvider::class.java, carrier) }

    override fun payloadCodec(codec: PayloadCodec): EventBusBuilder =
        wish { it.instance(PayloadCodecProvider::class.java, codec) }.also { codecs.add(codec) }

    private fun wish(wish: (PluginRequest) -> Unit): EventBusBuilder = apply { wishes.add(wish) }

    private fun notNegative(what: String, limit: Duration): Duration = limit.also {
        require(!it.isNegative) { "$what '$it' is negative. Use zero or more." }
    }

    private fun inRange(what: String, value: Int, range: IntRange): Int = value.also {
        require(it in range) { "$what '$it' is out of range. Use ${range.first} to ${range.last}." }
    }

    override fun build(): EventBus {
        val group = group ?: return create()
        // Keeps the group's lane on threads that are there, until the new bus does.
        SharedPool.acquire()
        try {
            group.core.life.check(onBehalf = true)
            return create()
        } finally {
            SharedPool.release()
        }
    }

    private fun create(): EventBus {
        val settings = settings()
        val opened = open()
        try {
            return EngineBus(settings, opened)
        } catch (e: Throwable) {
            opened.close()
            throw e
        }
    }

    private fun settings(): BusSettings {
        require(group == null || ordering == Ordering.SERIAL) {
            "Bus '$name' cannot share a serial group: it is not serial."
        }
        return BusSettings(
            name,
            clock,
            deliverAfter,
            pendingLimit,
            overflow,
            duplicateWindow,
            duplicateAge,
            closeLimit,
            ordering,
            lanes,
            parallelism,
            group,
            handlerOrder,
            completion,
            dispatch,
            handlerTimeout,
            eventTimeout,
            slowHandler,
            slowEvent,
            abandonedLimit,
            generationLimit,
            historyLimit,
            noiseThreshold,
            noiseWindow,
            maskStored,
        )
    }

    override fun openStore(): EventStore = openStore { }

    override fun openStore(problem: Consumer<in String>): EventStore {
        checkNotNull(location) { "No store location was set. Call store with one, for example file:./events." }
        val opened = open(storeOnly = true)
        try {
            opened.storeProblems().forEach(problem)
        } catch (e: Throwable) {
            opened.close()
            throw e
        }
        return OwnedStore(opened.plugins.store()!!, opened)
    }

    override fun eventFormat(): EventFormat = cloudEventsFormat(codecs)

    private fun open(storeOnly: Boolean = false): OpenedPlugins {
        val classPath = if (discover) Thread.currentThread().contextClassLoader else null
        val catalog = PluginCatalog.of(classPath ?: javaClass.classLoader, directories)
        try {
            val output = PluginOutput()
            val request = request(catalog, output)
            if (storeOnly) request.storeOnly()
            return OpenedPlugins(request.open(), catalog, output)
        } catch (e: Throwable) {
            catalog.close()
            throw e
        }
    }

    private fun request(catalog: PluginCatalog, output: PluginOutput): PluginRequest {
        val request = PluginRequest(name, clock, catalog, ::cloudEventsFormat, output)
        request.byDefault(DeadLetterSinkProvider::class.java, MemoryDeadLetterSink(MemoryDeadLetterSink.DEFAULT_BOUND))
        if (discover) request.discover()
        location?.let { request.store(it, config) }
        store?.let { request.instance(EventStoreProvider::class.java, it) }
        for (wish in wishes) wish(request)
        return request
    }

    /** A store whose closing also closes the plugins that it came with. */
    private class OwnedStore(store: EventStore, private val opened: OpenedPlugins) : EventStore by store {
        override fun close(): Unit = opened.close()
    }
}
