// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.event.Selection;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.Append;
import dev.jitney.spi.Cursors;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventTail;
import dev.jitney.spi.EventTooLargeException;
import dev.jitney.spi.LineBuffer;
import dev.jitney.spi.PluginContext;
import dev.jitney.spi.Position;
import dev.jitney.spi.PurgeOptions;
import dev.jitney.spi.PurgeReport;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreCapabilities;
import dev.jitney.spi.StoreClosedException;
import dev.jitney.spi.StoreInfo;
import dev.jitney.spi.TailOptions;
import dev.jitney.spi.TopicReader;
import dev.jitney.spi.VerifyOptions;
import dev.jitney.spi.VerifyReport;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps events in memory until it is closed. It is as strict as a durable store: an event that
 * cannot be written in the wire form, or is too large for it, is refused here too, so that a test
 * that passes with it does not fail with another store. Events that are read are the very objects
 * that were appended.
 *
 * <p><b>Levels.</b> {@code MEMORY} and {@code OS}; both mean that every reader and tail sees the
 * batch, and an append reaches them before it returns. Nothing outlives the process.
 *
 * <p><b>Threads.</b> One lock guards the log and the cursors. It is not held while an event is
 * encoded, a listener is told, or a reader tries its selection; a purge holds it throughout.
 */
public final class MemoryEventStore implements EventStore {

    private static final StoreCapabilities CAPABILITIES =
            new StoreCapabilities(
                    Set.of(Level.MEMORY, Level.OS),
                    false,
                    true,
                    true,
                    true,
                    true,
                    false,
                    false,
                    true);

    private final MemoryOptions options;
    private final PluginContext context;
    private final String id = UUID.randomUUID().toString();
    private final Instant created;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final MemoryLog log = new MemoryLog();
    private final MemoryCursors cursors = new MemoryCursors(this);
    private volatile boolean closed;

    MemoryEventStore(MemoryOptions options, PluginContext context) {
        this.options = options;
        this.context = context;
        this.created = nowLocked();
    }

    @Override
    public StoreCapabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Append append(List<Event> batch, Level level) {
        return new MemoryAppend(appendAndWait(batch, level, Duration.ZERO), this);
    }

    @Override
    public Offset appendAndWait(List<Event> batch, Level level, Duration limit) {
        List<Event> events = List.copyOf(batch);
        if (events.isEmpty()) {
            throw new IllegalArgumentException(
                    "A batch must hold 1 or more events, but was empty.");
        }
        if (!CAPABILITIES.levels().contains(level)) {
            throw unknown(level);
        }
        long[] sizes = sizesOf(events);
        return locked(
                "append",
                () -> {
                    Instant now = log.timeOfStoring(nowLocked());
                    for (int i = 0; i < sizes.length; i++) {
                        StoredEvent stored = new StoredEvent(log.next(), now, events.get(i));
                        log.add(new MemoryLog.Entry(stored, sizes[i]));
                    }
                    Offset last = Offset.of(log.nextOffset() - 1);
                    retainLocked(new TreeMap<>());
                    changed.signalAll();
                    return last;
                });
    }

    @Override
    public EventReader read(ReadOptions read) {
        return locked(
                "read",
                () -> new MemoryReader(this, read, log.resolve(read.from()), log.nextOffset()));
    }

    @Override
    public EventTail tail(TailOptions tail) {
        Instant notBefore = tail.from() instanceof Position.AtTime at ? at.storedAt() : null;
        return locked(
                "tail", () -> new MemoryTail(this, tail, log.resolve(tail.from()), notBefore));
    }

    @Override
    public TopicReader topics(Selection selection) {
        return new MemoryTopics(locked("topics", log::all), selection);
    }

    @Override
    public Offset start() {
        return locked("start", () -> Offset.of(log.firstOffset()));
    }

    @Override
    public Offset end() {
        return locked("end", log::next);
    }

    @Override
    public StoreInfo info() {
        Snapshot now = locked("info", this::snapshotLocked);
        List<MemoryLog.Entry> entries = now.entries();
        return new StoreInfo(
                options.name().isEmpty() ? "memory" : options.name(),
                id,
                options.location(),
                1,
                created,
                now.start(),
                now.end(),
                Offset.ZERO,
                entries.size(),
                entries.stream().map(one -> one.stored().event().topic()).distinct().count(),
                entries.stream().mapToLong(MemoryLog.Entry::bytes).sum(),
                options.details());
    }

    @Override
    public PurgeReport purge(Selection selection, PurgeOptions purge) {
        return locked(
                "purge",
                () -> {
                    MemoryPurge plan =
                            new MemoryPurge(
                                    log.all(), selection, purge, cursors.leastInUseLocked());
                    if (!purge.dryRun()) {
                        log.removeIf(plan::removes);
                    }
                    return plan.report(purge.dryRun());
                });
    }

