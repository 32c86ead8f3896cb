// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

/** `bus version`. */
internal class VersionCommand(io: Io) :
    BusCommand(io, "version", "Show the version of bus and of Java.", listOf("bus version", "bus version -o json")) {
    override fun execute() {
        io.out.line(if (format == Format.TEXT) Version.line() else Version.json())
    }
}

/** Which build this is and what it runs on. */
internal object Version {
    private val bus: String get() = Version::class.java.`package`?.implementationVersion ?: "development"

    fun line(): String = "bus $bus (Java ${property("java.version")}, ${platform()})"

    fun json(): String = JsonOut().obj {
        field("kind", "bus.version/1")
        field("bus", bus)
        field("java", property("java.version"))
        field("os", platform())
    }.toString()

    private fun platform() = property("os.name").lowercase().replace(' ', '-') + "-" + property("os.arch")

    private fun property(name: String): String = System.getProperty(name) ?: "unknown"
}
