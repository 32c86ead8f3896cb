// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.event.DeadLetter;
import dev.jitney.spi.DeadLetterSink;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the newest dead letters in memory.
 *
 * <p>INVARIANTS: every field but {@code bound} is guarded by this. {@code letters} is in the order
 * in which letters were added, and replacing a value does not move its key.
 */
public final class MemoryDeadLetterSink implements DeadLetterSink {

    /** How many letters a sink keeps that is not told otherwise. */
    public static final int DEFAULT_BOUND = 1_000;

    private final int bound;
    private final Map<String, DeadLetter> letters = new LinkedHashMap<>();
    private long evicted;
    private boolean closed;

    /** Makes an empty sink that keeps at most this many letters, 1 or more. */
    public MemoryDeadLetterSink(int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("bound must be 1 letter or more, but was " + bound);
        }
        this.bound = bound;
    }

    @Override
    public synchronized List<DeadLetter> add(DeadLetter letter) {
        check();
        if (letters.put(letter.id(), letter) != null || letters.size() <= bound) {
            return List.of();
        }
        Iterator<DeadLetter> oldest = letters.values().iterator();
        DeadLetter first = oldest.next();
        oldest.remove();
        evicted++;
        return List.of(first);
    }

    @Override
    public synchronized long size() {
        check();
        return letters.size();
    }

    @Override
    public synchronized long bound() {
        check();
        return bound;
    }

    @Override
    public synchronized long evicted() {
        check();
        return evicted;
    }

    @Override
    public List<DeadLetter> list(Filter filter, int limit) {
        List<DeadLetter> all = snapshot();
        List<DeadLetter> selected = new ArrayList<>();
        ListIterator<DeadLetter> backward = all.listIterator(all.size());
        while (selected.size() < limit && backward.hasPrevious()) {
            DeadLetter letter = backward.previous();
            if (filter.matches(letter)) {
                selected.add(letter);
            }
        }
        return selected;
    }

    @Override
    public synchronized @Nullable DeadLetter get(String id) {
        check();
        return letters.get(id);
    }

    @Override
    public synchronized boolean update(DeadLetter letter) {
        check();
        return letters.replace(letter.id(), letter) != null;
    }

    @Override
    public synchronized @Nullable DeadLetter startRetry(String id, int mostRetries, Instant now) {
        check();
        DeadLetter letter = letters.get(id);
        if (letter == null || letter.retries() >= mostRetries) {
            return null;
        }
        DeadLetter retried = letter.retried(now);
        letters.put(id, retried);
        return retried;
    }

    @Override
    public synchronized boolean remove(String id) {
        check();
        return letters.remove(id) != null;
    }

    @Override
    public synchronized long clear(Filter filter) {
        check();
        int before = letters.size();
        letters.values().removeIf(filter::matches);
        return before - letters.size();
    }

    @Override
    public synchronized Stats stats() {
        check();
        Stats.Counter counts = new Stats.Counter();
        letters.values().forEach(counts::add);
        return counts.stats(bound, evicted);
    }

    @Override
    public synchronized void close() {
        closed = true;
        letters.clear();
    }

    private synchronized List<DeadLetter> snapshot() {
        check();
        return new ArrayList<>(letters.values());
    }

    private void check() {
        if (closed) {
            throw new IllegalStateException("Dead-letter sink 'memory' is closed.");
        }
    }
}
