// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Event;
import dev.jitney.event.TopicPattern;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A plugin that handles events: to log them, send them on, keep an audit or raise alerts. The bus
 * subscribes it when it starts and unsubscribes it when it closes. The rules are proved by {@code
 * dev.jitney.tck.HandlerContract}.
 *
 * <p>What it declares is read once, when the bus starts. An event that several of its patterns
 * match is handled once.
 *
 * <p><b>Threads.</b> Safe for concurrent use: a bus with several lanes, or a handler in parallel
 * with itself, calls it on several threads at once. It runs on the bus's own threads and must not
 * block them, unless it declares {@link #blocking}. The plugin's class loader is the thread's
 * context class loader while it is called.
 *
 * <p><b>Failures.</b> What it throws is a failure like that of any handler: it touches no other
 * handler, and ends as a dead letter if there is a sink. It may see an event again, after a retry,
 * a replay or a restart, and has to bear that.
 *
 * <p><b>Publishing.</b> It publishes with {@link PluginContext#publish}; what it publishes while it
 * handles an event belongs to that event's story (NST-1).
 */
public interface EventHandler extends AutoCloseable {

    /** The priority of a handler that declares none. */
    int DEFAULT_PRIORITY = 100;

    /** Returns the name that its subscription has; that of its provider if it has one. */
    String name();

    /** Returns the patterns of the topics that it wants: one or more, or the bus does not start. */
    List<TopicPattern> patterns();

    /** Returns the priority; higher runs first (SUB-3). */
    default int priority() {
        return DEFAULT_PRIORITY;
    }

    /** Says whether it blocks: it then runs off the threads that all handlers share. */
    default boolean blocking() {
        return false;
    }

    /** Returns its time limit, zero for none, or null for the bus's own (TMO-1). */
    default @Nullable Duration timeout() {
        return null;
    }

    /**
     * Hands over what the bus gives to plugins, once, before it is subscribed; the bus cannot
     * publish yet. A handler that was made by its provider had the same with its configuration, one
     * that was handed over as an instance learns of it here.
     *
     * @throws RuntimeException if it cannot work; then the bus does not start
     */
    default void start(PluginContext context) {}

    /** Says whether it wants an event that its patterns match; quick, and never throws. */
    default boolean wants(Event event) {
        return true;
    }

    /**
     * Handles an event; it is done when it returns.
     *
     * @throws Exception if it has failed
     */
    void handle(Event event) throws Exception;

    /** Waits for events that it is handling, then releases its resources. Safe to call twice. */
    @Override
    default void close() {}

    /** A handler that is done later than it returns. It never blocks. */
    interface Staged extends EventHandler {

        /**
         * Begins to handle an event.
         *
         * @return completes when it is done, with its value, or with its failure
         * @throws Exception if it has failed at once
         */
        CompletionStage<?> handleAsync(Event event) throws Exception;

        /** Handles an event and waits until that is done; a bus calls the other form. */
        @Override
        default void handle(Event event) throws Exception {
            try {
                handleAsync(event).toCompletableFuture().get();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof Exception failure ? failure : e;
            } catch (CancellationException e) {
                // From JDK 25 on another one around the stage's own.
                throw e.getCause() instanceof CancellationException own ? own : e;
            }
        }
    }
}
