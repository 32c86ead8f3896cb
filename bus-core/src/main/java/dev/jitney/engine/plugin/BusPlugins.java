// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.Event;
import dev.jitney.spi.AlertStore;
import dev.jitney.spi.AlertStoreProvider;
import dev.jitney.spi.ContextCarrierProvider;
import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.DeadLetterSinkProvider;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventHandler;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventValidatorProvider;
import dev.jitney.spi.HandlerProvider;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.InterceptorProvider;
import dev.jitney.spi.Masker;
import dev.jitney.spi.MaskerProvider;
import dev.jitney.spi.MetricsBackend;
import dev.jitney.spi.MetricsBackendProvider;
import dev.jitney.spi.PayloadCodec;
import dev.jitney.spi.PayloadCodecProvider;
import dev.jitney.spi.PluginContext;
import dev.jitney.spi.PluginException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All plugins of one bus, opened. They are opened in the order codecs, masker, store, dead-letter
 * sink, alert store, metrics, validators, carriers, interceptors, handlers, each kind in order of
 * name, and closed in the reverse order; instances that were handed in are left to who has made
 * them.
 *
 * <p>A plugin that is asked for by name has to work: if one does not, all are closed and the
 * failure is thrown, that of several together. One that takes part without being asked is left out
 * then, and {@link #problems} says so.
 *
 * <p><b>Threads.</b> Opening and closing belong to one thread; everything else is safe for
 * concurrent use.
 */
public final class BusPlugins implements AutoCloseable {

    private final PluginCatalog catalog;
    private final BusContext context;
    private final PluginSet set;
    private final PluginLog log;
    private final List<String> leftOut;
    private final List<PayloadCodec> codecs;
    private final @Nullable EventStore store;
    private final @Nullable GuardedSink sink;
    private final @Nullable AlertStore alerts;
    private final @Nullable MetricsBackend metrics;
    private final Validators validators;
    private final Carriers carriers;
    private final Interceptors interceptors;
    private final List<EventHandler> handlers;

    private BusPlugins(PluginRequest request) {
        catalog = request.catalog();
        context = new BusContext(request.busName(), request.clock());
        log = new PluginLog(request.clock(), request.output());
        set = new PluginSet(catalog, context);
        Opening opening = new Opening(request, set);
        leftOut = opening.leftOut();
        try {
            codecs = List.copyOf(opening.all(PayloadCodecProvider.class));
            context.format(request.format(), codecs);
            Masker masker = opening.one(MaskerProvider.class);
            context.masker(masker == null ? Masker.none() : new GuardedMasker(masker, log));
            store = opening.store();
            DeadLetterSink opened = opening.one(DeadLetterSinkProvider.class);
            sink = opened == null ? null : new GuardedSink(opened, log);
            alerts = opening.one(AlertStoreProvider.class);
            context.alerts(alerts);
            MetricsBackend backend = opening.one(MetricsBackendProvider.class);
            metrics =
                    backend == null || !backend.isEnabled()
                            ? null
                            : new GuardedMetrics(backend, log);
            validators = new Validators(opening.all(EventValidatorProvider.class), log);
            carriers = new Carriers(opening.all(ContextCarrierProvider.class), log);
            interceptors = new Interceptors(here(opening.all(InterceptorProvider.class)), log);
            handlers = sorted(opening.all(HandlerProvider.class));
            opening.finish();
        } catch (RuntimeException | Error e) {
            Throwable late = set.closeAll();
            if (late != null) {
                e.addSuppressed(late);
            }
            throw e;
        }
    }

    private List<Interceptor> here(List<Interceptor> given) {
        List<Interceptor> here = new ArrayList<>(given.size());
        for (Interceptor one : given) {
            here.add(one.forBus(context));
        }
        return here;
    }

    private static List<EventHandler> sorted(List<EventHandler> handlers) {
        if (handlers.isEmpty()) {
            return List.of();
        }
        List<EventHandler> sorted = new ArrayList<>();
        handlers.forEach(one -> sorted.add(LoadedHandler.of(one)));
        sorted.sort(Comparator.comparing(EventHandler::name));
        return List.copyOf(sorted);
    }

    /**
     * Opens what is asked for.
     *
     * @throws dev.jitney.spi.ConfigException if the configuration of one is wrong
     * @throws dev.jitney.spi.StoreException if the store cannot be opened
     * @throws PluginException if one is not there, or cannot be loaded or opened, or several cannot
     */
    static BusPlugins open(PluginRequest request) {
        return new BusPlugins(request);
    }

    /** Returns the wire form of events, with the codecs. */
    public EventFormat eventFormat() {
        return context.eventFormat();
    }

    /** Returns what the plugins were handed. */
    public PluginContext context() {
        return context;
    }

    /** Returns the codecs in the order in which they are asked. */
    public List<PayloadCodec> codecs() {
        return codecs;
    }

    /** Returns the event store, or null if there is none. */
    public @Nullable EventStore store() {
        return store;
    }

    /**
     * Returns the dead-letter sink, or null if there is none. Its {@code add} does not throw, and
     * what it evicts is logged.
     */
    public @Nullable DeadLetterSink deadLetterSink() {
        return sink;
    }

    /**
     * Hands a dead letter to the sink. Never throws (ERR-6).
     *
     * @return what was evicted for it, or null if it was not kept
     */
    public @Nullable List<DeadLetter> keep(DeadLetter letter) {
        return sink == null ? null : sink.keep(letter);
    }

    /** Returns where alerts are kept, or null if there is no alert store. */
    public @Nullable AlertStore alerts() {
        return alerts;
    }

    /**
     * Returns the metrics backend, or null if there is none that measures. Neither it nor its
     * handles throw.
     */
    public @Nullable MetricsBackend metrics() {
        return metrics;
    }

    /** Returns the validators, to be called as one. */
    public Validators validators() {
        return validators;
    }

    /** Returns the context carriers, to be called as one. */
    public Carriers carriers() {
        return carriers;
    }

    /** Returns the interceptors, to be called as one. */
    public Interceptors interceptors() {
        return interceptors;
    }

    /** Returns the handlers to subscribe, in order of name. */
    public List<EventHandler> handlers() {
        return handlers;
    }

    /** Returns the log that keeps failures of plugins to one line a minute. */
    public PluginLog log() {
        return log;
    }

    /** Returns, in a sentence or two each, what was left out and why. */
    public List<String> problems() {
        List<String> all = new ArrayList<>(catalog.problems());
        all.addAll(leftOut);
        return all;
    }

    /**
     * Lets plugins publish: the bus has started.
     *
     * @param publisher takes an event, or throws as {@code EventBus.publish} does
     */
    public void connect(Consumer<Event> publisher) {
        context.publisher(publisher);
    }

    /**
     * Closes the plugins in the reverse order of their opening; the catalog stays open. Closing
     * again has no effect.
     *
     * @throws PluginException if some could not be closed; the others are
     */
    @Override
    public void close() {
        context.publisher(null);
        try {
            set.close();
        } finally {
            log.flush();
        }
    }
}
