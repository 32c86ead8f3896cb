// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import java.io.File
import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path

/**
 * The start-up archive that the launcher gave to the JVM. The JVM quietly does without one that does not fit, which
 * would be for ever, so a command that finds it out of date removes it and the next one makes another.
 */
internal object StartArchive {
    /** Removes the archive `PATH.jsa` or `PATH.aot` if it is not of this Java and these jars. */
    fun removeIfStale(path: String) {
        try {
            val id = Path.of("$path.id")
            if (Files.readString(id) == identity()) return
            for (kind in listOf("jsa", "aot", "id")) Files.deleteIfExists(Path.of("$path.$kind"))
        } catch (_: IOException) {
            // slower starts are no reason to fail
        }
    }

    /** Notes what the archive that is being made belongs to. */
    fun identify(file: Path) {
        Files.writeString(file, identity())
    }

    private fun identity(): String = buildString {
        append(System.getProperty("java.home")).append(' ').append(System.getProperty("java.vm.version")).append('\n')
        for (entry in System.getProperty("java.class.path").split(File.pathSeparatorChar)) {
            val jar = File(entry)
            append(entry).append(' ').append(jar.length()).append(' ').append(jar.lastModified()).append('\n')
        }
    }
}
