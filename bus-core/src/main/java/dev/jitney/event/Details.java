// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.time.Instant;
import java.util.Map;
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
}
