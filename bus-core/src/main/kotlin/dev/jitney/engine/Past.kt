// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.FindOptions
import dev.jitney.Publication
import dev.jitney.event.Event
import dev.jitney.event.Selection
import dev.jitney.spi.EventStore
import dev.jitney.spi.ReadOptions
import java.lang.invoke.VarHandle
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage

// A look that others make in vain by moving events may be followed by so many in all.
private const val MOST_LOOKS = 8

/** What a bus knows of its events: those in flight, those kept, and those in the store (HIS, NST-4, NST-6). */
internal class Past(private val core: EngineCore, private val store: EventStore?) {
    val history: History = History(core.settings.historyLimit)

    // Where keys are remembered for longer than publications.
    private val longer = core.window?.takeIf { core.settings.duplicateWindow > core.settings.historyLimit }
    private val debounce = Debounce()

    // Null until an event has to wait.
    @Volatile
    private var open: OpenEvents? = null

    // Null until somebody looks back. Whoever looks for what is to come has set it before looking back.
    @Volatile
    private var findings: Findings? = null
    private var closed = false

    private fun findings(): Findings = findings ?: makeFindings()

    @Synchronized
    private fun makeFindings(): Findings = findings ?: Findings(
        core.clock,
        history,
        { inFlight() },
        { delay, task -> core.timers.schedule(nanosOf(delay)) { core.pool.execute(task) } },
        { core.pool.execute(it) },
    ).also {
        if (closed) it.close()
        findings = it
    }

    private fun inFlight(): Collection<EnginePublication> {
        val found = LinkedHashSet<EnginePublication>()
        for (look in 1..MOST_LOOKS) {
            val moves = core.watch.moves
            // In the order in which they go through these, so that none goes from where was not looked yet to where was.
            for (lane in core.lanes.all()) lane.queued().filterTo(found) { it.admitted }
            found.addAll(core.watch.running())
            VarHandle.loadLoadFence()
            found.addAll(core.watch.ending())
            open?.addTo(found)
            if (core.watch.moves == moves) break
        }
        found.removeIf { it.owner !== core || it.completed }
        return found
    }

    /** An event whose handlers have ended is found until it has completed, which may wait for other buses and children. */
    fun keepOpen(publication: EnginePublication) {
        if (!publication.completed) (open ?: makeOpen()).add(publication)
    }

    @Synchronized
    private fun makeOpen(): OpenEvents = open ?: OpenEvents().also { open = it }

    /** Keeps an event that is about to complete. */
    fun keep(publication: EnginePublication) {
        if (history.isNone) return
        publication.keepRecords()
        val gone = history.add(publication)
        if (gone != null) forget(gone as EnginePublication)
    }

    /** A publication has left history, or ends without getting there: duplicates are told by its key from now on. */
    fun forget(publication: EnginePublication) {
        if (longer == null || publication.origin != Origin.PUBLISHED) return
        // Whoever publishes it again before its end waits for that.
        if (publication.completed) {
            longer.keepKey(publication)
        } else {
            publication.onCompleted { longer.keepKey(publication) }
        }
    }

    /** The event can be found from now on, and is not handled yet. */
    fun offer(publication: EnginePublication) {
        findings?.offer(publication)
    }

    fun find(options: FindOptions): CompletableFuture<Event?> =
        findings().find(options, if (store == null) null else ::inStore)

    private fun inStore(options: FindOptions): CompletionStage<Event?> =
        CompletableFuture.supplyAsync({ search(options, store!!) }, core.pool.blocking)

    /** From the newest back: by the order of storing, which is that of time but for late events. */
    private fun search(options: FindOptions, store: EventStore): Event? {
        val selection = Selection.builder().pattern(options.pattern().text())
        if (options.past() != FindOptions.UNLIMITED) selection.since(core.clock.instant().minus(options.past()))
        val read = ReadOptions.newestFirst().withSelection(selection.build())
        return store.read(read).use { reader ->
            generateSequence { reader.next()?.event() }
                .firstOrNull { descends(it, options) && options.predicate()?.test(it) != false }
        }
    }

    private fun descends(event: Event, options: FindOptions): Boolean {
        val ancestor = options.childOf() ?: return true
        return event.causationId() == ancestor.id() || causality().isDescendantOf(event, ancestor)
    }

    /** What is kept and selected, the oldest first. */
    fun matching(selection: Selection): List<Event> =
        history.newestFirst().asReversed().map { it.event() }.filter(selection::matches)

    fun filter(options: FindOptions, limit: Int): List<Publication> = findings().filter(options, limit)

    fun findOrPublish(options: FindOptions, publish: (Debounce.Turn) -> Publication?): Publication? =
        debounce.findOrPublish(options.pattern().text(), { findings().newest(options) }, publish)

    fun causality(): Causality = Causality(known())

    fun tree(title: String): String = EventTree(
        // Counted once: handlers begin meanwhile, and an order that changes cannot be sorted by.
        known().map { it to it.handlerResults().size }.sortedByDescending { it.second }.map { it.first },
        { it.published() },
        EventTreeTexts(core.plugins.context().masker()::mask),
    ).print(title)

    private fun known(): List<Publication> = allKnown(inFlight(), history)

    /** Ends all searches that wait. */
    @Synchronized
    fun close() {
        closed = true
        findings?.close()
    }
}
