// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.EventBusBuilder
import dev.jitney.spi.EventFormat
import dev.jitney.spi.EventStore
import java.io.File
import java.nio.file.Files
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
            val config = hashMapOf("create" to create.toString())
            settings.lockTimeout?.let {
                Durations.require("--lock-timeout", it)
                config["lock-timeout"] = it
            }
            val talk = Talk(io, quiet = true)
            val store = io.stores.open(directory, config, plugins(io, talk)) { talk.warn(it.removeSuffix(".")) }
            return Bus(directory, store, format())
        }

        private fun plugins(io: Io, talk: Talk): List<Path> {
            val (there, missing) =
                io.environment("BUS_PLUGINS").orEmpty().split(File.pathSeparatorChar).filter { it.isNotEmpty() }
                    .map { BusDirectory.path("BUS_PLUGINS", it, io) }
                    .partition { Files.isDirectory(it) }
            for (directory in missing) {
                talk.warn("'BUS_PLUGINS' names '$directory', which is not a directory; it is left out")
            }
            return there
        }
    }
}

/** Opens the store of a bus directory. */
internal fun interface StoreOpener {
    /** @param problem takes each sentence about a plugin that was left out */
    fun open(directory: Path, config: Map<String, String>, plugins: List<Path>, problem: (String) -> Unit): EventStore

    /** With the store plugins on the class path and in the directories given. */
    object Discovering : StoreOpener {
        override fun open(
            directory: Path,
            config: Map<String, String>,
            plugins: List<Path>,
            problem: (String) -> Unit,
        ): EventStore {
            val builder = EventBusBuilder.create(Bus.SOURCE).discoverPlugins()
            if (plugins.isNotEmpty()) builder.pluginDirectories(plugins)
            return builder.store("file:$directory", config).openStore(problem)
        }
    }
}
