// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Reads the times in the store's own small files. Those that {@link Instant#toString} wrote are
 * taken apart by hand, since Java's formatter costs a fresh JVM 10 ms; all else is left to it.
 */
final class Times {

    /** What a time begins with; a zero stands for any digit. */
    private static final String FORM = "0000-00-00T00:00:00";

    private static final int MOST_DIGITS = 9;

    private Times() {}

    /**
     * Reads a time.
     *
     * @throws DateTimeException if it is not one
     */
    static Instant parse(String text) {
        int nanos = begins(text) ? nanos(text) : -1;
        if (nanos >= 0) {
            try {
                return LocalDateTime.of(
                                number(text, 0, 4),
                                number(text, 5, 7),
                                number(text, 8, 10),
                                number(text, 11, 13),
                                number(text, 14, 16),
                                number(text, 17, 19),
                                nanos)
                        .toInstant(ZoneOffset.UTC);
            } catch (DateTimeException e) {
                // There is no such time as it stands there: Java says why.
            }
        }
        return Instant.parse(text);
    }

    private static boolean begins(String text) {
        if (text.length() <= FORM.length()) {
            return false;
        }
        for (int i = 0; i < FORM.length(); i++) {
            char form = FORM.charAt(i);
            char c = text.charAt(i);
            if (form == '0' ? !isDigit(c) : c != form) {
                return false;
            }
        }
        return true;
    }

    /** Returns the nanoseconds of what follows the seconds, or -1 if that is of another form. */
    private static int nanos(String text) {
        int end = text.length() - 1;
        int from = FORM.length() + 1;
        if (text.charAt(end) != 'Z') {
            return -1;
        }
        if (end == FORM.length()) {
            return 0;
        }
        if (text.charAt(from - 1) != '.' || end == from || end - from > MOST_DIGITS) {
            return -1;
        }
        int nanos = 0;
        for (int i = from; i < from + MOST_DIGITS; i++) {
            if (i < end && !isDigit(text.charAt(i))) {
                return -1;
            }
            nanos = nanos * 10 + (i < end ? text.charAt(i) - '0' : 0);
        }
        return nanos;
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
