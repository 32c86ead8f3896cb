// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import java.util.Comparator

/**
 * Where the bus of a benchmark is: a temporary directory, one that was named and has nothing in it, or, when that is
 * asked for, a bus that is there. What a benchmark has made is removed, also when it is interrupted.
 */
internal class BenchPlace private constructor(
    val directory: Path,
    private val made: Path?,
    private val keeps: Path? = null,
) : AutoCloseable {
    /** Whether the bus was there before. */
    val existing: Boolean get() = made == null && keeps == null
    private val hook = Thread(::remove, "bus-bench-remove")

    init {
        if (!existing) Runtime.getRuntime().addShutdownHook(hook)
    }

    override fun close() {
        try {
            if (!existing) Runtime.getRuntime().removeShutdownHook(hook)
        } catch (_: IllegalStateException) {
            // The hook is running already, and does the same.
        }
        remove()
    }

    // An interrupted run may write until its process ends.
    private fun remove() {
        val top = made ?: keeps ?: return
        repeat(TRIES) {
            if (!Files.exists(top)) return
            val all = try {
                Files.walk(top).use { paths -> paths.sorted(Comparator.reverseOrder()).toList() }
            } catch (_: java.io.UncheckedIOException) {
                emptyList()
            }
            for (path in all) {
                if (path != keeps) delete(path)
            }
        }
    }

    private fun delete(path: Path) {
        try {
            Files.deleteIfExists(path)
        } catch (_: IOException) {
            // Something was put into it meanwhile: tried again.
        }
    }

    companion object {
        private const val TRIES = 3

        /** @throws CliFailure if the directory that was named has something in it */
        fun of(dir: String?, current: Boolean, io: Io): BenchPlace {
            if (current) return BenchPlace(BusDirectory.existing(dir, io), null)
            if (dir == null) {
                val temporary = Files.createTempDirectory("jitney-bench")
                return BenchPlace(temporary.resolve(BusDirectory.NAME), temporary)
            }
            if (dir.isEmpty()) throw CliFailure(ErrorCode.USAGE, "'--dir' is '', expected a directory.")
            val named = BusDirectory.path("--dir", dir, io)
            if (!Files.exists(named)) return BenchPlace(named, named)
            if (!isEmpty(named)) {
                throw CliFailure(
                    ErrorCode.USAGE,
                    "'--dir' is '$dir', which is not empty. A benchmark adds events to nothing that is there.",
                    "a directory that is not there, or --use-current to add events to this bus",
                )
            }
            return BenchPlace(named, null, keeps = named)
        }

        private fun isEmpty(directory: Path): Boolean =
            Files.isDirectory(directory) && Files.list(directory).use { it.findAny().isEmpty }
    }
}
