// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import com.github.ajalt.clikt.core.Context
import com.github.ajalt.clikt.core.CoreCliktCommand
import com.github.ajalt.clikt.parameters.groups.provideDelegate

/** A command: its options, its settings and its way to the world. */
internal abstract class BusCommand(
    protected val io: Io,
    name: String,
    private val summary: String,
    private val examples: List<String>,
) : CoreCliktCommand(name) {
    private val given by GlobalOptions()

    protected val settings: Settings by lazy(LazyThreadSafetyMode.NONE) {
        (currentContext.parent?.findObject<Settings>() ?: Settings()).with(given)
    }
    protected val talk: Talk by lazy(LazyThreadSafetyMode.NONE) { Talk(io, settings.quiet) }
    protected val format: Format by lazy(LazyThreadSafetyMode.NONE) { formatOr(Format.TEXT) }
    protected val style: Style by lazy(LazyThreadSafetyMode.NONE) { Style.of(io, settings) }

    override fun help(context: Context): String = summary

    override fun helpEpilog(context: Context): String = examples.joinToString("\n", prefix = "Examples:\n") { "  $it" }

    final override fun run() {
        // Bad values are told before anything is opened or written.
        format
        style
        execute()
        io.out.flush()
    }

    protected abstract fun execute()

    /** The format that the command line or the environment asks for, or [unasked] if neither does. */
    protected fun formatOr(unasked: Format): Format =
        (settings.output ?: io.environment("BUS_OUTPUT")?.ifEmpty { null })?.let { choose("--output", it) } ?: unasked

    /** Opens the bus that the command line means. */
    protected fun open(): Bus = Bus.open(BusDirectory.existing(settings.dir, io), settings, io, create = false)
}
