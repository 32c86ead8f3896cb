// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.spi.EventStore
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.InputStream
import java.io.OutputStream
import java.nio.file.Path
import java.time.Instant
import java.time.InstantSource
import java.time.ZoneOffset

/** What one command line did. */
internal class Ran(val code: Int, val out: String, val err: String) {
    val lines: List<String> get() = out.lines().filter { it.isNotEmpty() }
}

/**
 * Runs command lines as a function, each as if in a process of its own: in a directory, at a time that the test owns.
 *
 * @param directory where they run; a `.bus` is made there by the first publish
 */
internal class CommandLine(
    private val directory: Path,
    val stores: StoreOpener = StoreOpener.Discovering,
    var now: Instant = Instant.parse("2026-05-04T12:05:00Z"),
) {
    val environment = HashMap<String, String>()

    /** What the descriptors are, see [Descriptors]. */
    var descriptors = "ppp"

    /** How busy the machine says that it is. */
    var load: Double? = 0.0

    fun bus(vararg args: String, stdin: String = ""): Ran {
        val out = ByteArrayOutputStream()
        return bus(args.asList(), ByteArrayInputStream(stdin.toByteArray()), out) { out.toString(Charsets.UTF_8) }
    }

    fun bus(args: List<String>, stdin: InputStream, stdout: OutputStream, shown: () -> String = { "" }): Ran {
        val err = ByteArrayOutputStream()
        val io = Io(
            stdin = stdin,
            stdout = stdout,
            stderr = err,
            descriptors = Descriptors(descriptors),
            environment = environment::get,
            directory = directory,
            clock = InstantSource.fixed(now),
            zone = { ZoneOffset.UTC },
            stores = stores,
            load = { load },
        )
        val code = Cli(io).run(args)
        return Ran(code, shown(), err.toString(Charsets.UTF_8))
    }

    /** Stores events whose ids and times are known: `a1` at 12:00:01 on topic `orders.created`, and so on. */
    fun example() {
        val events = """
            {"topic":"orders.created","id":"a1","time":"2026-05-04T12:00:01.500Z","source":"shop","key":"7","headers":{"region":"eu"},"payload":{"id":7,"total":31.50}}
            {"topic":"orders.invoiced","id":"a2","time":"2026-05-04T12:00:02Z","source":"shop","correlationId":"a1","causationId":"a1","payload":{"order":7}}
            {"topic":"orders.failed","id":"b3","time":"2026-05-04T12:00:03Z","source":"mailer","severity":"warning","correlationId":"a1","payloadText":"no route\nto host"}
            {"topic":"audit","id":"c4","time":"2026-05-03T23:00:00Z","source":"shop","severity":"critical","payload":null}
        """.trimIndent()
        val ran = bus("publish", "--ndjson", "-q", stdin = events)
        check(ran.code == 0) { ran.err }
    }

    companion object {
        /** One whose stores are what [wrap] makes of those that there are. */
        fun over(directory: Path, wrap: (EventStore) -> EventStore): CommandLine = CommandLine(
            directory,
            { at, config, plugins, problem -> wrap(StoreOpener.Discovering.open(at, config, plugins, problem)) },
        )
    }
}
