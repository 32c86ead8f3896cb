// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path

internal class ClearCommandTest {
    @TempDir
    lateinit var directory: Path

    private val cli by lazy { CommandLine(directory) }

    @BeforeEach
    fun publish() = cli.example()

    @Test
    fun refusesWithoutATerminalAndWithoutYes() {
        val ran = cli.bus("clear", "orders.*")

        assertThat(ran.err).matches(
            "bus: Deleting 3 events \\(\\d+ B\\) needs --yes when there is no terminal. \\[BUS-2301]\n" +
                "     try: --dry-run shows them, --yes deletes\n",
        )
        assertThat(ran.code).isEqualTo(7)
        assertThat(stored()).isEqualTo(4)
    }

    @Test
    fun deletesWithYes() {
        val ran = cli.bus("clear", "orders.*", "--yes", "-o", "json")

        assertThat(ran.out).matches(
            """\{"kind":"bus.clear/1","dryRun":false,"deleted":3,"kept":0,"bytes":\d+,"topics":\[""" +
                """\{"topic":"orders.created","deleted":1},\{"topic":"orders.failed","deleted":1},""" +
                """\{"topic":"orders.invoiced","deleted":1}]}""" + "\n",
        )
        assertThat(stored()).isEqualTo(1)
    }

    @Test
    fun onlyCountsOnADryRun() {
        val ran = cli.bus("clear", "orders.*", "--dry-run")

        assertThat(ran.out).startsWith("Would delete 3 events (").contains("\n  orders.created  1\n")
        assertThat(ran.code).isZero()
        assertThat(stored()).isEqualTo(4)
    }

    @Test
    fun asksOnATerminal() {
        cli.descriptors = "ttt"

        val no = cli.bus("clear", "orders.created", "audit", stdin = "\n")
        assertThat(no.err).matches(
            "(?s)Delete 2 events \\(\\d+ B\\) of 4 events in audit, orders.created\\? \\[y/N] " +
                "bus: Nothing was deleted: the answer was no. \\[BUS-2302]\n",
        )
        assertThat(no.code).isEqualTo(7)
        assertThat(cli.bus("clear", "audit").code).isEqualTo(7)
        assertThat(cli.bus("clear", "audit", "--no-input", stdin = "y\n").code).isEqualTo(7)
        assertThat(stored()).isEqualTo(4)

        assertThat(cli.bus("clear", "orders.created", stdin = "Y\n").code).isZero()
        assertThat(stored()).isEqualTo(3)
    }

    @Test
    fun wantsTheNameOfTheBusToDeleteAll() {
        val name = cli.bus("info", "-o", "json").out.substringAfter("\"name\":\"").substringBefore('"')

        assertThat(cli.bus("clear", "--all", "--yes").code).isEqualTo(7)
        val wrong = cli.bus("clear", "--all", "--confirm", "other")
        assertThat(wrong.err).startsWith("bus: '--confirm' is 'other', but this bus is '$name'. [BUS-2303]\n")
        assertThat(wrong.code).isEqualTo(2)
        assertThat(stored()).isEqualTo(4)

        cli.descriptors = "ttt"
        assertThat(cli.bus("clear", "--all", stdin = "y\n").code).isEqualTo(7)
        cli.descriptors = "ppp"
        assertThat(cli.bus("clear", "--all", "--confirm", name).code).isZero()
        assertThat(stored()).isZero()
        val empty = cli.bus("clear", "--all", "--confirm", "other")
        assertThat(empty.code).isEqualTo(wrong.code)
        assertThat(empty.err).isEqualTo(wrong.err)
        assertThat(stored()).isZero()
    }

    @Test
    fun keepsTheNewestAndTheYoung() {
        assertThat(cli.bus("clear", "--keep", "3", "-y").out).contains("orders.created  1")
        assertThat(cli.bus("clear", "--older", "1h", "-y").out).contains("audit  1")
        assertThat(stored()).isEqualTo(2)
    }

    @Test
    fun wantsToBeToldWhatToDelete() {
        assertThat(
            cli.bus("clear", "-y").err,
        ).startsWith("bus: There is nothing that says what to delete. [BUS-2001]\n")
        assertThat(cli.bus("clear", "-y").code).isEqualTo(2)
        assertThat(cli.bus("clear", "--all", "orders.*").code).isEqualTo(2)
        assertThat(stored()).isEqualTo(4)
    }

    @Test
    fun saysThatNothingWasDeletedWhenNothingMatches() {
        assertThat(cli.bus("clear", "none").out).isEqualTo("Deleted 0 events (0 B).\n")
        assertThat(cli.bus("clear", "none", "--yes", "-o", "json").out)
            .startsWith("""{"kind":"bus.clear/1","dryRun":false,"deleted":0,""")
        assertThat(cli.bus("clear", "none", "--dry-run").out).isEqualTo("Would delete 0 events (0 B).\n")
    }

    @Test
    fun confirmsOnlyAll() {
        val ran = cli.bus("clear", "orders.*", "--confirm", directory.fileName.toString(), "--yes")

        assertThat(ran.err).startsWith("bus: '--confirm' belongs to '--all'; a selection needs --yes. [")
        assertThat(ran.code).isEqualTo(2)
        assertThat(stored()).isEqualTo(4)
    }

    private fun stored() = cli.bus("query", "--count").out.trim().toInt()
}
