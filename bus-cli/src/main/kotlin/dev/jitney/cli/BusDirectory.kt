// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import java.nio.file.Files
import java.nio.file.InvalidPathException
import java.nio.file.LinkOption
import java.nio.file.Path

/** Finds the bus directory: `--dir`, `BUS_DIR`, else the nearest `.bus` upwards, as git does. */
internal object BusDirectory {
    const val NAME: String = ".bus"

    /** Returns the directory that is meant, which need not exist when it was named. */
    fun find(dir: String?, io: Io): Path? = named(dir, io) ?: nearest(io.directory)

    /** Returns the directory that is meant, or `./.bus` when none is. */
    fun orNew(dir: String?, io: Io): Path = find(dir, io) ?: io.directory.resolve(NAME)

    /** @throws CliFailure if there is none */
    fun existing(dir: String?, io: Io): Path {
        val found = find(dir, io) ?: throw CliFailure(
            ErrorCode.NO_BUS,
            "There is no bus here: no $NAME in '${io.directory}' or above it.",
            "bus publish TOPIC (makes one), or --dir DIR",
        )
        // What may not be looked at is refused by the store, which says why.
        if (!Files.notExists(found, LinkOption.NOFOLLOW_LINKS)) return found
        throw CliFailure(ErrorCode.NO_BUS, "'$found' does not exist.", "bus publish TOPIC -d '$found' (makes it)")
    }

    /** Reads a path that the command line or the environment names. */
    fun path(option: String, text: String, io: Io): Path = try {
        io.directory.resolve(text).normalize()
    } catch (_: InvalidPathException) {
        throw CliFailure(ErrorCode.USAGE, "'$option' is '$text', which is not a path.")
    }

    /** Reads the directory that an option names; nothing is not the current one. */
    fun directory(option: String, text: String, io: Io): Path {
        if (text.isEmpty()) throw CliFailure(ErrorCode.USAGE, "'$option' is '', expected a directory.")
        return path(option, text, io)
    }

    private fun named(dir: String?, io: Io): Path? {
        val fromEnvironment = if (dir == null) io.environment("BUS_DIR")?.ifEmpty { null } else null
        val text = dir ?: fromEnvironment ?: return null
        return directory(if (dir != null) "--dir" else "BUS_DIR", text, io)
    }

    // One that may not be looked at is not passed over: events must not go to another bus further up.
    private fun nearest(from: Path): Path? = generateSequence(from) { it.parent }.map { it.resolve(NAME) }
        .firstOrNull { Files.isDirectory(it) || (!Files.exists(it) && !Files.notExists(it)) }
}
