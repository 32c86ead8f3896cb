// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.EventBusBuilder
import dev.jitney.spi.EventStore
import dev.jitney.spi.StoreNotFoundException
import java.nio.file.Files
import java.nio.file.Path

/** Memory stores that stay between commands, one for each directory. */
internal class MemoryStores : StoreOpener {
    private val open = HashMap<Path, EventStore>()

    override fun open(directory: Path, config: Map<String, String>, plugins: List<Path>): EventStore {
        if (!Files.exists(directory)) {
            if (config["create"] != "true") throw StoreNotFoundException("'$directory' is not a bus directory.")
            Files.createDirectories(directory)
        }
        val store = open.getOrPut(directory) { EventBusBuilder.create("bus").store("memory:$directory").openStore() }
        return object : EventStore by store {
            override fun close() = Unit
        }
    }
}
