// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import java.io.FileDescriptor
import java.io.FileOutputStream
import java.text.MessageFormat
import java.util.Locale
import java.util.ResourceBundle

/**
 * Puts what the store and the JDK log into the form of this program: one line on standard error, without times and
 * names of classes. Found as a service; the JDK's own loggers, which this keeps from being loaded, take longer.
 */
public class LogLines : System.LoggerFinder() {
    override fun getLogger(name: String, module: Module): System.Logger =
        LineLogger(name, Err(FileOutputStream(FileDescriptor.err)))
}

/** Tells warnings and errors; the rest is for those who look into the program, not for those who use it. */
internal class LineLogger(private val name: String, private val err: Err) : System.Logger {
    override fun getName(): String = name

    override fun isLoggable(level: System.Logger.Level): Boolean =
        level >= System.Logger.Level.WARNING && level != System.Logger.Level.OFF

    override fun log(level: System.Logger.Level, bundle: ResourceBundle?, message: String?, thrown: Throwable?) {
        if (isLoggable(level)) tell(listOfNotNull(message?.removeSuffix("."), thrown).joinToString(": "))
    }

    override fun log(level: System.Logger.Level, bundle: ResourceBundle?, format: String?, params: Array<out Any?>?) {
        if (!isLoggable(level)) return
        val text = format.orEmpty()
        // Numbers as in all that this program says, in whatever country
        tell(if (params.isNullOrEmpty()) text else MessageFormat(text, Locale.ROOT).format(params))
    }

    private fun tell(text: String) = err.line("bus: warning: ${Escapes.line(text.removeSuffix("."))}")
}
