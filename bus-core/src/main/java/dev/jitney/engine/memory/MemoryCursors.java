// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.event.Offset;
import dev.jitney.spi.Cursor;
import dev.jitney.spi.Cursor.Progress;
import dev.jitney.spi.Cursors;
import dev.jitney.spi.StoreException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The cursors of a memory store; they live and die with it. */
final class MemoryCursors implements Cursors {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    private record Saved(Progress progress, Instant at) {}

    private final MemoryEventStore store;
    // Guarded by the store's lock, as a purge looks at the cursors and the log together.
    private final SortedMap<String, Saved> saved = new TreeMap<>();
    private final Map<String, MemoryClaim> claims = new HashMap<>();

    MemoryCursors(MemoryEventStore store) {
        this.store = store;
    }

    @Override
    public @Nullable Cursor find(String name) {
        check(name);
        return store.locked("cursors", () -> findLocked(name));
    }

    @Override
    public Cursor save(String name, Offset checkpoint) {
        return unclaimed(name, () -> addLocked(name, Progress.below(checkpoint)));
    }

    @Override
    public Cursor reset(String name, Offset checkpoint) {
        return unclaimed(name, () -> putLocked(name, Progress.below(checkpoint)));
    }

    @Override
    public boolean remove(String name) {
        return unclaimed(name, () -> saved.remove(name) != null);
    }

    @Override
    public List<Cursor> list() {
        return store.locked("cursors", () -> listLocked());
    }

    @Override
    public @Nullable Claim claim(String name) {
        check(name);
        return store.locked(
                "cursors",
                () -> {
                    if (claims.containsKey(name)) {
                        return null;
                    }
                    MemoryClaim claim = new MemoryClaim(name);
                    claims.put(name, claim);
                    return claim;
                });
    }

    /** Returns the least checkpoint of those in use, or {@link Long#MAX_VALUE}. */
    long leastInUseLocked() {
        return saved.values().stream()
                .filter(cursor -> !idle(cursor))
                .mapToLong(cursor -> cursor.progress().checkpoint().value())
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private <T> T unclaimed(String name, Supplier<T> change) {
        check(name);
        return store.locked(
                "cursors",
                () -> {
                    if (claims.containsKey(name)) {
                        throw new StoreException(
                                "Cursor '%s' has an owner, which alone may change it. Close its durable subscription first."
                                        .formatted(name));
                    }
                    return change.get();
                });
    }

    private @Nullable Cursor findLocked(String name) {
        Saved cursor = saved.get(name);
        return cursor == null ? null : describe(name, cursor);
    }

    private Cursor addLocked(String name, Progress progress) {
        Saved cursor = saved.get(name);
        if (cursor == null) {
            return putLocked(name, progress);
        }
        Progress now = cursor.progress().and(progress);
        boolean behind = progress.checkpoint().compareTo(cursor.progress().checkpoint()) < 0;
        // What changes nothing is no use of it either.
        return behind && now.equals(cursor.progress())
                ? describe(name, cursor)
                : putLocked(name, now);
    }

    private Cursor putLocked(String name, Progress progress) {
        Saved cursor = new Saved(progress, store.nowLocked());
        saved.put(name, cursor);
        return describe(name, cursor);
    }

    private List<Cursor> listLocked() {
        return saved.entrySet().stream()
                .map(entry -> describe(entry.getKey(), entry.getValue()))
                .toList();
    }

    private Cursor describe(String name, Saved cursor) {
        long checkpoint = cursor.progress().checkpoint().value();
        long lag = Math.max(0, store.logLocked().nextOffset() - checkpoint);
        return new Cursor(name, cursor.progress(), lag, cursor.at(), idle(cursor));
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

    private final class MemoryClaim implements Claim {

        private final String name;

        private MemoryClaim(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public @Nullable Cursor find() {
            return MemoryCursors.this.find(name);
        }

        @Override
        public Cursor save(Progress progress) {
            return owning(() -> addLocked(name, progress));
        }

        @Override
        public Cursor reset(Offset checkpoint) {
            return owning(() -> putLocked(name, Progress.below(checkpoint)));
        }

        @Override
        public void close() {
            store.evenClosed(() -> claims.remove(name, this));
        }

        private Cursor owning(Supplier<Cursor> change) {
            return store.locked(
                    "cursors",
                    () -> {
                        if (claims.get(name) != this) {
                            throw new StoreException(
                                    "Cursor '%s' cannot be saved: this claim to it has ended."
                                            .formatted(name));
                        }
                        return change.get();
                    });
        }
    }
}
