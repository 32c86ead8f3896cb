// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.engine.plugin.BusPlugins
import dev.jitney.engine.plugin.PluginCatalog
import dev.jitney.engine.plugin.PluginLog
import dev.jitney.spi.BusMetric
import dev.jitney.spi.EventStoreProvider

private const val ABOUT_MASKER = "The masker has failed "

/** The plugins of a bus and the catalog that they come from, which is closed after them. */
internal class OpenedPlugins(
    val plugins: BusPlugins,
    private val catalog: PluginCatalog,
    val output: PluginOutput,
) : AutoCloseable {
    /** What was left out that might have been a store. */
    fun storeProblems(): List<String> = catalog.problems(EventStoreProvider::class.java)

    override fun close() {
        close(plugins)
        close(catalog)
    }

    private fun close(part: AutoCloseable) = try {
        part.close()
    } catch (e: Exception) {
        engineLog.error("A plugin of a bus could not be closed", e)
    }
}

/** Where failures of plugins are logged and counted. */
internal class PluginOutput : PluginLog.Output {
    /** Set when the bus has its metrics backend. */
    @Volatile
    var meters: Meters? = null

    /** Set when the bus has its masker. */
    @Volatile
    var masking: Masking? = null

    override fun warn(message: String, cause: Throwable?) {
        // A masker that fails cannot mask that; what is said of it has no text of others.
        val masking = masking?.takeUnless { message.startsWith(ABOUT_MASKER) }
        val line = masking?.mask(message) ?: message
        if (cause == null) {
            engineLog.warn(line)
        } else {
            logged(masking?.shown(cause) ?: cause) { engineLog.warn(line, it) }
        }
    }

    override fun failed(plugin: String) {
        meters?.add(BusMetric.PLUGIN_FAILURES, plugin)
    }
}
