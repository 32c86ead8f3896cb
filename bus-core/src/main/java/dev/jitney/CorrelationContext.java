// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.Event;
import dev.jitney.event.EventClock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The correlation id of what the calling thread is doing: the id that events published by it get
 * when they have none (CTX-1, CTX-2). While a handler runs it is that of the handler's event.
 *
 * <pre>{@code
 * String id = CorrelationContext.correlationIdFromHeaders(request.headers());
 * try (var entry = CorrelationContext.with(id)) {
 *     bus.publish("order.placed", order);
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> An id is bound to one thread, and new threads and executors do not inherit it.
 * Kotlin code that suspends uses {@code withCorrelation} of {@code dev.jitney.kotlin}, which goes
 * along over suspension and from thread to thread.
 */
public final class CorrelationContext {

    /** The header that {@link #headersWithCorrelation} writes. */
    public static final String HEADER = "X-Correlation-ID";

    /** The most characters of an id that is taken over from a header or written to one. */
    public static final int MAX_HEADER_LENGTH = 128;

    private static final List<String> ID_HEADERS = List.of(HEADER, "X-Request-ID", "Request-Id");

    /**
     * What is bound: null, a String, an Event whose id counts, or the innermost open Entry. An
     * Event, because making the text of an id for each event that is handled would cost more than
     * handling it. In an array of the JDK's that is never removed: making an entry for each event
     * would cost more than handling it, too, and what is left on a thread keeps no class loader.
     */
    private static final ThreadLocal<@Nullable Object @Nullable []> BOUND = new ThreadLocal<>();

    private CorrelationContext() {}

    /** Returns the id bound to the calling thread, or null if there is none. */
    public static @Nullable String current() {
        Object bound = bound();
        while (bound instanceof Entry entry) {
            if (!entry.closed) {
                return entry.id;
            }
            bound = entry.outer;
        }
        return bound instanceof Event event ? event.correlationId() : (String) bound;
    }

    /**
     * Binds an id to the calling thread until the entry is closed, by the same thread.
     *
     * @param id not empty; an event takes it as it is
     * @throws IllegalArgumentException if the id is empty
     */
    public static Entry with(String id) {
        if (Objects.requireNonNull(id, "id").isEmpty()) {
            throw new IllegalArgumentException(
                    "The correlation id is empty. Give one, or use withNew.");
        }
        Entry entry = new Entry(id, bound(), Thread.currentThread());
        bind(entry);
        return entry;
    }

    /** Binds a new id to the calling thread until the entry is closed, by the same thread. */
    public static Entry withNew() {
        return with(newId());
    }

    /** Runs the action with this id bound to the calling thread. */
    public static void runWith(String id, Runnable action) {
        Objects.requireNonNull(action, "action");
        Entry entry = with(id);
        try {
            action.run();
        } finally {
            entry.close();
        }
    }

    /**
     * Runs the action with this id bound to the calling thread and returns its value.
     *
     * @throws Exception what the action throws
     */
    public static <T extends @Nullable Object> T callWith(String id, Callable<T> action)
            throws Exception {
        Objects.requireNonNull(action, "action");
        Entry entry = with(id);
        try {
            return action.call();
        } finally {
            entry.close();
        }
    }

    /**
     * Returns the correlation id that a request brings along, or a new one (CTX-3). Looked at in
     * this order, names in any case: {@code X-Correlation-ID}, {@code X-Request-ID}, {@code
     * Request-Id}, and the trace id of a {@code traceparent} that is valid under W3C Trace Context.
     *
     * <p>A value is passed over if it is empty, has more than 128 characters, or has a character
     * that no CloudEvents string may have: a control character, a lone surrogate, a noncharacter.
     * Blanks around it do not count.
     */
    public static String correlationIdFromHeaders(Map<String, String> headers) {
        Objects.requireNonNull(headers, "headers");
        for (String name : ID_HEADERS) {
            for (Map.Entry<String, String> header : headers.entrySet()) {
                String id = HeaderIds.valueOf(header, name);
                if (id != null && HeaderIds.usable(id)) {
                    return id;
                }
            }
        }
        for (Map.Entry<String, String> header : headers.entrySet()) {
            String parent = HeaderIds.valueOf(header, HeaderIds.TRACE_PARENT);
            String id = parent == null ? null : HeaderIds.traceIdOf(parent);
            if (id != null) {
                return id;
            }
        }
        return newId();
    }

    /**
     * Returns the headers that hand the current id on: {@link #HEADER}, or nothing when there is no
     * id or it could not be read back by {@link #correlationIdFromHeaders}, so that no foreign id
     * ever smuggles a line break into a request.
     */
    public static Map<String, String> headersWithCorrelation() {
        String id = current();
        return id != null && HeaderIds.usable(id) ? Map.of(HEADER, id) : Map.of();
    }

    /** Returns a new id: a UUID of version 7. */
    public static String newId() {
        return EventClock.system().next().id();
    }

    /**
     * Binds the correlation id of an event to the calling thread, for code that carries contexts
     * from thread to thread, as the engine does around every attempt. Makes no object. The caller
     * must give what is returned to {@link #restore}, on the same thread.
     *
     * @return what was bound before; of no other use
     */
    public static @Nullable Object install(Event event) {
        return replace(Objects.requireNonNull(event, "event"));
    }

    /**
     * As {@link #install(Event)}, with an id, taken as it is; null binds none, so that the code
     * that runs next sees nothing of what the thread did before.
     */
    public static @Nullable Object install(@Nullable String id) {
        return replace(id);
    }

    /** Puts back what {@link #install} returned; entries opened since and not closed end too. */
    public static void restore(@Nullable Object before) {
        Object open = before;
        while (open instanceof Entry entry && entry.closed) {
            open = entry.outer;
        }
        bind(open);
    }

    private static @Nullable Object replace(@Nullable Object now) {
        @Nullable Object[] slot = BOUND.get();
        if (slot == null) {
            bind(now);
            return null;
        }
        Object before = slot[0];
        slot[0] = now;
        return before;
    }

    private static @Nullable Object bound() {
        @Nullable Object[] slot = BOUND.get();
        return slot == null ? null : slot[0];
    }

    private static void bind(@Nullable Object now) {
        @Nullable Object[] slot = BOUND.get();
        if (slot == null) {
            if (now == null) {
                return;
            }
            slot = new Object[1];
            BOUND.set(slot);
        }
        slot[0] = now;
    }

    /**
     * A stretch of time in which an id is bound to a thread. Entries nest; closing one restores
     * what was bound before it, and ends those opened inside it that are still open.
     */
    public static final class Entry implements AutoCloseable {

        private final String id;
        private final @Nullable Object outer;
        private final Thread thread;
        private volatile boolean closed;

        private Entry(String id, @Nullable Object outer, Thread thread) {
            this.id = id;
            this.outer = outer;
            this.thread = thread;
        }

        /** Returns the id that is bound. */
        public String id() {
            return id;
        }

        /**
         * Ends the entry. Closing again has no effect.
         *
         * @throws IllegalStateException if another thread opened it; it stays open then
         */
        @Override
        public void close() {
            if (closed) {
                return;
            }
            if (thread != Thread.currentThread()) {
                throw new IllegalStateException(
                        "Correlation '"
                                + id
                                + "' was bound on thread '"
                                + thread.getName()
                                + "' and cannot be closed on thread '"
                                + Thread.currentThread().getName()
                                + "'. Close it where it was opened; suspending code uses"
                                + " withCorrelation.");
            }
            closed = true;
            // It may be no longer bound: an entry around it, or whoever installs contexts, was
            // first.
            for (Object bound = bound(); bound instanceof Entry open; bound = open.outer) {
                if (open == this) {
                    restore(outer);
                    return;
                }
            }
        }
    }
}
