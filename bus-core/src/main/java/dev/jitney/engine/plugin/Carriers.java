// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.spi.ContextCarrier;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The context carriers of a bus, called as one: in order, each for itself, so that one that fails
 * touches no other (CTX-4, ERR-6). Never throws.
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 */
public final class Carriers {

    private final List<ContextCarrier> all;
    private final ContextCarrier[] each;
    private final PluginLog log;
    private final String[] labels;

    /** Puts the carriers in order of name, then as they are given. */
    public Carriers(List<ContextCarrier> carriers, PluginLog log) {
        this.log = log;
        all = carriers.isEmpty() ? List.of() : inOrder(carriers);
        each = all.toArray(new ContextCarrier[0]);
        labels = Wording.labels("context carrier", all);
    }

    private static List<ContextCarrier> inOrder(List<ContextCarrier> carriers) {
        return carriers.stream()
                .filter(ContextCarrier::isEnabled)
                .sorted(Comparator.comparing(ContextCarrier::name))
                .toList();
    }

    /** Says whether there is none. */
    public boolean isEmpty() {
        return each.length == 0;
    }

    /** Returns the carriers in their order. */
    public List<ContextCarrier> list() {
        return all;
    }

    /**
     * Returns the calling thread's context for {@link #restore}, or null if there is nothing to
     * carry. With a single carrier it is what that one gave, in no wrapping.
     */
    public @Nullable Object capture() {
        if (labels.length == 1) {
            return capture(0);
        }
        @Nullable Object @Nullable [] captured = null;
        for (int i = 0; i < labels.length; i++) {
            Object one = capture(i);
            if (one != null) {
                captured = captured == null ? new Object[labels.length] : captured;
                captured[i] = one;
            }
        }
        return captured;
    }

    /**
     * Makes a captured context the calling thread's until what is returned is closed, by the same
     * thread; null if there is nothing to close. Closing never throws.
     */
    public @Nullable AutoCloseable restore(@Nullable Object captured) {
        if (captured == null) {
            return null;
        }
        if (labels.length == 1) {
            return restore(0, captured, null);
        }
        Entered entered = null;
        @Nullable Object[] given = (@Nullable Object[]) captured;
        for (int i = 0; i < given.length; i++) {
            Object one = given[i];
            entered = one == null ? entered : restore(i, one, entered);
        }
        return entered;
    }

    /** Returns the first correlation id that a carrier's context stands for, or null (CTX-1). */
    public @Nullable String correlationId() {
        for (int i = 0; i < labels.length; i++) {
            try {
                String id = each[i].correlationId();
                if (id != null && !id.isEmpty()) {
                    return id;
                }
            } catch (Throwable e) {
                log.failed(labels[i], "correlationId", e);
            }
        }
        return null;
    }

    private @Nullable Object capture(int i) {
        try {
            return each[i].capture();
        } catch (Throwable e) {
            log.failed(labels[i], "capture", e);
            return null;
        }
    }

    private @Nullable Entered restore(int i, Object captured, @Nullable Entered before) {
        try {
            AutoCloseable scope = each[i].restore(captured);
            return scope == null ? before : new Entered(scope, labels[i], "restore", log, before);
        } catch (Throwable e) {
            log.failed(labels[i], "restore", e);
            return before;
        }
    }
}
