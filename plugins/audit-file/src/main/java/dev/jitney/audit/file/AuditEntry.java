// SPDX-License-Identifier: Apache-2.0
package dev.jitney.audit.file;

import dev.jitney.event.Event;
import dev.jitney.event.JsonPayload;
import dev.jitney.spi.EventFormat;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of the audit log.
 *
 * @param event the event, masked, with the extensions that say what became of it
 * @param outcome how it ended: an {@link dev.jitney.event.Outcome} in lower case, or {@code
 *     refused} where {@code publish} threw
 * @param reason why, in a sentence; empty if there is nothing to say
 * @param time when it ended
 * @param failures the handlers that failed, each with {@code handler}, {@code state}, {@code
 *     attempts}, {@code error} and {@code message}
 * @param lost how many lines before this one could not be written
 */
public record AuditEntry(
        Event event,
        String outcome,
        String reason,
        Instant time,
        List<Map<String, Object>> failures,
        long lost) {

    static final String OUTCOME = "auditoutcome";
    static final String TIME = "audittime";
    static final String BUS = "auditbus";
    static final String ORIGIN = "auditorigin";
    static final String REASON = "auditreason";
    static final String FAILURES = "auditfailures";
    static final String LOST = "auditlost";
    static final String PROBLEM = "auditproblem";
    static final String REFUSED = "refused";

    /** The extensions that not every line has; one that is empty says nothing. */
    static final List<String> OPTIONAL = List.of(REASON, FAILURES, LOST, PROBLEM);

    static final String NO_PAYLOAD = "(not JSON)";

    /** Reads a line; null if it is none of an audit log. */
    static @Nullable AuditEntry of(byte[] line, EventFormat format) {
        try {
            Event event = format.decode(line);
            String outcome = event.header(OUTCOME);
            String time = event.header(TIME);
            if (outcome == null || time == null) {
                return null;
            }
            String lost = event.header(LOST);
            return new AuditEntry(
                    event,
                    outcome,
                    text(event.header(REASON)),
                    Instant.parse(time),
                    failures(event.header(FAILURES)),
                    text(lost).isEmpty() ? 0 : Long.parseLong(text(lost)));
        } catch (RuntimeException e) {
            return null;
        }
    }

    private static String text(@Nullable String header) {
        return header == null ? "" : header;
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> failures(@Nullable String json) {
        Object tree = text(json).isEmpty() ? null : JsonPayload.of(text(json)).tree();
        return tree == null ? List.of() : List.copyOf((List<Map<String, Object>>) tree);
    }
}
