// SPDX-License-Identifier: Apache-2.0
package dev.jitney.cli

import dev.jitney.event.Offset
import dev.jitney.event.Selection
import dev.jitney.event.StoredEvent
import dev.jitney.spi.EventStore
import dev.jitney.spi.EventTail
import dev.jitney.spi.Position
import dev.jitney.spi.ReadOptions
import dev.jitney.spi.StoreException
import dev.jitney.spi.StoreProblem
import dev.jitney.spi.TailOptions
import java.time.Duration

/** Follows a store and lists what it gives: at once when it waits for more, in blocks while there is more. */
internal class Following(
    private val store: EventStore,
    private val out: Out,
    private val list: ListWriter,
    private val problems: ProblemReport,
    private val render: (StoredEvent) -> String,
) {
    fun run(plan: TailPlan) {
        list.of { goThrough(plan) }
        list.end(truncated = false)
        problems.end()
    }

    private fun goThrough(plan: TailPlan) {
        val saving = plan.cursor?.let { CursorSaving.of(store, it) }
        val from = saving?.checkpoint()?.let { Position.at(it) } ?: begin(plan)
        problems.following((from as? Position.AtOffset)?.offset(), store.end())
        val hook = saving?.let { Thread { saveLast(it) } }
        hook?.let(Runtime.getRuntime()::addShutdownHook)
        try {
            if (plan.follow) follow(from, plan, saving) else readOn(from, plan, saving)
        } finally {
            try {
                saving?.close()
            } finally {
                // Too late to remove when it is running already
                hook?.let { runCatching { Runtime.getRuntime().removeShutdownHook(it) } }
            }
        }
    }

    // At a signal, where there is no one else to say it.
    private fun saveLast(saving: CursorSaving) = try {
        saving.save()
    } catch (e: StoreException) {
        problems.unsaved(e)
    }

    private fun readOn(from: Position, plan: TailPlan, saving: CursorSaving?) {
        val end = store.end()
        var next = end
        val options = ReadOptions.forward().withFrom(from).withSelection(plan.selection).withLimit(plan.limit)
        store.read(options.withOnProblem(problems)).use { reader ->
            var printed = 0L
            while (true) {
                val stored = reader.next() ?: break
                print(stored)
                printed++
                next = if (printed == plan.limit) stored.offset().plus(1) else maxOf(end, stored.offset().plus(1))
            }
        }
        out.flush()
        saving?.written(next)
    }

    private fun follow(from: Position, plan: TailPlan, saving: CursorSaving?) {
        store.tail(TailOptions.from(from).withSelection(plan.selection).withOnProblem(problems)).use { tail ->
            plan.announce(tail.position().toString())
            var left = plan.limit
            while (left > 0) {
                print(tail.next(Duration.ZERO) ?: waited(tail, plan.idle, saving) ?: break)
                left--
                if (saving?.due() == true) written(tail, saving)
            }
            written(tail, saving)
        }
    }

    // Returns the next event, or null when it is time to stop.
    private fun waited(tail: EventTail, idle: Duration?, saving: CursorSaving?): StoredEvent? {
        written(tail, saving)
        if (idle != null) return tail.next(idle)
        while (true) {
            tail.next(WAIT)?.let { return it }
            written(tail, saving)
        }
    }

    private fun written(tail: EventTail, saving: CursorSaving?) {
        out.flush()
        saving?.written(tail.position())
    }

    private fun print(stored: StoredEvent) = list.item(render(stored))

    private fun begin(plan: TailPlan): Position {
        val last = plan.last ?: return plan.start
        val end = store.end()
        return Position.at(newest(plan.selection, last, end) ?: end)
    }

    // The offset of the n-th newest event that is selected, of the oldest if there are fewer, or null if there is none.
    private fun newest(selection: Selection, events: Long, end: Offset): Offset? {
        if (events == 0L) return null
        val options = ReadOptions.newestFirst().withFrom(Position.at(end)).withLimit(events).withSelection(selection)
        val passedOver = ArrayDeque<StoreProblem>()
        var oldest: Offset? = null
        store.read(options.withOnProblem(passedOver::addFirst)).use { reader ->
            while (true) {
                oldest = (reader.next() ?: break).offset()
                passedOver.clear() // what lies behind it is told when it is read on from there
            }
        }
        passedOver.forEach(problems)
        return oldest
    }

    private companion object {
        val WAIT: Duration = Duration.ofSeconds(1)
    }
}
