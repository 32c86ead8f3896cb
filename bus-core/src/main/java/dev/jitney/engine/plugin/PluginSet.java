// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.spi.ConfigException;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.spi.PluginException;
import dev.jitney.spi.PluginProvider;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The plugins that were built for one bus. They are closed in the reverse order of their creation,
 * also when a later one cannot be built.
 *
 * <p><b>Threads.</b> Belongs to one thread at a time.
 */
public final class PluginSet implements AutoCloseable {

    private final PluginCatalog catalog;
    private final PluginContext context;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /** Makes an empty set that builds from this catalog, which the caller closes after the set. */
    public PluginSet(PluginCatalog catalog, PluginContext context) {
        this.catalog = catalog;
        this.context = context;
    }

    /**
     * Builds a plugin. When that fails, all that this set built before is closed.
     *
     * @throws PluginException if there is no such plugin, or it cannot be loaded
     * @throws ConfigException if its configuration is wrong
     */
    public <T, P extends PluginProvider<T>> T create(
            Class<P> kind, String name, Map<String, String> config) {
        try {
            return open(kind, catalog.provider(kind, name), name, config);
        } catch (RuntimeException | Error e) {
            Throwable late = closeAll();
            if (late != null) {
                e.addSuppressed(late);
            }
            throw e;
        }
    }

    /** Builds a plugin, and leaves the others as they are when that fails. */
    <T, P extends PluginProvider<T>> T open(
            Class<P> kind, P provider, String name, Map<String, String> config) {
        return take(build(PluginKind.of(kind), provider, name, config, context));
    }

    /** Closes the plugin together with the others. */
    <T> T take(T plugin) {
        if (plugin instanceof AutoCloseable closeable) {
            open.push(closeable);
        }
        return plugin;
    }

    /**
     * Closes all plugins, the last one built first, even where one of them fails to. Closing again
     * has no effect.
     *
     * @throws PluginException if some could not be closed, with the first failure as its cause and
     *     the others suppressed in that
     */
    @Override
    public void close() {
        Throwable failure = closeAll();
        if (failure != null) {
            throw new PluginException("A plugin could not be closed: " + failure + ".", failure);
        }
    }

    static <T, P extends PluginProvider<T>> T create(
            PluginCatalog catalog,
            Class<P> kind,
            String name,
            Map<String, String> config,
            PluginContext context) {
        return build(PluginKind.of(kind), catalog.provider(kind, name), name, config, context);
    }

    private static <T> T build(
            PluginKind described,
            PluginProvider<T> provider,
            String name,
            Map<String, String> config,
            PluginContext context) {
        PluginConfig own = PluginConfig.of(described.config() + " '" + name + "'", config, context);
        @Nullable T plugin;
        try {
            plugin = ContextLoader.call(provider.getClass(), () -> provider.create(own));
        } catch (LinkageError e) {
            throw new PluginException(
                    "%s '%s' of %s cannot be loaded: %s. A library that it needs is missing, or has"
                                    .formatted(described.title(), name, origin(provider), e)
                            + " another version.",
                    e);
        } catch (RuntimeException e) {
            throw Discreet.failure(
                    e, own, described.title() + " '" + name + "' of " + origin(provider));
        }
        if (plugin == null) {
            throw new PluginException(
                    "%s '%s' of %s cannot be used: its create returned null."
                            .formatted(described.title(), name, origin(provider)));
        }
        return plugin;
    }

    static String origin(PluginProvider<?> provider) {
        Class<?> type = provider.getClass();
        return type.getName() + " (" + CodeOrigin.shortOf(CodeOrigin.pathOf(type)) + ")";
    }

    /** Closes all plugins and returns the first failure, with the others suppressed in it. */
    @Nullable Throwable closeAll() {
        Throwable first = null;
        while (!open.isEmpty()) {
            AutoCloseable plugin = open.pop();
            Throwable failure = ContextLoader.call(plugin.getClass(), () -> failureOf(plugin));
            if (failure != null && first != null) {
                first.addSuppressed(failure);
            }
            first = first == null ? failure : first;
        }
        return first;
    }

    private static @Nullable Throwable failureOf(AutoCloseable plugin) {
        try {
            plugin.close();
            return null;
        } catch (Exception | LinkageError e) {
            return e;
        }
    }
}
