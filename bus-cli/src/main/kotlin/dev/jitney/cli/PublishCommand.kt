// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import com.github.ajalt.clikt.parameters.arguments.argument
import com.github.ajalt.clikt.parameters.arguments.optional
import com.github.ajalt.clikt.parameters.groups.provideDelegate
import com.github.ajalt.clikt.parameters.options.flag
import com.github.ajalt.clikt.parameters.options.option
import dev.jitney.event.Event
import dev.jitney.event.Level
import dev.jitney.event.Offset
import dev.jitney.event.Topics
import dev.jitney.spi.EventTooLargeException
import dev.jitney.spi.StoreException
import java.io.FileInputStream
import java.io.IOException
import java.io.InputStream
import java.nio.file.Files
import java.nio.file.Path

/** `bus publish`: one event, or many from a stream. */
internal class PublishCommand(io: Io) :
    BusCommand(
        io,
        "publish",
        "Publish one event, or many from a stream. (alias: pub)",
        listOf(
            "bus publish user.login '{\"username\":\"alice\"}' -H region=eu",
            "bus publish orders.created --file order.json --key 7",
            "printf 'a\\nb\\n' | bus publish notes --lines",
            "bus query --since 1h -n 0 -o jsonl | bus publish --ndjson -d /tmp/copy",
        ),
    ) {
    private val topic by argument("TOPIC", help = "Where to publish; --ndjson lines may name their own").optional()
    private val payload by argument("PAYLOAD", help = "JSON or text; else --file, else what is piped in").optional()
    private val file by option("-f", "--file", metavar = "FILE", help = "Payload from a file, or - for standard input")
    private val lines by option("--lines", help = "Each input line is the payload of an event").flag()
    private val ndjson by option(
        "--ndjson",
        help = "Each input line is an event: {topic,payload,headers,key,…} or CloudEvents",
    ).flag()
    private val options by PublishOptions()
    private val level by option(
        "--level",
        metavar = "LEVEL",
        help = "What to wait for: memory, os or disk (default: disk)",
    )

    private val wire by lazy(LazyThreadSafetyMode.NONE) { Bus.format() }
    private val many get() = lines || ndjson
    private val what get() = if (file == null || file == "-") "standard input" else "'$file'"

    override fun execute() {
        check()
        val level = level()
        if (many) publishMany(level) else publishOne(level)
    }

    private fun check() {
        if (lines && ndjson) refuse("'--lines' and '--ndjson' exclude each other.")
        if (payload != null && file != null) refuse("PAYLOAD and '--file' exclude each other.")
        if (payload != null && many) refuse("PAYLOAD and '${if (lines) "--lines" else "--ndjson"}' exclude each other.")
        if (options.id != null && many) refuse("'--id' is for one event; the events of a stream need one each.")
        if (topic == null && !ndjson) refuse("TOPIC is missing.")
        topic?.let(Topics::check)
        options.check()
    }

    private fun refuse(message: String): Nothing = throw CliFailure(ErrorCode.USAGE, message, "bus publish --help")

    private fun level(): Level = when (val name = level) {
        null, "disk" -> Level.DISK
        "os" -> Level.OS
        "memory" -> Level.MEMORY
        else -> throw CliFailure(ErrorCode.USAGE, "'--level' is '$name', expected memory, os or disk.")
    }

    private fun publishOne(level: Level) {
        val event = Event.builder(checkNotNull(topic)).source(Bus.SOURCE)
        val text = payload
        val bytes = text?.toByteArray(Charsets.UTF_8) ?: input()
        if (bytes !=
            null
        ) {
            PayloadReading(options.contentType).into(event, bytes, if (text != null) "PAYLOAD" else capital(what))
        }
        val ready = Refusals.told(null) {
            options.apply(event)
            complete(event)
        }
        openForWriting().use { bus ->
            val publisher = Publisher(bus.store, level) { stored, offset -> io.out.line(result(stored, offset)) }
            publisher.add(ready)
            publisher.flush()
        }
    }

    // Nothing from a stream that was not asked for by name is "no payload", so that a bare publish works under cron.
    private fun input(): ByteArray? {
        if (file == null && io.descriptors.stdinTerminal) return null
        val bytes = source().use { stream ->
            PublishInput.readable(what) { stream.readNBytes(PayloadReading.MAX_PAYLOAD + 1) }
        }
        return bytes.takeIf { it.isNotEmpty() || file != null }
    }

    private fun publishMany(level: Level) {
        source().use { stream ->
            val input = PublishInput(stream, what, skipBlank = ndjson, reading())
            // The first batch is read before the directory is made, so that bad input leaves nothing behind.
            val first = input.batch()
            if (first.isEmpty()) return talk.note("There is nothing on $what to publish.")
            openForWriting().use { bus ->
                val list = ListWriter(io.out, format, "bus.publish/1")
                val publisher = Publisher(bus.store, level) { event, offset -> list.item(result(event, offset)) }
                list.of { publishAll(input, first, publisher) }
                list.end(truncated = false)
            }
        }
    }

    private fun publishAll(input: PublishInput, first: List<InputEvent>, publisher: Publisher) {
        var batch = first
        while (batch.isNotEmpty()) {
            batch.forEach { publisher.add(it.event) }
            try {
                publisher.flush()
            } catch (e: StoreException) {
                val failure = if (e is EventTooLargeException) tooLarge(e, batch) else Failures.of(e)
                throw if (publisher.count == 0L) failure else partial(failure, publisher.count)
            }
            io.out.flush()
            batch = try {
                input.batch()
            } catch (e: CliFailure) {
                throw partial(e, publisher.count)
            }
        }
        talk.note("${Sizes.events(publisher.count)} published.")
    }

    // The store refuses a batch that has one, and of that batch the largest is one.
    private fun tooLarge(e: EventTooLargeException, batch: List<InputEvent>): CliFailure {
        val line = batch.maxBy { wire.encode(it.event).size }
        val failure = Failures.of(e)
        return CliFailure(failure.code, "${line.place} is too large. ${failure.message}", failure.hint, e)
    }

    private fun partial(e: CliFailure, stored: Long) = CliFailure(
        e.code,
        "${e.message} ${Sizes.events(stored)} before it ${if (stored == 1L) "is" else "are"} stored.",
        e.hint,
        e,
        ExitCode.PARTIAL,
    )

    private fun reading(): (ByteArray, String) -> Event {
        if (lines) {
            val payloads = PayloadReading(options.contentType)
            return { line, name ->
                val event = Event.builder(checkNotNull(topic)).source(Bus.SOURCE)
                payloads.into(event, line, name)
                options.apply(event)
                complete(event)
            }
        }
        val events = WholeEvents(wire, topic)
        return { line, name -> complete(events.read(line, name).also(options::apply)) }
    }

    // CTX-1: never absent. What cannot be written is found here, where its line is known, and not by the store.
    private fun complete(builder: Event.Builder): Event {
        val event = builder.build()
        val sourced = if (event.source() == null) event.withSource(Bus.SOURCE) else event
        val whole = if (sourced.correlationId() == null) sourced.withCorrelationId(sourced.id()) else sourced
        wire.encode(whole)
        return whole
    }

    private fun source(): InputStream {
        val name = file
        if (name != null && name != "-") return open(BusDirectory.path("--file", name, io), name)
        if (io.descriptors.stdinClosed) {
            throw CliFailure(
                ErrorCode.INPUT,
                "Standard input is closed, so there is nothing to read.",
                "PAYLOAD as an argument, or --file FILE",
            )
        }
        return io.stdin
    }

    private fun open(path: Path, name: String): InputStream = try {
        if (Files.isDirectory(path)) throw IOException("a directory")
        // Not by Files: what that gives asks a pipe, such as <(command), where it stands
        FileInputStream(path.toFile()).buffered()
    } catch (e: IOException) {
        val reason = if (Files.notExists(path)) "it does not exist" else "it cannot be read"
        throw CliFailure(ErrorCode.INPUT, "'--file' is '$name', but $reason.", cause = e)
    }

    private fun openForWriting(): Bus {
        val directory = BusDirectory.orNew(settings.dir, io)
        val new = !Files.exists(directory)
        return Bus.open(directory, settings, io, create = true).also {
            if (new) talk.note("Made a new bus in $directory.")
        }
    }

    private fun result(event: Event, offset: Offset): String = when (format) {
        Format.TEXT -> "${style.bold(event.topic())}  $offset  ${Escapes.line(event.id())}"

        else -> JsonOut().obj {
            field("kind", "bus.published/1")
            field("topic", event.topic())
            if (offset.value() >= 0) field("offset", offset.value())
            field("id", event.id())
            field("status", if (offset.value() >= 0) "stored" else "accepted")
        }.toString()
    }

    private fun capital(text: String) = text.replaceFirstChar(Char::uppercaseChar)
}
