// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench.proofs

import java.io.InputStream
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.locks.LockSupport
import kotlin.concurrent.thread

/** Breaks what endurance checks, to show that it sees it. */
internal class Sabotage private constructor(private val kind: String, private val directory: Path) {
    private val kept = ArrayList<Any>()
    private val open = ArrayList<InputStream>()

    fun keep(tick: Tick) {
        if (kind == "heap") kept += tick
    }

    fun lose(seq: Long): Boolean = kind == "lose" && seq == AT

    fun again(seq: Long): Boolean = kind == "double" && seq == AT

    /** Called with each sample. */
    fun step() {
        if (kind == "threads") thread(isDaemon = true) { while (true) LockSupport.park() }
        if (kind == "files") open += Files.newInputStream(directory.resolve("bus.json"))
        if (kind == "directory") Files.write(Files.createTempFile(directory, "more", ""), ByteArray(MORE))
    }

    companion object {
        private val KINDS = listOf("heap", "threads", "files", "directory", "lose", "double")
        private const val AT = 1234L
        private const val MORE = 32 shl 20

        fun of(kind: String, directory: Path): Sabotage? {
            if (kind == "nothing") return null
            require(kind in KINDS) { "'break=$kind' is none of: ${KINDS.joinToString()}." }
            return Sabotage(kind, directory)
        }
    }
}
