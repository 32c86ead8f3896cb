// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.spi.ConfigException;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventStoreProvider;
import dev.jitney.spi.PluginException;
import dev.jitney.spi.PluginProvider;
import dev.jitney.spi.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Opens the plugins of a bus, kind by kind, and gathers what is wrong with them. */
final class Opening {

    private final PluginRequest request;
    private final PluginCatalog catalog;
    private final PluginSet set;
    private final List<RuntimeException> failures = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();

    Opening(PluginRequest request, PluginSet set) {
        this.request = request;
        this.catalog = request.catalog();
        this.set = set;
    }

    /** What was left out so far, though it might have taken part. */
    List<String> leftOut() {
        return leftOut;
    }

    /** The store, or null if none is wanted or it failed. */
    @Nullable EventStore store() {
        String location = request.storeLocation();
        if (location == null) {
            return one(EventStoreProvider.class);
        }
        try {
            Map<String, String> config = request.asked(EventStoreProvider.class).get("");
            return StoreLocations.open(set, catalog, location, config == null ? Map.of() : config);
        } catch (RuntimeException e) {
            failures.add(e);
            return null;
        }
    }

    /** The one plugin of a kind of which a bus has one at most, or null. */
    <T, P extends PluginProvider<T>> @Nullable T one(Class<P> kind) {
        List<T> wanted = request.instances(kind);
        openAsked(kind, Set.of(), wanted);
        if (!wanted.isEmpty()) {
            return wanted.get(0);
        }
        T byDefault = request.byDefault(kind);
        return byDefault == null ? null : set.take(byDefault);
    }

    /** All plugins of a kind that take part: instances, then those asked for, then the others. */
    <T, P extends PluginProvider<T>> List<T> all(Class<P> kind) {
        List<T> wanted = request.instances(kind);
        Set<String> taken = PluginRequest.names(wanted);
        openAsked(kind, taken, wanted);
        if (request.invites()) {
            openOthers(kind, taken, wanted);
        }
        return wanted;
    }

    /** Ends the opening, or throws what was wrong. */
    void finish() {
        if (failures.isEmpty()) {
            return;
        }
        // A conflict of names fails every look-up of its kind with the same words.
        List<String> messages =
                failures.stream().map(one -> String.valueOf(one.getMessage())).distinct().toList();
        RuntimeException first = failures.get(0);
        if (messages.size() == 1) {
            throw first;
        }
        PluginException together =
                new PluginException(
                        "%s plugins of bus '%s' cannot be used. %s"
                                .formatted(
                                        messages.size(),
                                        request.busName(),
                                        String.join(" ", messages)),
                        first);
        failures.subList(1, failures.size()).forEach(together::addSuppressed);
        throw together;
    }

    private <T, P extends PluginProvider<T>> void openAsked(
            Class<P> kind, Set<String> taken, List<T> opened) {
        for (Map.Entry<String, Map<String, String>> asked : request.asked(kind).entrySet()) {
            try {
                opened.add(openAsked(kind, taken, asked.getKey(), asked.getValue()));
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
    }

    private <T, P extends PluginProvider<T>> T openAsked(
            Class<P> kind, Set<String> taken, String name, Map<String, String> config) {
        if (taken.contains(name)) {
            throw new PluginException(
                    "%s '%s' is given twice, as an instance and by name. Leave one of them out."
                            .formatted(PluginKind.of(kind).title(), name));
        }
        P provider = catalog.provider(kind, name, taken);
        try {
            return set.open(kind, provider, name, config);
        } catch (ConfigException | PluginException | StoreException e) {
            // They say themselves whose they are.
            throw e;
        } catch (RuntimeException e) {
            throw new PluginException(
                    "%s '%s' of %s cannot be opened: %s"
                            .formatted(
                                    PluginKind.of(kind).title(),
                                    name,
                                    PluginSet.origin(provider),
                                    Wording.stopped(e.toString())),
                    e);
        }
    }

    private <T, P extends PluginProvider<T>> void openOthers(
            Class<P> kind, Set<String> taken, List<T> opened) {
        Set<String> asked = request.asked(kind).keySet();
        for (Found found : found(kind, taken)) {
            try {
                if (!asked.contains(found.name()) && request.invites(kind, found)) {
                    P provider = kind.cast(found.provider());
                    opened.add(set.open(kind, provider, found.name(), Map.of()));
                }
            } catch (RuntimeException | LinkageError e) {
                leftOut.add(sentence(PluginKind.of(kind), found, e));
            }
        }
    }

    private List<Found> found(Class<?> kind, Set<String> taken) {
        try {
            return catalog.found(kind, taken);
        } catch (PluginException e) {
            failures.add(e);
            return List.of();
        }
    }

    private static String sentence(PluginKind kind, Found found, Throwable e) {
        boolean says = e instanceof ConfigException || e instanceof PluginException;
        return "%s '%s' of %s is left out%s"
                .formatted(
                        kind.title(),
                        found.name(),
                        found.shown(),
                        says ? ". " + e.getMessage() : ": " + Wording.stopped(e.toString()));
    }
}
