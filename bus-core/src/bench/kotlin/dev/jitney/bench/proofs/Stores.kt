// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import dev.jitney.EventBusBuilder
import java.io.IOException
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.Path
import java.nio.file.StandardCopyOption
import java.util.Comparator
import kotlin.io.path.createDirectories
import kotlin.io.path.deleteIfExists
import kotlin.io.path.exists
import kotlin.io.path.fileSize
import kotlin.io.path.isRegularFile
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name

/**
 * The file store for measurements: no dependency of bus-core's, so it comes as the plugin it is, from its jar, and its
 * bus directories lie on a disk and not in memory.
 */
internal object Stores {
    /** Where the build leaves the jar, from the folder of bus-core. */
    val BUILT: Path = Path.of("..", "plugins", "store-file", "target")

    /** Lets the bus keep its events in [directory]. [jars] is the folder with the plugin's jar. */
    fun file(builder: EventBusBuilder, jars: Path, directory: Path, config: Map<String, String> = mapOf()) {
        builder.pluginDirectories(listOf(alone(jars))).store("file:$directory", config)
    }

    fun jar(jars: Path): Path? =
        if (jars.exists()) jars.listDirectoryEntries("bus-store-file-*.jar").singleOrNull() else null

    /** A new folder below [root] that is on a disk. */
    fun folder(root: Path): Path {
        root.createDirectories()
        val type = Files.getFileStore(root).type()
        require(type !in listOf("tmpfs", "ramfs")) { "'$root' is in memory ($type). Name a folder on a disk." }
        return Files.createTempDirectory(root, "bus")
    }

    /** The bytes of all files below; one that goes meanwhile counts as nothing. */
    fun size(folder: Path): Long = Files.walk(folder).use { all ->
        all.toList().sumOf { file ->
            try {
                if (file.isRegularFile()) file.fileSize() else 0
            } catch (_: NoSuchFileException) {
                0
            }
        }
    }

    fun remove(folder: Path) {
        Files.walk(folder).use { all -> all.sorted(Comparator.reverseOrder()).forEach { it.deleteIfExists() } }
    }

    // What else is in the build's folder is no plugin.
    private fun alone(jars: Path): Path {
        val jar = requireNotNull(jar(jars)) {
            "'$jars' has not exactly one 'bus-store-file-*.jar'. Build plugins/store-file, or say plugins=FOLDER."
        }
        val folder = Path.of("target", "bench", "plugins").createDirectories()
        val copy = folder.resolve(jar.name)
        if (jar.toAbsolutePath() != copy.toAbsolutePath()) {
            try {
                Files.copy(jar, copy, StandardCopyOption.REPLACE_EXISTING)
            } catch (e: IOException) {
                throw IllegalArgumentException("'$jar' cannot be copied to '$folder': ${e.message}.", e)
            }
        }
        return folder
    }
}
