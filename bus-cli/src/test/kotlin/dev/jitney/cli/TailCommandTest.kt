// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.Offset
import dev.jitney.spi.Cursor
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.io.TempDir
import java.io.InputStream
import java.io.PipedInputStream
import java.io.PipedOutputStream
import java.nio.file.Path
import java.util.concurrent.CompletableFuture

@Timeout(30)
internal class TailCommandTest {
    @TempDir
    lateinit var directory: Path

    private val cli by lazy { CommandLine(directory) }

    @BeforeEach
    fun publish() = cli.example()

    @Test
    fun showsTheLastOnesOfWhatIsSelected() {
        assertThat(ids("--no-follow")).containsExactly("a1", "a2", "b3", "c4")
        assertThat(ids("orders.*", "--last", "2", "--no-follow")).containsExactly("a2", "b3")
        assertThat(ids("--last", "0", "--no-follow")).isEmpty()
        assertThat(ids("--new", "--no-follow")).isEmpty()
    }

    @Test
    fun saysWhenThereIsNoTopicToWaitFor() {
        assertThat(cli.bus("tail", "none", "--no-follow").err).isEqualTo("No topic matches.\n")
        assertThat(cli.bus("tail", "none", "--no-follow", "-q").err).isEmpty()
        assertThat(ids("none", "--idle", "1ms")).isEmpty()
        assertThat(ids("orders.*", "--new", "--no-follow")).isEmpty()
    }

    @Test
    @DisplayName("STO-4 who begins at what was removed is told, and nobody else")
    fun tellsOfWhatWasRemovedWhereItBegins() {
        cli.bus("clear", "orders.created", "orders.failed", "--yes")

        val asked = cli.bus("tail", "--from", "2", "--no-follow", "-o", "jsonl")
        assertThat(asked.lines).hasSize(1)
        assertThat(asked.err).matches(
            "bus: warning: gap \\S+, offset #2: The events from #2 to #2 were removed by purge or retention.\n",
        )
        assertThat(ids("--from", "start", "--no-follow")).containsExactly("a2", "c4")
        assertThat(ids("--from", "1", "--idle", "1ms")).containsExactly("a2", "c4")
    }

    @Test
    fun beginsWhereItIsTold() {
        assertThat(ids("--from", "start", "--no-follow")).hasSize(4)
        assertThat(ids("--from", "2", "--no-follow")).containsExactly("b3", "c4")
        assertThat(ids("--from", "#3", "--no-follow")).containsExactly("c4")
        assertThat(ids("--from", "-1", "--no-follow")).containsExactly("c4")
        assertThat(ids("--from", "-9223372036854775808", "--no-follow")).hasSize(4)
        assertThat(ids("--from", "end", "--no-follow")).isEmpty()
        assertThat(ids("--from", "@2020-01-01", "--no-follow")).hasSize(4)
        assertThat(ids("--from", "@2999-01-01", "--no-follow")).isEmpty()
    }

    @Test
    fun stopsAfterSoManyOrAfterSilence() {
        assertThat(ids("--from", "start", "-n", "2")).containsExactly("a1", "a2")
        assertThat(ids("--from", "start", "-n", "2", "--no-follow")).containsExactly("a1", "a2")
        assertThat(ids("--from", "start", "--idle", "1ms")).hasSize(4)
        assertThat(ids("-n", "0", "--no-follow")).hasSize(4)
    }

    @Test
    fun printsWhatIsPublishedWhileItFollows() {
        val shown = PipedInputStream()
        val output = PipedOutputStream(shown)
        val tail = CompletableFuture.supplyAsync {
            cli.bus(listOf("tail", "orders.*", "--last", "1", "-n", "3"), InputStream.nullInputStream(), output)
        }
        val lines = shown.bufferedReader().lineSequence().iterator()

        assertThat(lines.next()).contains("orders.failed")
        cli.bus("publish", "audit", "0", "-q")
        cli.bus("publish", "orders.new", "1", "-q")
        assertThat(lines.next()).contains("orders.new").endsWith("  1")
        cli.bus("publish", "orders.new", "2", "-q")
        assertThat(lines.next()).endsWith("  2")
        assertThat(tail.get().code).isZero()
    }

