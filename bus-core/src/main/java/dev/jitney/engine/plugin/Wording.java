// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import java.util.List;
import java.util.function.Function;

/** How messages name plugins and repeat what others have said. */
final class Wording {

    private Wording() {}

    /** What plugins are called: {@code interceptor 'otel'}. */
    static <T> String[] labels(String noun, List<T> plugins, Function<T, String> name) {
        String[] labels = new String[plugins.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = noun + " '" + name.apply(plugins.get(i)) + "'";
        }
        return labels;
    }

    /** Returns the text with a full stop, unless it has its own end. */
    static String stopped(String text) {
        return text.endsWith(".") || text.endsWith("?") ? text : text + ".";
    }
}
