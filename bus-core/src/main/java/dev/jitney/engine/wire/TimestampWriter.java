// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import dev.jitney.event.PayloadException;
import dev.jitney.spi.LineBuffer;
import java.time.Instant;

/**
 * Writes times in RFC 3339 by hand. Events of one second have all but their fraction in common, so
 * the last second's text is kept.
 *
 * <p><b>Threads.</b> Safe for concurrent use: what is kept is immutable, and an old one is seen to
 * be old.
 */
final class TimestampWriter {

    private static final long SECONDS_PER_DAY = 86_400;
    static final long FIRST_SECOND = -62_167_219_200L; // year 0
    static final long LAST_SECOND = 253_402_300_799L; // end of the year 9999
    private static final int DAYS_PER_ERA = 146_097; // 400 years
    private static final int DAYS_TO_1970 = 719_468; // from 0000-03-01

    /** As in {@code "2026-01-31T23:59:59}, the quote included. */
    private static final int LENGTH = 20;

    private Second last = new Second(0, text(0));

    private record Second(long second, byte[] text) {}

    /** Writes a time with its quotes, with 0, 3, 6 or 9 digits after the point. */
    void write(LineBuffer out, Instant time) {
        long second = time.getEpochSecond();
        Second known = last;
        if (known.second != second) {
            if (second < FIRST_SECOND || second > LAST_SECOND) {
                throw new PayloadException(
                        "Time " + time + " cannot be written. Use a year from 0 to 9999.");
            }
            known = new Second(second, text(second));
            last = known;
        }
        byte[] array = out.ensure(32);
        int at = out.length();
        System.arraycopy(known.text, 0, array, at, LENGTH);
        at = fraction(array, at + LENGTH, time.getNano());
        array[at++] = 'Z';
        array[at++] = '"';
        out.length(at);
    }

    private static int fraction(byte[] array, int start, int nanos) {
        if (nanos == 0) {
            return start;
        }
        int at = start;
        array[at++] = '.';
        int micros = nanos / 1000;
        at = three(array, at, micros / 1000);
        if (nanos % 1_000_000 != 0) {
            at = three(array, at, micros % 1000);
            if (nanos % 1000 != 0) {
                at = three(array, at, nanos % 1000);
            }
        }
        return at;
    }

    private static byte[] text(long second) {
        byte[] text = new byte[LENGTH];
        text[0] = '"';
        int at = date(text, 1, Math.floorDiv(second, SECONDS_PER_DAY));
        int rest = (int) Math.floorMod(second, SECONDS_PER_DAY);
        text[at++] = 'T';
        at = two(text, at, rest / 3600);
        text[at++] = ':';
        at = two(text, at, rest / 60 % 60);
        text[at++] = ':';
        two(text, at, rest % 60);
        return text;
    }

    // Howard Hinnant's civil_from_days.
    private static int date(byte[] array, int start, long epochDay) {
        int at = start;
        long shifted = epochDay + DAYS_TO_1970;
        long era = Math.floorDiv(shifted, DAYS_PER_ERA);
        int dayOfEra = (int) (shifted - era * DAYS_PER_ERA);
        int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int shiftedMonth = (5 * dayOfYear + 2) / 153;
        int day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1;
        int month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
        int year = (int) (yearOfEra + era * 400) + (month <= 2 ? 1 : 0);
        at = two(array, at, year / 100);
        at = two(array, at, year % 100);
        array[at++] = '-';
        at = two(array, at, month);
        array[at++] = '-';
        return two(array, at, day);
    }

    private static int two(byte[] array, int at, int value) {
        array[at] = (byte) ('0' + value / 10);
        array[at + 1] = (byte) ('0' + value % 10);
        return at + 2;
    }

    private static int three(byte[] array, int at, int value) {
        array[at] = (byte) ('0' + value / 100);
        return two(array, at + 1, value % 100);
    }
}
