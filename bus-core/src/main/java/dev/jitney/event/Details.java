// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The part of an event that most events leave empty, so that those share one.
 *
 * @param extensions travel as CloudEvents extensions: Boolean, Integer or String
 * @param others headers that cannot travel as extensions (EVT-5), by name
 * @param exactTime the time, when nanoseconds since 1970 in a long cannot hold it
 */
record Details(
        @Nullable String subject,
        @Nullable String dataSchema,
        @Nullable String contentType,
        String version,
        Map<String, Object> extensions,
        Map<String, String> others,
        @Nullable Instant exactTime) {

    static final String FIRST_VERSION = "1";

    static final Details NONE =
            new Details(null, null, null, FIRST_VERSION, Map.of(), Map.of(), null);

    /** Returns the time and nothing else. */
    Details timeOnly() {
        return exactTime == null
                ? NONE
                : new Details(null, null, null, FIRST_VERSION, Map.of(), Map.of(), exactTime);
    }

    /** Returns all extensions as text, and all other headers. */
    Map<String, String> headers() {
        if (extensions.isEmpty()) {
            return others;
        }
        Map<String, String> all = new LinkedHashMap<>();
        extensions.forEach((name, value) -> all.put(name, value.toString()));
        all.putAll(others);
        return Collections.unmodifiableMap(all);
    }

    /** Returns one header or extension as text, or null. */
    @Nullable String header(String name) {
        String other = others.get(name);
        if (other != null) {
            return other;
        }
        Object extension = extensions.get(name);
        return extension == null ? null : extension.toString();
    }

    /**
     * Returns a copy with this header, as an extension if it can be one, and no other of its name.
     */
    Details withHeader(String name, String value) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
        boolean travels = Extensions.travels(name, value);
        if (this == NONE && travels) {
            return ofOne(name, value);
        }
        return new Details(
                subject,
                dataSchema,
                contentType,
                version,
                travels ? with(extensions, name, value) : without(extensions, name),
                travels ? without(others, name) : with(others, name, value),
                exactTime);
    }

    /** Returns what most events have that have anything at all: one extension. */
    private static Details ofOne(String name, String value) {
        return new Details(
                null,
                null,
                null,
                FIRST_VERSION,
                Collections.singletonMap(name, value),
                NONE.others,
                null);
    }

    private static <V> Map<String, V> with(Map<String, V> headers, String name, V value) {
        if (headers.isEmpty()) {
            return Collections.singletonMap(name, value);
        }
        Map<String, V> changed = new LinkedHashMap<>(headers);
        changed.remove(name);
        changed.put(name, value);
        return Collections.unmodifiableMap(changed);
    }

    private static <V> Map<String, V> without(Map<String, V> headers, String name) {
        if (!headers.containsKey(name)) {
            return headers;
        }
        Map<String, V> changed = new LinkedHashMap<>(headers);
        changed.remove(name);
        return Collections.unmodifiableMap(changed);
    }
}
