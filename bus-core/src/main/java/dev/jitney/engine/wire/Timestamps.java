// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

/**
 * Reads times in RFC 3339 by hand, with any offset and any number of digits; those past the
 * nanosecond are dropped. Belongs to one thread; holds the time that was read last. See {@link
 * TimestampWriter} for the other way.
 */
final class Timestamps {

    private static final long SECONDS_PER_DAY = 86_400;
    private static final int DAYS_PER_ERA = 146_097; // 400 years
    private static final int DAYS_TO_1970 = 719_468; // from 0000-03-01

    long second;
    int nano;

    private byte[] bytes = new byte[0];
    private int at;
    private int end;
    private boolean good;

    /** Reads the time that the reader's last string holds, or fails at its start. */
    void read(JsonReader reader) {
        boolean right;
        if (reader.stringEscaped) {
            byte[] text = ByteStrings.utf8(reader.text());
            right = parse(text, 0, text.length);
        } else {
            right = parse(reader.bytes, reader.stringFrom, reader.stringTo);
        }
        if (!right) {
            throw reader.error(
                    reader.stringFrom,
                    "Expected a time such as 2026-01-31T23:59:59Z at byte "
                            + reader.position(reader.stringFrom)
                            + ", found '"
                            + JsonReader.shorten(reader.text())
                            + "'.");
        }
    }

    private boolean parse(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        at = from;
        end = to;
        good = true;
        int year = digits(4);
        mark('-', '-');
        int month = digits(2);
        mark('-', '-');
        int day = digits(2);
        mark('T', 't');
        int hour = digits(2);
        mark(':', ':');
        int minute = digits(2);
        mark(':', ':');
        int sec = digits(2);
        nano = fraction();
        int offset = offset();
        // A leap second counts as the first second of the next minute.
        good &= at == end && month >= 1 && month <= 12 && day >= 1 && hour < 24 && minute < 60;
        good = good && day <= daysIn(year, month) && (sec < 60 || sec == 60 && minute == 59);
        second =
                days(year, month, day) * SECONDS_PER_DAY
                        + hour * 3600L
                        + minute * 60L
                        + sec
                        - offset;
        // What is read can be written: in UTC an offset may lead out of the years that have 4
        // digits.
        return good
                && second >= TimestampWriter.FIRST_SECOND
                && second <= TimestampWriter.LAST_SECOND;
    }

    private int digits(int count) {
        int value = 0;
        for (int i = 0; i < count; i++) {
            int digit = at < end ? bytes[at++] - '0' : -1;
            good &= digit >= 0 && digit <= 9;
            value = value * 10 + digit;
        }
        return value;
    }

    private void mark(char upper, char lower) {
        good &= at < end && (bytes[at] == upper || bytes[at] == lower);
        at++;
    }

    private int fraction() {
        if (at >= end || bytes[at] != '.') {
            return 0;
        }
        int first = ++at;
        int value = 0;
        int unit = 100_000_000;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            value += (bytes[at++] - '0') * unit;
            unit /= 10;
        }
        good &= at > first;
        return value;
    }

    private int offset() {
        int sign = at < end ? bytes[at] : 0;
        if (sign == '+' || sign == '-') {
            at++;
            int hour = digits(2);
            mark(':', ':');
            int minute = digits(2);
            good &= hour < 24 && minute < 60;
            return (sign == '-' ? -1 : 1) * (hour * 3600 + minute * 60);
        }
        mark('Z', 'z');
        return 0;
    }

    private static int daysIn(int year, int month) {
        return switch (month) {
            case 4, 6, 9, 11 -> 30;
            case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
            default -> 31;
        };
    }

    // Howard Hinnant's days_from_civil: years begin in March, so that the leap day is the last.
    private static long days(int year, int month, int day) {
        int y = month <= 2 ? year - 1 : year;
        int era = Math.floorDiv(y, 400);
        int yearOfEra = y - era * 400;
        int dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return (long) era * DAYS_PER_ERA + dayOfEra - DAYS_TO_1970;
    }
}
