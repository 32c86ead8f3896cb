// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.Level;
import dev.jitney.spi.AlertStore;
import dev.jitney.spi.ConfigException;
import dev.jitney.spi.ContextCarrier;
import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventHandler;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.Masker;
import dev.jitney.spi.MetricsBackend;
import dev.jitney.spi.PayloadCodec;
import dev.jitney.spi.PluginProvider;
import dev.jitney.spi.StoreException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

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
        return Engine.newBuilder().name(name);
    }

    /**
     * Names the bus. The name is the source of events that are published without one.
     *
     * @param name 1 to 255 characters, none of them a control character
     */
    EventBusBuilder name(String name);

    /**
     * Sets the only source of time; the system's clock unless set. With a {@link
     * dev.jitney.spi.TimeSource} all limits, back-offs and windows are in its time.
     */
    EventBusBuilder clock(InstantSource clock);

    /** Lets plugins on the class path take part. */
    EventBusBuilder discoverPlugins();

    /**
     * Lets plugins in the jars of these directories take part, each jar in a class loader of its
     * own; and each folder in them as one plugin, in one class loader with all the jars in it: the
     * plugin and the libraries that it needs. Classes of the application come first in both.
     */
    EventBusBuilder pluginDirectories(List<Path> directories);

    /** Keeps events in the store at a location; see {@link #store(String, Map)}. */
    default EventBusBuilder store(String location) {
        return store(location, Map.of());
    }

    /**
     * Keeps events in the store at a location such as {@code file:./events} or {@code memory:}. The
     * bus opens the store and closes it. The store comes by plugin: it is found by the location on
     * the class path, also without {@link #discoverPlugins}, or in {@link #pluginDirectories}.
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
     * Lets a plugin take part that was found by name, with its own keys; see {@link
     * #discoverPlugins}. Of dead-letter sinks, metrics backends and maskers a bus has one: the last
     * that was asked for.
     *
     * @param kind the provider's interface, such as {@code EventValidatorProvider.class}
     */
    EventBusBuilder plugin(
            Class<? extends PluginProvider<?>> kind, String name, Map<String, String> config);

    /** Leaves out a plugin that {@link #discoverPlugins} would bring. */
    EventBusBuilder withoutPlugin(Class<? extends PluginProvider<?>> kind, String name);

    /**
     * Keeps dead letters in this sink, which the caller closes; in memory, the last 1 000, unless
     * set (ERR-5).
     */
    EventBusBuilder deadLetters(DeadLetterSink sink);

    /** Sets where alerts are kept (ALR-1), which the caller closes. None unless set. */
    EventBusBuilder alerts(AlertStore alerts);

    /** Reports measurements to this backend, which the caller closes; to none unless set. */
    EventBusBuilder metrics(MetricsBackend metrics);

    /** Adds a validator, which the caller closes (VAL). */
    EventBusBuilder validator(EventValidator validator);

    /** Adds an interceptor, which the caller closes (ICP-1). */
    EventBusBuilder interceptor(Interceptor interceptor);

    /** Masks secrets with this before anything is shown, logged or exported (RED-1). */
    EventBusBuilder masker(Masker masker);

    /**
     * Sets whether events are masked before the store gets them, and dead letters before the sink
     * does; they are not unless set (RED-1). What was masked is gone: whoever reads the store
     * later, durable subscriptions, replays and retries of dead letters see masked values. The
     * handlers of this bus still get the original.
     *
     * <p>An event whose payload cannot be written as JSON is refused then, as a store refuses it; a
     * dead letter of it loses its payload. Without a masker nothing is masked.
     */
    EventBusBuilder maskStored(boolean mask);

    /** Adds a handler that is a plugin, which the caller closes. */
    EventBusBuilder handler(EventHandler handler);

    /** Adds a carrier of contexts, which the caller closes (CTX-4). */
    EventBusBuilder contextCarrier(ContextCarrier carrier);

    /** Adds a codec for payloads; those that were added first are asked first. */
    EventBusBuilder payloadCodec(PayloadCodec codec);

    /**
     * Sets how many completed events are kept to be found again (HIS-1).
     *
     * @param events 0, which keeps none, to 10 000 000; 1 000 unless set
     */
    EventBusBuilder historyLimit(int events);

    /**
     * Silences noise, which is off unless set (DUP-2): of events of one source, topic and severity
     * no more than the threshold are taken within a window, by the time of their arrival. The first
     * one too many publishes {@code system.deduplicated}, and the end of the silence another with
     * the exact count and times.
     *
     * @param threshold 1 to 1 000 events
     * @param window more than zero, up to 365 days
     */
    EventBusBuilder noise(int threshold, Duration window);

    /**
     * Sets of how many accepted events the source and id are remembered to find duplicates (PUB-4).
     * An event that has completed and is no longer in the history ({@link #historyLimit}) is
     * remembered without its payload and results.
     *
     * @param events 0, which turns it off, to 1 000 000; 1 000 unless set
     */
    EventBusBuilder duplicateWindow(int events);

    /**
     * Sets of how many accepted events, and for how long, the source and id are remembered to find
     * duplicates (DUP-1). An event that has not completed is remembered until it has, unless that
     * many newer ones come.
     *
     * @param events 0, which turns it off, to 1 000 000; 1 000 unless set
     * @param age 1 millisecond to 365 days, by the bus's clock; 10 minutes unless set
     */
    EventBusBuilder duplicateWindow(int events, Duration age);

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
     * @param handlers 1 or more; 64 unless set
     */
    EventBusBuilder abandonedLimit(int handlers);

    /**
     * Sets how often the same handler may be the cause in one causation chain; its next publish in
     * that chain fails (NST-5). So no more than one event more runs through it.
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

    /**
     * As {@link #openStore()}, and tells what {@link EventBus#pluginProblems} would: which plugin
     * jars and folders, and which plugins for stores, were left out and why. They are told once the
     * store is open; when it cannot be opened because of them, the exception says so.
     *
     * @param problem takes each, a sentence
     * @throws IllegalStateException if no location was set
     * @throws ConfigException if the store's configuration is wrong
     * @throws StoreException if the store cannot be opened
     */
    default EventStore openStore(Consumer<? super String> problem) {
        return openStore();
    }

    /** Returns the wire form of events, with the codecs that were added. */
    EventFormat eventFormat();
}
