// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

/** The locale by which Java has read the command line. */
internal object Locales {
    private const val REPLACEMENT = '\ufffd'

    /**
     * Returns why the arguments are not those that were given, or null: in a locale that is not installed on the
     * machine Java puts a replacement for every character that ASCII does not have, and would publish that.
     */
    fun lost(args: List<String>, io: Io, encoding: String? = System.getProperty("sun.jnu.encoding")): CliFailure? {
        if (encoding == "UTF-8" || args.none { REPLACEMENT in it }) return null
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
}
