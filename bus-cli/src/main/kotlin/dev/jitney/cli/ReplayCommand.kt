// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import com.github.ajalt.clikt.parameters.arguments.argument
import com.github.ajalt.clikt.parameters.arguments.multiple
import com.github.ajalt.clikt.parameters.groups.provideDelegate
import com.github.ajalt.clikt.parameters.options.flag
import com.github.ajalt.clikt.parameters.options.option
import dev.jitney.event.Selection
import dev.jitney.event.Topics
import dev.jitney.spi.EventStore
import dev.jitney.spi.ReadOptions
import java.nio.file.Files
import java.nio.file.Path

/** `bus replay`: stored events once more, to standard output, to a topic or into another bus. */
internal class ReplayCommand(io: Io) :
    BusCommand(
        io,
        "replay",
        "Give stored events once more: to standard output, to a topic, or into another bus directory.",
        listOf(
            "bus replay orders.created --since 2h --to-topic orders.again",
            "bus replay 'orders.*' --speed 10x",
            "bus replay --since today --into /tmp/copy/.bus --keep-ids --dry-run",
        ),
    ) {
    private val patterns by argument("PATTERN", help = "Topics; orders.* for all below, !x to leave out").multiple()
    private val selecting by SelectionOptions()
    private val speed by option("--speed", metavar = "SPEED", help = "max (default), 1x as they came, 10x, 0.5x")
    private val toTopic by option("--to-topic", metavar = "TOPIC", help = "Publish them on this topic")
    private val into by option("--into", metavar = "DIR", help = "Publish them in this bus directory, made if absent")
    private val keepIds by option(
        "--keep-ids",
        help = "Keep id and time (default: new ones, header replayof=OLD); replayed twice, they are stored twice",
    ).flag()
    private val dryRun by option("--dry-run", help = "Only say what would be replayed").flag()
    private val limit by option(
        "-n",
        "--limit",
        metavar = "N",
        help = "At most this many, the oldest (default, and 0: all)",
    )

    override fun execute() {
        toTopic?.let(Topics::check)
        val pace = Pace.of(speed)
        val limit = limit?.let(::limit) ?: Long.MAX_VALUE
        val options = ReadOptions.forward().withSelection(selection()).withLimit(limit)
        val target = into?.let { BusDirectory.directory("--into", it, io) }
        open().use { bus ->
            when {
                dryRun -> dryRun(bus.store, options)
                target == null && toTopic == null -> print(bus, options, pace)
                else -> publish(bus, target, options, pace)
            }
        }
    }

    private fun selection(): Selection = selecting.selection(patterns, io.clock)

    private fun where(): String = listOfNotNull(
        toTopic?.let { "to topic '$it'" },
        into?.let { "into '$it'" },
    ).joinToString(" ").ifEmpty { "to standard output" }

    private fun dryRun(store: EventStore, options: ReadOptions) {
        val problems = ProblemReport(talk)
        val selected = store.read(options.withOnProblem(problems)).use { it.count() }
        problems.end()
        if (format != Format.TEXT) return io.out.line(json(dryRun = true, selected, 0, 0)).let { }
        io.out.line("Would replay ${Sizes.events(selected)} ${where()}.")
    }

    private fun print(bus: Bus, options: ReadOptions, pace: Pace) {
        // Lines of JSON unless text was asked for by name: the usual reader is a program
        val output = formatOr(Format.JSONL)
        val printer = EventPrinter(bus.format, output, style, io.descriptors.stdoutTerminal)
        val problems = ProblemReport(talk)
        val list = ListWriter(io.out, output, "bus.events/1")
        var printed = 0L
        list.of {
            bus.store.read(options.withOnProblem(problems)).use { reader ->
                while (true) {
                    val stored = reader.next() ?: break
                    printed++
                    if (pace.waits) io.out.flush()
                    pace.await(stored.event())
                    list.item(printer.render(stored))
                }
            }
        }
        list.end(truncated = false)
        problems.end()
        if (printed == 0L) talk.note("No stored event matches.")
    }

    private fun publish(bus: Bus, target: Path?, options: ReadOptions, pace: Pace) {
        val started = System.nanoTime()
        val selected = if (asks() || io.descriptors.stderrTerminal) bus.store.read(options).use { it.count() } else -1
        if (asks()) confirm(selected)
        val problems = ProblemReport(talk)
        val delivered = withTarget(bus, target) { store ->
            val copying = Copying(store, toTopic, keepIds, pace) { done ->
                talk.progress("replayed ${Sizes.count(done)} of ${Sizes.count(selected)}")
            }
            bus.store.read(options.withOnProblem(problems)).use(copying::run)
        }
        talk.endProgress()
        problems.end()
        val millis = (System.nanoTime() - started) / NANOS_PER_MILLI
        if (format == Format.TEXT) {
            io.out.line("Replayed ${Sizes.events(delivered)} ${where()}.")
        } else {
            io.out.line(json(dryRun = false, delivered, delivered, millis))
        }
    }

    private fun withTarget(bus: Bus, target: Path?, use: (EventStore) -> Long): Long {
        if (target == null || target == bus.directory) return use(bus.store)
        val new = !Files.exists(target)
        return Bus.open(target, settings, io, create = true).use {
            if (new) talk.note("Made a new bus in $target.")
            use(it.store)
        }
    }

    // Nothing is destroyed, so a script need not say yes; a person is shown the number first.
    private fun asks() = io.descriptors.canAsk && !settings.yes && !settings.noInput

    private fun confirm(selected: Long) {
        val answer = talk.ask("Replay ${Sizes.events(selected)} ${where()}? [y/N]")
        if (answer?.lowercase() !in listOf("y", "yes")) {
            throw CliFailure(ErrorCode.DECLINED, "Nothing was replayed: the answer was no.")
        }
    }

    private fun json(dryRun: Boolean, selected: Long, delivered: Long, millis: Long): String = JsonOut().obj {
        field("kind", "bus.replay/1")
        field("dryRun", dryRun)
        field("selected", selected)
        field("delivered", delivered)
        optional("toTopic", toTopic)
        optional("into", into)
        field("elapsedMs", millis)
    }.toString()

    private companion object {
        const val NANOS_PER_MILLI = 1_000_000L
    }
}
