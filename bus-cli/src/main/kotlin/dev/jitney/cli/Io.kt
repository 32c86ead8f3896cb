// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import java.io.InputStream
import java.io.OutputStream
import java.nio.file.Path
import java.time.InstantSource
import java.time.ZoneId

/** What a command has of the world; tests hand in their own. */
internal class Io(
    val stdin: InputStream,
    stdout: OutputStream,
    stderr: OutputStream,
    val descriptors: Descriptors,
    val environment: (String) -> String?,
    val directory: Path,
    val clock: InstantSource = InstantSource.system(),
    zone: () -> ZoneId = ZoneId::systemDefault,
    stdoutLosesData: () -> Boolean = { false },
    val stores: StoreOpener = StoreOpener.Discovering,
    /** What waits for a processor; null where nobody tells. */
    val load: () -> Double? = BenchEnvironment::load,
) {
    val out = Out(stdout, stdoutLosesData)
    val err = Err(stderr)

    // The zone data of the JDK takes a while to load, and only some commands show times.
    val zone: ZoneId by lazy(LazyThreadSafetyMode.NONE) { zone() }
}

/** What the three standard descriptors are: `t` a terminal, `-` closed, anything else something else. */
internal class Descriptors(letters: String) {
    val stdinClosed = letters[0] == '-'
    val stdinTerminal = letters[0] == 't'
    val stdoutTerminal = letters[1] == 't'
    val stderrTerminal = letters[2] == 't'

    /** Whether a question can be asked and answered. */
    val canAsk get() = stdinTerminal && stderrTerminal
}

/** Standard error: talk. A failure to write it is nobody's concern. */
internal class Err(private val stream: OutputStream) {
    fun print(text: String) {
        try {
            stream.write(text.toByteArray(Charsets.UTF_8))
            stream.flush()
        } catch (_: java.io.IOException) {
            // there is no place left to tell it to
        }
    }

    fun line(text: String) {
        print(text + "\n")
    }
}
