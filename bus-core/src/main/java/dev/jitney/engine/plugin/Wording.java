// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import java.util.List;
import java.util.function.Function;

/** How messages name plugins and repeat what others have said. */
final class Wording {

    private Wording() {}

    /** What plugins are called: {@code interceptor 'otel'}. */
    static <T> String[] labels(String noun, List<T> plugins, Function<T, String> name) {
        return plugins.stream()
                .map(one -> noun + " '" + name.apply(one) + "'")
                .toArray(String[]::new);
    }

    /** Returns the text with a full stop, unless it has its own end. */
    static String stopped(String text) {
        return text.endsWith(".") || text.endsWith("?") ? text : text + ".";
    }
}
