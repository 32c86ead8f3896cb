// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.spi.ContextCarrier;
import dev.jitney.spi.EventHandler;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.Interceptor;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How messages name plugins and repeat what others have said. */
public final class Wording {

    private Wording() {}

    /** What plugins are called: {@code interceptor 'otel'}. */
    static String[] labels(String noun, List<?> plugins) {
        String[] labels = new String[plugins.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = noun + " '" + nameOf(plugins.get(i)) + "'";
        }
        return labels;
    }

    /** The name that a plugin gives itself, or null for one of a kind whose plugins have none. */
    static @Nullable String nameOf(Object plugin) {
        if (plugin instanceof EventValidator validator) {
            return validator.name();
        }
        if (plugin instanceof ContextCarrier carrier) {
            return carrier.name();
        }
        if (plugin instanceof Interceptor interceptor) {
            return interceptor.name();
        }
        return plugin instanceof EventHandler handler ? handler.name() : null;
    }

    /** Returns the failure in one sentence; its class where its own methods fail or give none. */
    public static String said(Throwable failure) {
        try {
            return Objects.requireNonNullElseGet(
                    failure.toString(), () -> failure.getClass().getName());
        } catch (Throwable e) {
            return unreadable(failure);
        }
    }

    /** What is said of a failure whose own methods fail. */
    public static String unreadable(Throwable failure) {
        return failure.getClass().getName() + " (it cannot be read)";
    }

    /** Returns the text with a full stop, unless it has its own end. */
    static String stopped(String text) {
        return text.endsWith(".") || text.endsWith("?") ? text : text + ".";
    }
}
