// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import dev.jitney.bench.Args
import kotlinx.serialization.KSerializer
import kotlinx.serialization.json.Json
import java.nio.file.Path
import java.time.Instant
import java.time.temporal.ChronoUnit
import kotlin.io.path.createDirectories
import kotlin.io.path.writeText

/** Where a proof writes what it has shown, as JSON: where `out=` says, else a file named after the proof and its [time]. */
internal class ResultFile(args: Args, proof: String) {
    val time: String = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString()
    private val path = Path.of(args.text("out", "target/bench/$proof-${time.replace(":", "")}.json"))

    /** The chart beside it. */
    val chart: Path = Path.of("$path".removeSuffix(".json") + ".svg")

    fun <T> write(serializer: KSerializer<T>, result: T) {
        path.toAbsolutePath().parent.createDirectories()
        path.writeText(json.encodeToString(serializer, result) + "\n")
        println("Written: $path")
    }

    private companion object {
        val json = Json {
            prettyPrint = true
            allowSpecialFloatingPointValues = true
        }
    }
}
