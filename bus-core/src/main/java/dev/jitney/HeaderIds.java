// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What counts as a correlation id in the headers of a request (CTX-3). */
final class HeaderIds {

    static final String TRACE_PARENT = "traceparent";

    // Version 00 of W3C Trace Context: 2 digits, 32, 16 and 2, joined by '-'.
    private static final int PARENT_LENGTH = 55;
    private static final int TRACE_ID = 3;
    private static final int SPAN_ID = 36;
    private static final int FLAGS = 53;

    private HeaderIds() {}

    /** Returns the header's value without blanks around it if it has this name, else null. */
    static @Nullable String valueOf(Map.Entry<String, String> header, String name) {
        // Maps of headers from outside may hold nulls, whatever their type says.
        return name.equalsIgnoreCase(header.getKey()) && header.getValue() != null
                ? trim(header.getValue())
                : null;
    }

    /** Says whether a text may be taken over as a correlation id. */
    static boolean usable(String id) {
        return !id.isEmpty()
                && id.length() <= CorrelationContext.MAX_HEADER_LENGTH
                && id.codePoints().allMatch(HeaderIds::travels);
    }

    /** Returns the trace id of a valid traceparent, else null. */
    static @Nullable String traceIdOf(String parent) {
        boolean shaped =
                parent.length() >= PARENT_LENGTH
                        && isHex(parent, 0, TRACE_ID - 1)
                        && parent.charAt(TRACE_ID - 1) == '-'
                        && isHex(parent, TRACE_ID, SPAN_ID - 1)
                        && parent.charAt(SPAN_ID - 1) == '-'
                        && isHex(parent, SPAN_ID, FLAGS - 1)
                        && parent.charAt(FLAGS - 1) == '-'
                        && isHex(parent, FLAGS, PARENT_LENGTH);
        if (!shaped || parent.startsWith("ff") || !endsRightly(parent)) {
            return null;
        }
        String traceId = parent.substring(TRACE_ID, SPAN_ID - 1);
        boolean named = !isZero(traceId) && !isZero(parent.substring(SPAN_ID, FLAGS - 1));
        return named ? traceId : null;
    }

    // Version 00 has nothing behind the flags; a later one may, behind a '-'.
    private static boolean endsRightly(String parent) {
        return parent.length() == PARENT_LENGTH
                || !parent.startsWith("00") && parent.charAt(PARENT_LENGTH) == '-';
    }

    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            // Lower case only: a traceparent with capitals is to be ignored.
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isZero(String digits) {
        return digits.chars().allMatch(c -> c == '0');
    }

    private static boolean travels(int c) {
        boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
        boolean noncharacter = (c & 0xfffe) == 0xfffe || c >= 0xfdd0 && c <= 0xfdef;
        return !Character.isISOControl(c) && !surrogate && !noncharacter;
    }

    // Blanks and tabs only, which HTTP does not count to a value: a line break is an attack.
    private static String trim(String value) {
        int from = 0;
        int to = value.length();
        while (from < to && isBlank(value.charAt(from))) {
            from++;
        }
        while (to > from && isBlank(value.charAt(to - 1))) {
            to--;
        }
        return value.substring(from, to);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
