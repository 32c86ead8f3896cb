// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.event.Offset;
import dev.jitney.spi.Cursor;
import dev.jitney.spi.Cursors;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The cursors of a memory store; they live and die with it. */
final class MemoryCursors implements Cursors {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    private record Saved(Offset checkpoint, Instant at) {}

    private final MemoryEventStore store;
    // Guarded by the store's lock, as a purge looks at the cursors and the log together.
    private final SortedMap<String, Saved> saved = new TreeMap<>();

    MemoryCursors(MemoryEventStore store) {
        this.store = store;
    }

    @Override
    public @Nullable Cursor find(String name) {
        check(name);
        return store.locked(
                "cursors",
                () -> {
                    Saved cursor = saved.get(name);
                    return cursor == null ? null : describe(name, cursor);
                });
    }

    @Override
    public Cursor save(String name, Offset checkpoint) {
        return put(name, checkpoint, false);
    }

    @Override
    public Cursor reset(String name, Offset checkpoint) {
        return put(name, checkpoint, true);
    }

    @Override
    public boolean remove(String name) {
        check(name);
        return store.locked("cursors", () -> saved.remove(name) != null);
    }

    @Override
    public List<Cursor> list() {
        return store.locked("cursors", () -> listLocked());
    }

    /** Returns the least checkpoint of those in use, or {@link Long#MAX_VALUE}. */
    long leastInUseLocked() {
        return saved.values().stream()
                .filter(cursor -> !idle(cursor))
                .mapToLong(cursor -> cursor.checkpoint().value())
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private Cursor put(String name, Offset checkpoint, boolean backward) {
        check(name);
        if (checkpoint.value() < 0) {
            throw new IllegalArgumentException(
                    "A checkpoint must be an offset of 0 or more, but was unassigned.");
        }
        return store.locked(
                "cursors",
                () -> {
                    Saved cursor = saved.get(name);
                    if (cursor == null
                            || backward
                            || checkpoint.compareTo(cursor.checkpoint()) >= 0) {
                        cursor = new Saved(checkpoint, store.nowLocked());
                        saved.put(name, cursor);
                    }
                    return describe(name, cursor);
                });
    }

    private List<Cursor> listLocked() {
        return saved.entrySet().stream()
                .map(entry -> describe(entry.getKey(), entry.getValue()))
                .toList();
    }

    private Cursor describe(String name, Saved cursor) {
        long lag = Math.max(0, store.logLocked().nextOffset() - cursor.checkpoint().value());
        return new Cursor(name, cursor.checkpoint(), lag, cursor.at(), idle(cursor));
    }

    private boolean idle(Saved cursor) {
        return store.nowLocked().isAfter(cursor.at().plus(store.options().cursorIdle()));
    }

    private static void check(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "Cursor name '"
                            + name
                            + "' is not valid. Use 1 to 128 letters, digits, '.', '_' and '-',"
                            + " beginning with a letter or a digit.");
        }
    }
}
