// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.EventBus
import dev.jitney.EventBusBuilder
import dev.jitney.Overflow
import dev.jitney.engine.plugin.PluginCatalog
import dev.jitney.engine.plugin.StoreLocations
import dev.jitney.engine.wire.cloudEventsFormat
import dev.jitney.event.Level
import dev.jitney.spi.EventFormat
import dev.jitney.spi.EventStore
import dev.jitney.spi.PluginContext
import java.nio.file.Path
import java.time.Duration
import java.time.InstantSource

/** What a bus was set up with. */
internal class BusSettings(
    val name: String,
    val clock: InstantSource,
    val deliverAfter: Level?,
    val pendingLimit: Int,
    val overflow: Overflow,
    val duplicateWindow: Int,
    val closeLimit: Duration,
)

/** What a bus works with: its store, and what it has opened itself and closes in this order. */
internal class BusParts(val store: EventStore?, private val owned: List<AutoCloseable>) {
    fun close() {
        for (part in owned) {
            try {
                part.close()
            } catch (e: Exception) {
                engineLog.error("A part of a bus could not be closed", e)
            }
        }
    }
}

/** Found by `ServiceLoader`; the only way into the engine. */
internal class EngineBusBuilder : EventBusBuilder {
    private var name = "bus"
    private var clock: InstantSource = InstantSource.system()
    private var discover = false
    private var directories = emptyList<Path>()
    private var location: String? = null
    private var config = emptyMap<String, String>()
    private var store: EventStore? = null
    private var deliverAfter: Level? = null
    private var pendingLimit = 65_536
    private var overflow = Overflow.SUSPEND
    private var duplicateWindow = 1_000
    private var closeLimit: Duration = Duration.ofSeconds(10)
    private val format by lazy(LazyThreadSafetyMode.NONE) { cloudEventsFormat(emptyList()) }

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
        this.config = config.toMap()
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

    override fun closeLimit(limit: Duration): EventBusBuilder = apply {
        require(!limit.isNegative) { "Close limit '$limit' is negative. Use zero or more." }
        closeLimit = limit
    }

    override fun build(): EventBus {
        val parts = if (location == null) BusParts(store, emptyList()) else openParts()
        val settings =
            BusSettings(name, clock, deliverAfter, pendingLimit, overflow, duplicateWindow, closeLimit)
        try {
            return EngineBus(settings, parts)
        } catch (e: Throwable) {
            parts.close()
            throw e
        }
    }

    override fun openStore(): EventStore {
        checkNotNull(location) { "No store location was set. Call store with one, for example file:./events." }
        val parts = openParts()
        return OwnedStore(parts.store!!, parts)
    }

    override fun eventFormat(): EventFormat = format

    private fun openParts(): BusParts {
        val classPath = if (discover) Thread.currentThread().contextClassLoader else null
        val catalog = PluginCatalog.of(classPath ?: javaClass.classLoader, directories)
        try {
            val opened = StoreLocations.open(catalog, location!!, config, Context(eventFormat(), clock))
            return BusParts(opened, listOf(opened, catalog))
        } catch (e: Throwable) {
            catalog.close()
            throw e
        }
    }

    private class Context(private val format: EventFormat, private val clock: InstantSource) : PluginContext {
        override fun eventFormat(): EventFormat = format

        override fun clock(): InstantSource = clock
    }

    /** A store whose closing also closes the jars that it came from. */
    private class OwnedStore(store: EventStore, private val parts: BusParts) : EventStore by store {
        override fun close(): Unit = parts.close()
    }

    private companion object {
        const val MAX_NAME = 255
        const val MAX_WINDOW = 1_000_000
    }
}
