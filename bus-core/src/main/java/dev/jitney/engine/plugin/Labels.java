// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import java.util.List;
import java.util.function.Function;

/** What plugins are called in messages: {@code interceptor 'otel'}. */
final class Labels {

    private Labels() {}

    static <T> String[] of(String noun, List<T> plugins, Function<T, String> name) {
        return plugins.stream()
                .map(one -> noun + " '" + name.apply(one) + "'")
                .toArray(String[]::new);
    }
}
