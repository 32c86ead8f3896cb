// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads and writes sizes ({@code 64k}) and spans of time ({@code 15s}) in configurations. */
final class Units {

    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]{1,18})([a-z]*)");

    private Units() {}

    /** Returns the size in bytes, or null if the text is none. */
    static @Nullable Long parseBytes(String text) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
        if (!matcher.matches()) {
            return null;
        }
        int shift =
                switch (matcher.group(2)) {
                    case "" -> 0;
                    case "k" -> 10;
                    case "m" -> 20;
                    case "g" -> 30;
                    default -> -1;
                };
        long number = Long.parseLong(matcher.group(1));
        boolean fits = shift >= 0 && number <= Long.MAX_VALUE >> shift;
        return fits ? Long.valueOf(number << shift) : null;
    }

    /** Returns the span of time, or null if the text is none. */
    static @Nullable Duration parseDuration(String text) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
        if (!matcher.matches()) {
            return null;
        }
        long number = Long.parseLong(matcher.group(1));
        try {
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                case "d" -> Duration.ofDays(number);
                case "w" -> Duration.ofDays(Math.multiplyExact(number, 7));
                case "" -> number == 0 ? Duration.ZERO : null;
                default -> null;
            };
        } catch (ArithmeticException e) {
            return null;
        }
    }

    /** Writes a size with the largest unit that needs no fraction. */
    static String format(long bytes) {
        for (int shift = 30; shift > 0; shift -= 10) {
            if (bytes != 0 && bytes % (1L << shift) == 0) {
                return (bytes >> shift) + (shift == 30 ? "g" : shift == 20 ? "m" : "k");
            }
        }
        return Long.toString(bytes);
    }

    /** Writes a span of whole milliseconds with the largest unit that needs no fraction. */
    static String format(Duration span) {
        long millis = span.toMillis();
        if (millis == 0 || millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds % 3600 == 0) {
            return seconds / 3600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }
}
