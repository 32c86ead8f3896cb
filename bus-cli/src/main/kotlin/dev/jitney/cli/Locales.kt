// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path

/** The locale by which Java has read the command line. */
internal object Locales {
    private const val REPLACEMENT = '\ufffd'

    /**
     * Returns why the arguments are not those that were given, or null: in a locale that is not installed on the
     * machine Java puts a replacement for every character that ASCII does not have, and in any other for bytes that
     * are not UTF-8, and would publish that.
     *
     * @param given the arguments as the system has them, empty where it does not tell; others may stand before them
     */
    fun lost(
        args: List<String>,
        io: Io,
        encoding: String? = System.getProperty("sun.jnu.encoding"),
        given: () -> List<ByteArray> = ::commandLine,
    ): CliFailure? {
        if (args.none { REPLACEMENT in it }) return null
        if (encoding != "UTF-8") return unreadable(io)
        if (given().takeLast(args.size).all(Utf8::valid)) return null
        return CliFailure(
            ErrorCode.USAGE,
            "An argument has bytes that are not UTF-8.",
            "--file FILE or standard input, which take any bytes",
        )
    }

    private fun unreadable(io: Io): CliFailure {
        val locale = listOf("LC_ALL", "LC_CTYPE", "LANG").firstNotNullOfOrNull { name ->
            io.environment(name)?.ifEmpty { null }?.let { "$name=$it" }
        }
        return CliFailure(
            ErrorCode.USAGE,
            "An argument has characters that cannot be read in this locale (${locale ?: "none is set"}): " +
                "it is not installed, or is none of UTF-8.",
            "LC_ALL=C.UTF-8 bus …",
        )
    }

    // Each argument ends with a zero byte.
    private fun commandLine(): List<ByteArray> = try {
        val all = String(Files.readAllBytes(Path.of("/proc/self/cmdline")), Charsets.ISO_8859_1)
        all.split('\u0000').dropLast(1).map { it.toByteArray(Charsets.ISO_8859_1) }
    } catch (_: IOException) {
        emptyList() // there is none on this system
    }
}
