// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import kotlinx.serialization.KSerializer
import kotlinx.serialization.json.Json
import java.nio.file.Path
import kotlin.io.path.createDirectories
import kotlin.io.path.writeText

/** Writes what a proof has shown as JSON. */
internal object ResultFile {
    private val json = Json {
        prettyPrint = true
        allowSpecialFloatingPointValues = true
    }

    fun <T> write(serializer: KSerializer<T>, result: T, to: Path) {
        to.toAbsolutePath().parent.createDirectories()
        to.writeText(json.encodeToString(serializer, result) + "\n")
        println("Written: $to")
    }
}
