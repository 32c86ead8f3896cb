// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.Level;
import dev.jitney.spi.ConfigException;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.StoreException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Sets up a bus.
 *
 * <p><b>Threads.</b> Not thread-safe.
 *
 * <p><b>Failures.</b> A value out of range is refused where it is set, with {@link
 * IllegalArgumentException}; what only shows when the parts come together is refused by {@link
 * #build}, which then has closed what it had opened.
 */
public interface EventBusBuilder {

    /** Returns a new builder for a bus of this name. */
    static EventBusBuilder create(String name) {
        return ServiceLoader.load(EventBusBuilder.class, EventBusBuilder.class.getClassLoader())
                .findFirst()
                .orElseThrow(
                        () ->
                                new ServiceConfigurationError(
                                        "No engine is on the class path. Add"
                                                + " dev.jitney:bus-core, complete with its"
                                                + " META-INF/services."))
                .name(name);
    }

    /**
     * Names the bus. The name is the source of events that are published without one.
     *
     * @param name 1 to 255 characters, none of them a control character
     */
    EventBusBuilder name(String name);

    /** Sets the only source of time; the system's clock unless set. */
    EventBusBuilder clock(InstantSource clock);

    /** Lets plugins on the class path take part. */
    EventBusBuilder discoverPlugins();

    /**
     * Lets plugins in the jars of these directories take part, each jar in a class loader of its
     * own.
     */
    EventBusBuilder pluginDirectories(List<Path> directories);

    /** Keeps events in the store at a location; see {@link #store(String, Map)}. */
    default EventBusBuilder store(String location) {
        return store(location, Map.of());
    }

    /**
     * Keeps events in the store at a location such as {@code file:./events} or {@code memory:}. The
     * bus opens the store and closes it. The store comes by plugin, so {@link #discoverPlugins} or
     * {@link #pluginDirectories} is needed for all but {@code memory:}.
     *
     * @param config the store's own keys
     */
    EventBusBuilder store(String location, Map<String, String> config);

    /** Keeps events in this store, which the caller closes, after the bus. */
    EventBusBuilder store(EventStore store);

    /**
     * Sets the level that a stored event must have reached before handlers see it. Unless set it is
     * the weakest that the store knows from {@link Level#OS} on, or else the strongest it knows.
     */
    EventBusBuilder deliverAfter(Level level);

    /**
     * Sets how many accepted events may wait for their turn.
     *
     * @param events 1 or more; 65 536 unless set
     */
    EventBusBuilder pendingLimit(int events);

    /** Sets what happens when that limit is reached; {@link Overflow#SUSPEND} unless set. */
    EventBusBuilder overflow(Overflow overflow);

    /**
     * Sets of how many accepted events the source and id are remembered to find duplicates (PUB-4).
     *
     * @param events 0, which turns it off, to 1 000 000; 1 000 unless set
     */
    EventBusBuilder duplicateWindow(int events);

    /** Sets in which order events run; {@link Ordering#SERIAL} unless set (ORD-1 to ORD-3). */
    EventBusBuilder ordering(Ordering ordering);

    /**
     * Sets on how many lanes keyed events run.
     *
     * @param lanes 1 to 1 024; twice the number of processors unless set
     */
    EventBusBuilder lanes(int lanes);

    /**
     * Sets how many events of a parallel bus may run at once.
     *
     * @param events 1 to 100 000; twice the number of processors unless set
     */
    EventBusBuilder parallelism(int events);

    /**
     * Lets the bus handle one event at a time together with another one, and with all that are in a
     * group with that already (ORD-4). They share one lane: first in, first out over all of them.
     *
     * @param member a serial bus of the same process
     * @throws IllegalArgumentException if it is not serial
     */
    EventBusBuilder serialGroup(EventBus member);

    /** Sets how the handlers of one event run; {@link HandlerOrder#SERIAL} unless set (ORD-5). */
    EventBusBuilder handlerOrder(HandlerOrder handlerOrder);

    /** Sets when an event is complete; {@link Completion#ALL} unless set (ORD-6). */
    EventBusBuilder completion(Completion completion);

    /** Sets on which thread handlers run; {@link Dispatch#QUEUED} unless set (ORD-9). */
    EventBusBuilder dispatch(Dispatch dispatch);

    /**
     * Sets the limit for each attempt of a handler (TMO-1).
     *
     * @param limit zero for none, or more; 30 s unless set
     */
    EventBusBuilder handlerTimeout(Duration limit);

    /**
     * Sets the limit for all handlers of an event together, from its start (TMO-3).
     *
     * @param limit zero for none, or more; 60 s unless set
     */
    EventBusBuilder eventTimeout(Duration limit);

    /**
     * Sets after how long in a handler one warning is logged and counted (TMO-5).
     *
     * @param threshold zero for never, or more; 10 s unless set
     */
    EventBusBuilder slowHandlerThreshold(Duration threshold);

    /**
     * Sets after how long in handling an event one warning is logged (TMO-5).
     *
     * @param threshold zero for never, or more; 30 s unless set
     */
    EventBusBuilder slowEventThreshold(Duration threshold);

    /**
     * Sets how many handlers may have been left behind, ignoring the interrupt at their limit,
     * before further blocking handlers fail at once (TMO-2).
     *
     * @param handlers 0 or more; 64 unless set
     */
    EventBusBuilder abandonedLimit(int handlers);

    /**
     * Sets how many events one causation chain may run through the same handler (NST-5).
     *
     * @param generations 1 to 10 000; 64 unless set
     */
    EventBusBuilder generationLimit(int generations);

    /**
     * Sets how long {@link EventBus#close} waits for accepted events before it cancels them.
     *
     * @param limit zero or more; 10 s unless set
     */
    EventBusBuilder closeLimit(Duration limit);

    /**
     * Returns a bus that is ready. A bus without pending events has no thread of its own.
     *
     * @throws ConfigException if the store's configuration is wrong
     * @throws StoreException if the store cannot be opened
     * @throws IllegalArgumentException if the store does not know the level of {@link
     *     #deliverAfter}
     */
    EventBus build();

    /**
     * Opens only the store, for tools that look at it without running a bus. The caller closes it.
     *
     * @throws IllegalStateException if no location was set
     * @throws ConfigException if the store's configuration is wrong
     * @throws StoreException if the store cannot be opened
     */
    EventStore openStore();

    /** Returns the wire form of events. */
    EventFormat eventFormat();
}
