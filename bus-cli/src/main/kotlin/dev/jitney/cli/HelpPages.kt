// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

/** Pages of help that belong to no single command. */
internal object HelpPages {
    val names: List<String> = listOf("exit-codes", "errors", "output", "selection", "environment")

    fun find(name: String): String? = when (name) {
        "exit-codes" -> exitCodes()
        "errors" -> errors()
        "output" -> OUTPUT
        "selection" -> SELECTION
        "environment" -> ENVIRONMENT
        else -> null
    }

    private fun exitCodes() = ExitCode.values().joinToString("\n", "code  name          when\n", "\n\n$PIPE") {
        "${it.number.toString().padStart(CODE)}  ${it.label.padEnd(LABEL)}  ${it.meaning}; retry: ${it.retry}"
    }

    private fun errors() = ErrorCode.values().joinToString("\n", "code      exit  meaning\n") {
        "${it.text()}  ${it.exit.number.toString().padStart(CODE)}  ${it.meaning}"
    }

    private const val CODE = 4
    private const val LABEL = 12
    private const val PIPE = "A closed standard output (bus query | head -1) ends the command with 0 and no message."

    private val OUTPUT = """
        Data goes to standard output, talk to standard error.

          -o text    for people; may change
          -o json    one document; lists are {"kind":"bus.topics/1","items":[...],"truncated":false}
          -o jsonl   the items, one object per line; tail flushes each at once

        A tail that has no end (no --no-follow, --idle or -n) gives lines with -o json too. A replay to standard output
        gives lines of JSON unless another format is asked for.

        JSON only grows. Times are RFC 3339 in UTC, durations are numbers ending in Ms, sizes end in Bytes.
        Fields that have no value are left out. Of payload, payloadText and payloadBase64 there is one, or none
        for an event without a payload; "payload":null is a payload that is null.
        Control characters that came with an event are escaped in text, and in JSON on a terminal.
    """.trimIndent()

    private val SELECTION = """
        tail, query, replay and clear take the same selection; all conditions must hold.

          PATTERN...          orders.created   orders.* (all below)   orders.*.done   !orders.debug (leave out)
          --since, --until    2026-05-04T09:00Z   2026-05-04T09:00 (UTC)   2026-05-04   15m 2h 1d 2w   today   yesterday
          --severity          info, warning, critical; warning+ for warning and worse; repeatable
          --source, --id      repeatable
          --correlation, --key
          -n, --limit         how many; 0 for all (not clear)
          --from (tail)       start   end   1042 (offset)   -10 (ten back)   @TIME (stored then or later)

        Times without a zone are UTC, today and yesterday too. A span of time (DUR), here as for any other option, is
        a whole number with its unit: 250ms 15s 5m 2h 7d 2w.
    """.trimIndent()

    private val ENVIRONMENT = """
        BUS_DIR           the bus directory, unless --dir is given
        BUS_OUTPUT        text, json or jsonl, unless --output is given
        BUS_PLUGINS       more directories with plugin jars, separated as in PATH
        BUS_DEBUG=1       show stack traces of failures, as -vv does
        BUS_JAVA_OPTS     options for the Java virtual machine
        BUS_NO_CDS=1      neither make nor use a start-up archive
        JAVA_HOME         the Java to run on (17 or newer), else java from PATH
        XDG_CACHE_HOME    where the start-up archive is kept, in jitney/; else ~/.cache
        NO_COLOR, FORCE_COLOR, TERM=dumb
    """.trimIndent()
}
