// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.EventBusBuilder
import dev.jitney.spi.EventFormat
import dev.jitney.spi.EventStore
import java.io.File
import java.nio.file.Path

/** An open bus directory. */
internal class Bus(val directory: Path, val store: EventStore, val format: EventFormat) : AutoCloseable {
    override fun close() = store.close()

    companion object {
        /** The name under which the command line publishes when `--source` is not given. */
        const val SOURCE: String = "bus"

        /** Returns the wire form without opening anything. */
        fun format(): EventFormat = EventBusBuilder.create(SOURCE).eventFormat()

        /** Opens the bus at a directory; [create] makes the directory where there is none. */
        fun open(directory: Path, settings: Settings, io: Io, create: Boolean): Bus {
            val config = HashMap<String, String>()
            if (create) config["create"] = "true"
            settings.lockTimeout?.let {
                Durations.require("--lock-timeout", it)
                config["lock-timeout"] = it
            }
            val builder = EventBusBuilder.create(SOURCE).discoverPlugins()
            val plugins = io.environment("BUS_PLUGINS").orEmpty()
            if (plugins.isNotEmpty()) {
                builder.pluginDirectories(plugins.split(File.pathSeparatorChar).map { Path.of(it) })
            }
            builder.store("file:$directory", config)
            return Bus(directory, builder.openStore(), builder.eventFormat())
        }
    }
}
