// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.spi.PluginException;
import dev.jitney.spi.PluginProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The plugins that one bus or one command can use: those on the class path and those in the jars of
 * plugin directories. Nothing is kept outside of the catalog, so two catalogs share nothing.
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 *
 * <p><b>Failures.</b> A jar or a provider that is broken becomes a sentence in {@link #problems}
 * and the others go on. Two providers of one name fail every look-up of their kind, because which
 * of them was meant cannot be known.
 *
 * <p><b>Life.</b> Close it after all that was made from it: closing also closes the jars.
 */
public final class PluginCatalog implements AutoCloseable {

    private final ClassLoader classPath;
    private final PluginJars jars;
    private final boolean directories;
    // By the kind itself: a record's own hashCode is spun at run time, which a short command feels.
    // Null until the first look-up: most buses ask for nothing. Guarded by this.
    private @Nullable Map<PluginKind, Shelf> shelves;

    private PluginCatalog(ClassLoader classPath, List<Path> directories) {
        this.classPath = classPath;
        this.directories = !directories.isEmpty();
        this.jars = new PluginJars(PluginCatalog.class.getClassLoader(), directories);
    }

    /**
     * Returns a catalog of the built-in plugins, those that the class loader sees, and those in the
     * jars of these directories and of the folders in them. Each jar, and each folder with all its
     * jars, gets a class loader of its own that sees this API, the JDK and what the jars' {@code
     * Class-Path} names.
     */
    public static PluginCatalog of(ClassLoader classPath, List<Path> directories) {
        return new PluginCatalog(classPath, List.copyOf(directories));
    }

    /**
     * Returns the provider of this name.
     *
     * @throws PluginException if there is none, or two plugins of this kind share a name
     */
    public <P extends PluginProvider<?>> P provider(Class<P> kind, String name) {
        return provider(kind, name, Set.of());
    }

    /** Finds a provider, where instances have taken these names of its kind. */
    <P extends PluginProvider<?>> P provider(Class<P> kind, String name, Set<String> taken) {
        return kind.cast(shelf(PluginKind.of(kind)).find(name, taken).provider());
    }

    /** Says whether plugin directories were given. */
    boolean hasDirectories() {
        return directories;
    }

    /** Returns all of a kind in order of name, but those whose names instances have taken. */
    List<Found> found(Class<?> kind, Set<String> taken) {
        return shelf(PluginKind.of(kind)).unambiguous(taken);
    }

    /**
     * Returns all providers of a kind, in order of name.
     *
     * @throws PluginException if two plugins of this kind share a name
     */
    public <P extends PluginProvider<?>> List<P> providers(Class<P> kind) {
        return found(kind, Set.of()).stream().map(found -> kind.cast(found.provider())).toList();
    }

    /** Returns every plugin that was found, by kind and name; two of one name are both there. */
    public List<PluginInfo> list() {
        List<PluginInfo> all = new ArrayList<>();
        for (PluginKind kind : PluginKind.ALL) {
            shelf(kind).found().forEach(found -> all.add(found.info(kind)));
        }
        return all;
    }

    /**
     * Returns, in one sentence each, what was left out and why, and which names are taken twice.
     */
    public List<String> problems() {
        List<String> all = new ArrayList<>(jars.problems());
        for (PluginKind kind : PluginKind.ALL) {
            all.addAll(shelf(kind).problems());
            all.addAll(shelf(kind).conflicts());
        }
        return all;
    }

    /**
     * Returns, in one sentence each, what was left out before its kind was known, and of this kind.
     */
    public List<String> problems(Class<? extends PluginProvider<?>> kind) {
        List<String> all = new ArrayList<>(jars.problems());
        all.addAll(shelf(PluginKind.of(kind)).problems());
        return all;
    }

    /** Closes the jars. Closing again has no effect. */
    @Override
    public void close() {
        jars.close();
    }

    private synchronized Shelf shelf(PluginKind kind) {
        if (shelves == null) {
            shelves = new IdentityHashMap<>();
        }
        return shelves.computeIfAbsent(kind, this::load);
    }

    private Shelf load(PluginKind kind) {
        ProviderLoader loader = new ProviderLoader(kind);
        loader.load(PluginCatalog.class.getClassLoader(), null);
        if (classPath != PluginCatalog.class.getClassLoader()) {
            loader.load(classPath, null);
        }
        jars.loaders().forEach((jar, own) -> loader.load(own, jar.getFileName().toString()));
        List<Found> sorted = new ArrayList<>(loader.found());
        sorted.sort(Comparator.comparing(Found::name).thenComparing(Found::className));
        return new Shelf(kind, sorted, loader.problems(), jars.problems(), directories);
    }
}