    @Override
    public PurgeReport applyRetention() {
        return locked(
                "retention",
                () -> {
                    TreeMap<String, Long> byTopic = new TreeMap<>();
                    long before = log.bytes();
                    retainLocked(byTopic);
                    long events = byTopic.values().stream().mapToLong(Long::longValue).sum();
                    long kept = Math.max(0, log.size() - options.retainEvents());
                    return new PurgeReport(events, before - log.bytes(), kept, byTopic, false);
                });
    }

    @Override
    public Cursors cursors() {
        return locked("cursors", () -> cursors);
    }

    /** Nothing can be damaged here: counts what is there. */
    @Override
    public VerifyReport verify(VerifyOptions verify) {
        VerifyReport report =
                locked("verify", () -> new VerifyReport(log.size(), log.bytes(), 0, 0));
        verify.onProgress().accept(report.bytes());
        return report;
    }

    @Override
    public void close() {
        closed = true;
        wakeAll();
    }

    @Override
    public String toString() {
        return options.location();
    }

    MemoryOptions options() {
        return options;
    }

    MemoryLog logLocked() {
        return log;
    }

    Instant nowLocked() {
        return context.clock().instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Runs under the lock, unless the store is closed. */
    <T extends @Nullable Object> T locked(String call, Supplier<T> code) {
        lock.lock();
        try {
            if (closed) {
                throw new StoreClosedException(
                        "Event store '%s' is closed and refuses %s. Open a new one."
                                .formatted(options.location(), call));
            }
            return code.get();
        } finally {
            lock.unlock();
        }
    }

    /** Runs under the lock, whether the store is closed or not. */
    void evenClosed(Runnable code) {
        lock.lock();
        try {
            code.run();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the event at this offset or the next one; null where there is none. */
    @Nullable StoredEvent atOrAfter(long offset) {
        return locked("reading on", () -> storedIn(log.atOrAfter(offset)));
    }

    /** Returns the event in front of this offset; null where there is none. */
    @Nullable StoredEvent before(long offset) {
        return locked("reading on", () -> storedIn(log.before(offset)));
    }

    private static @Nullable StoredEvent storedIn(MemoryLog.@Nullable Entry entry) {
        return entry == null ? null : entry.stored();
    }

    /** As {@link #atOrAfter}, but waits up to the deadline or until the tail or store is closed. */
    @Nullable StoredEvent awaitAtOrAfter(long offset, long deadline, MemoryTail tail)
            throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed && !tail.closed()) {
                MemoryLog.Entry entry = log.atOrAfter(offset);
                long left = deadline - System.nanoTime();
                if (entry != null || left <= 0) {
                    return entry == null ? null : entry.stored();
                }
                changed.awaitNanos(left);
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    void wakeAll() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private record Snapshot(List<MemoryLog.Entry> entries, Offset start, Offset end) {}

    private Snapshot snapshotLocked() {
        return new Snapshot(log.all(), Offset.of(log.firstOffset()), log.next());
    }

    UnsupportedOperationException unknown(Level level) {
        return new UnsupportedOperationException(
                "Event store '%s' does not reach level '%s'. Use memory or os."
                        .formatted(options.location(), level.wireName()));
    }

    private void retainLocked(TreeMap<String, Long> byTopic) {
        long surplus = log.size() - options.retainEvents();
        if (surplus <= 0) {
            return;
        }
        long needed = options.ignoreCursors() ? Long.MAX_VALUE : cursors.leastInUseLocked();
        for (long i = 0; i < surplus && log.firstOffset() < needed; i++) {
            byTopic.merge(log.removeFirst().stored().event().topic(), 1L, Long::sum);
        }
    }

    private long[] sizesOf(List<Event> events) {
        long[] sizes = new long[events.size()];
        LineBuffer line = new LineBuffer(512);
        for (int i = 0; i < sizes.length; i++) {
            Event event = events.get(i);
            if (event.source() == null) {
                throw new IllegalArgumentException(
                        "Event '%s' of topic '%s' has no source. Set one before it is stored."
                                .formatted(event.id(), event.topic()));
            }
            line.length(0);
            context.eventFormat().encode(event, line);
            sizes[i] = line.length() + 1L;
            if (line.length() > options.maxEvent()) {
                throw new EventTooLargeException(
                        ("Event '%s' of topic '%s' has %s bytes; event store '%s' takes at most %s."
                                        + " Raise 'max-event', or publish a reference to the data.")
                                .formatted(
                                        event.id(),
                                        event.topic(),
                                        line.length(),
                                        options.location(),
                                        options.maxEvent()));
            }
        }
        return sizes;
    }
}
