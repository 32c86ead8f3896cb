// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.Event
import dev.jitney.event.Level
import dev.jitney.spi.EventStore
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path
import java.time.Duration
import java.time.Instant

internal class ReplayCommandTest {
    @TempDir
    lateinit var directory: Path

    private val cli by lazy { CommandLine(directory) }

    @BeforeEach
    fun publish() = cli.example()

    @Test
    fun printsLinesOfJsonWhenThereIsNoTarget() {
        assertThat(cli.bus("replay", "orders.*").out).isEqualTo(cli.bus("query", "orders.*", "-o", "jsonl").out)
        assertThat(cli.bus("replay", "-n", "1", "-o", "text").out).startsWith("12:00:01.500  orders.created")
        assertThat(stored()).isEqualTo(4)
    }

    @Test
    fun printsWhatTheEnvironmentAsksForWhenThereIsNoTarget() {
        cli.environment["BUS_OUTPUT"] = "json"
        assertThat(cli.bus("replay").out).isEqualTo(cli.bus("query").out)
        cli.environment["BUS_OUTPUT"] = "text"
        assertThat(cli.bus("replay").out).isEqualTo(cli.bus("query").out)
        cli.environment["BUS_OUTPUT"] = ""
        assertThat(cli.bus("replay").out).isEqualTo(cli.bus("query", "-o", "jsonl").out)
    }

    @Test
    fun saysWhenThereIsNothingToReplay() {
        val ran = cli.bus("replay", "none")

        assertThat(ran.out).isEmpty()
        assertThat(ran.err).isEqualTo("No stored event matches.\n")
        assertThat(ran.code).isZero()
    }

    @Test
    @DisplayName("HIS-4 a replayed event has a new id and says of which event it is a replay")
    fun publishesOnATopic() {
        val ran = cli.bus("replay", "orders.created", "--to-topic", "orders.again")

        assertThat(ran.out).isEqualTo("Replayed 1 event to topic 'orders.again'.\n")
        val again = cli.bus("query", "orders.again", "-o", "jsonl").out
        assertThat(again).contains(
            """"source":"shop"""",
            """"key":"7","correlationId":"a1"""",
            """"region":"eu"""",
            """"replayof":"a1"""",
            """"payload":{"id":7,"total":31.50}""",
        ).doesNotContain("\"id\":\"a1\"")
    }

    @Test
    fun copiesIntoAnotherBus() {
        val ran = cli.bus("replay", "--into", "copy/.bus", "--keep-ids", "-o", "json")

        assertThat(ran.err).isEqualTo("Made a new bus in $directory/copy/.bus.\n")
        assertThat(ran.out).matches(
            """\{"kind":"bus.replay/1","dryRun":false,"selected":4,"delivered":4,""" +
                """"into":"copy/.bus","elapsedMs":\d+}""" + "\n",
        )
        assertThat(cli.bus("query", "-d", "copy/.bus", "-o", "json").out).isEqualTo(cli.bus("query", "-o", "json").out)
    }

    @Test
    fun saysThatIdsThatAreKeptAreStoredAgain() {
        repeat(2) { cli.bus("replay", "--into", "copy/.bus", "--keep-ids", "-q") }

        assertThat(cli.bus("query", "-d", "copy/.bus", "--count").out).isEqualTo("8\n")
        assertThat(cli.bus("replay", "--help").out).contains("; replayed twice, they are stored twice\n")
    }

    @Test
    fun copiesLargeEventsInBoundedMemory() {
        val batches = ArrayList<Int>()
        val watched = CommandLine.over(directory) { opened ->
            object : EventStore by opened {
                override fun appendAndWait(events: List<Event>, level: Level, timeout: Duration) =
                    opened.appendAndWait(events, level, timeout).also { batches.add(events.size) }
            }
        }
        val line = "\"" + "x".repeat(600 * 1024) + "\"\n"
        cli.bus("publish", "large", "--lines", "-q", stdin = line.repeat(5))

        assertThat(watched.bus("replay", "large", "--into", "copy").out).isEqualTo("Replayed 5 events into 'copy'.\n")
        assertThat(batches).containsExactly(2, 2, 1)
    }

    @Test
    fun onlyCountsOnADryRun() {
        assertThat(cli.bus("replay", "orders.*", "--into", "copy", "--dry-run").out)
            .isEqualTo("Would replay 3 events into 'copy'.\n")
        assertThat(directory.resolve("copy")).doesNotExist()
    }

    @Test
    fun asksAPerson() {
        cli.descriptors = "ttt"

        val no = cli.bus("replay", "audit", "--to-topic", "t", stdin = "n\n")
        assertThat(no.err).contains("Replay 1 event to topic 't'? [y/N] ")
        assertThat(no.code).isEqualTo(7)
        assertThat(cli.bus("replay", "audit", "--to-topic", "t", stdin = "yes\n").code).isZero()
        assertThat(stored()).isEqualTo(5)
    }

    @Test
    @DisplayName("HIS-4 speed 1 keeps the gaps, 10 is ten times faster, max does not wait")
    fun keepsTheGaps() {
        fun waits(speed: Double): List<Long> {
            val waits = ArrayList<Long>()
            val pace = Pace(speed, now = { 5L }) { waits.add(it / 1_000_000_000) }
            for (second in listOf(0L, 100, 40, 1000)) {
                pace.await(Event.builder("t").time(Instant.ofEpochSecond(second)).build())
            }
            return waits
        }

        assertThat(waits(1.0)).containsExactly(100, 40, 1000)
        assertThat(waits(10.0)).containsExactly(10, 4, 100)
        assertThat(waits(0.0)).isEmpty()
    }

    @Test
    fun refusesASpeedThatIsNone() {
        for (speed in listOf("fast", "-1x", "x", "NaN", "1e999")) {
            val ran = cli.bus("replay", "--speed", speed)
            assertThat(ran.err).isEqualTo(
                "bus: '--speed' is '$speed', expected max, or a factor such as 1x, 10x or 0.5x. [BUS-2001]\n",
            )
            assertThat(ran.code).isEqualTo(2)
        }
    }

    private fun stored() = cli.bus("query", "--count").out.trim().toInt()
}