    @Test
    fun givesOneDocumentWhereItStopsByItself() {
        val all = cli.bus("query", "-o", "json").out

        assertThat(cli.bus("tail", "--no-follow", "-o", "json").out).isEqualTo(all)
        assertThat(cli.bus("tail", "--idle", "1ms", "-o", "json").out).isEqualTo(all)
        assertThat(cli.bus("tail", "--from", "start", "-n", "4", "-o", "json").out).isEqualTo(all)
        val none = """{"kind":"bus.events/1","items":[],"truncated":false}""" + "\n"
        assertThat(cli.bus("tail", "--new", "--no-follow", "-o", "json").out).isEqualTo(none)
    }

    @Test
    fun givesLinesWhereItHasNoEnd() {
        val shown = PipedInputStream()
        val output = PipedOutputStream(shown)
        val tail = CompletableFuture.supplyAsync {
            cli.bus(listOf("tail", "--last", "1", "-o", "json"), InputStream.nullInputStream(), output)
        }

        assertThat(shown.bufferedReader().readLine() + "\n").isEqualTo(cli.bus("show", "c4", "-o", "jsonl").out)
        shown.close()
        cli.bus("publish", "t", "1", "-q")
        assertThat(tail.get().code).isZero()
    }

    @Test
    fun goesOnWhereItsCursorStopped() {
        assertThat(ids("--cursor", "c", "--from", "start", "-n", "2")).containsExactly("a1", "a2")
        assertThat(ids("--cursor", "c", "-n", "1", "--no-follow")).containsExactly("b3")
        assertThat(ids("--cursor", "c", "--no-follow")).containsExactly("c4")
        assertThat(ids("--cursor", "c", "--no-follow")).isEmpty()
        cli.bus("publish", "t", "1", "--id", "d5", "-q")
        assertThat(ids("--cursor", "c", "--idle", "1ms")).containsExactly("d5")
        assertThat(ids("--cursor", "c", "--idle", "1ms")).isEmpty()
    }

    @Test
    @DisplayName("DSU-3 a cursor that a durable subscription owns is left alone")
    fun leavesAnOwnedCursorAlone() {
        StoreOpener.Discovering.open(directory.resolve(".bus"), emptyMap(), emptyList()) {}.use { store ->
            val owner = checkNotNull(store.cursors().claim("c"))
            owner.save(Cursor.Progress(Offset.of(1), listOf(Cursor.Range(Offset.of(2), Offset.of(3)))))
            val ran = cli.bus("tail", "--cursor", "c", "--no-follow")

            assertThat(ran.out).isEmpty()
            assertThat(ran.err).isEqualTo(
                "bus: The cursor 'c' is in use, by a durable subscription or another 'bus tail'. [BUS-2401]\n" +
                    "     try: another name, or the same command when that has ended\n",
            )
            assertThat(ran.code).isEqualTo(6)
            assertThat(cli.bus("info", "-o", "json").out).contains(""""name":"c","checkpoint":1,"lag":3""")
            assertThat(cli.bus("info").out).contains("cursor c: at #1, 3 behind, last used ")
        }
        assertThat(ids("--cursor", "c", "--no-follow")).containsExactly("a2", "b3", "c4")
    }

    @Test
    fun countsWhatItPassedOverAsDone() {
        ids("none", "--cursor", "c", "--from", "start", "--idle", "1ms")

        assertThat(cli.bus("info", "-o", "json").out).contains(""""name":"c","checkpoint":4,"lag":0""")
    }

    @Test
    fun refusesWhatExcludesEachOther() {
        val ran = cli.bus("tail", "--new", "--last", "3")

        assertThat(
            ran.err,
        ).isEqualTo("bus: '--last' and '--new' exclude each other. [BUS-2001]\n     try: bus tail --help\n")
        assertThat(ran.code).isEqualTo(2)
    }

    private fun ids(vararg args: String): List<String> {
        val ran = cli.bus("sub", *args, "-o", "jsonl")
        assertThat(ran.err).isEmpty()
        return ran.lines.map { it.substringAfter("\"id\":\"").substringBefore('"') }
    }
}
