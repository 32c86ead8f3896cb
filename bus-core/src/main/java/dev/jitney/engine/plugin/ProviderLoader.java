// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.spi.PluginProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.ServiceLoader.Provider;
import org.jspecify.annotations.Nullable;

/**
 * Loads the providers of one kind, so that one that is broken does not hide the others.
 *
 * <p>A class that is missing or too new comes out of {@link Iterator#hasNext} as a bare {@link
 * LinkageError}; everything else as a {@link ServiceConfigurationError}. The iterator goes on
 * behind the culprit after both.
 */
final class ProviderLoader {

    // A loader that cannot list its resources fails again at each step and never comes to an end.
    private static final int MOST_FAILURES = 100;

    private final PluginKind kind;
    private final List<Found> found = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    ProviderLoader(PluginKind kind) {
        this.kind = kind;
    }

    List<Found> found() {
        return found;
    }

    List<String> problems() {
        return problems;
    }

    /**
     * Loads what the loader offers.
     *
     * @param jar the jar whose own classes alone count, or null for the whole class path
     */
    void load(ClassLoader loader, @Nullable String jar) {
        Iterator<? extends Provider<?>> providers =
                ServiceLoader.load(kind.provider(), loader).stream().iterator();
        int failures = 0;
        while (failures < MOST_FAILURES) {
            try {
                if (!providers.hasNext()) {
                    return;
                }
                Provider<?> next = providers.next();
                if (jar == null || next.type().getClassLoader() == loader) {
                    accept(next, jar != null);
                }
            } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
                failures++;
                problems.add(described(e, jar));
            }
        }
    }

    private void accept(Provider<?> next, boolean directory) {
        Class<?> type = next.type();
        for (Found known : found) {
            if (known.provider().getClass() == type) {
                return;
            }
        }
        Found candidate = ContextLoader.call(type, () -> instantiate(next, directory));
        for (Found known : found) {
            if (candidate.sameAs(known)) {
                return;
            }
        }
        String fault = faultOf(candidate);
        if (fault == null) {
            found.add(candidate);
        } else {
            problems.add(
                    "%s '%s' of %s is left out: %s."
                            .formatted(kind.title(), candidate.name(), candidate.shown(), fault));
        }
    }

    private static Found instantiate(Provider<?> next, boolean directory) {
        PluginProvider<?> provider = (PluginProvider<?>) next.get();
        String className = provider.getClass().getName();
        try {
            String name = String.valueOf(provider.name());
            String origin = CodeOrigin.pathOf(provider.getClass());
            return new Found(provider, name, origin, directory);
        } catch (RuntimeException e) {
            throw new ServiceConfigurationError(
                    "Provider " + className + " could not tell its name", e);
        }
    }

    private static @Nullable String faultOf(Found candidate) {
        if (!isName(candidate.name())) {
            return "a name is made of a-z, 0-9 and '-' and begins with a letter";
        }
        boolean ours = candidate.className().startsWith("dev.jitney.");
        if (PluginKind.RESERVED.contains(candidate.name()) && !ours) {
            return "Jitney itself uses this name";
        }
        return null;
    }

    // By hand: each new process would pay for a regular expression when it makes its first bus.
    private static boolean isName(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = c >= 'a' && c <= 'z';
            if (!letter && (i == 0 || c != '-' && (c < '0' || c > '9'))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private String described(Throwable e, @Nullable String jar) {
        String where = jar == null ? " on the class path" : " of plugin jar '" + jar + "'";
        return kind.title() + where + " is left out: " + reason(e) + ".";
    }

    // The JDK's own words, without the interface's name that it puts in front.
    private String reason(Throwable e) {
        String prefix = kind.provider().getName() + ": ";
        boolean plain = e instanceof ServiceConfigurationError;
        String message = plain ? String.valueOf(e.getMessage()) : e.toString();
        if (message.startsWith(prefix)) {
            message = message.substring(prefix.length());
        }
        return e.getCause() == null ? message : message + ", " + e.getCause();
    }
}
