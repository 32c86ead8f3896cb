// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import dev.jitney.spi.LineBuffer;

/** Writes the usual numbers without making strings. */
final class NumberWriter {

    private static final long[] POWERS = new long[19];

    // The digits of 0 to 99, two bytes each.
    private static final byte[] PAIRS = new byte[200];

    // What Double.toString writes without an exponent.
    private static final double LEAST_PLAIN = 1e-3;
    private static final double PLAIN_LIMIT = 1e7;
    private static final int DECIMALS = 3;

    static {
        long power = 1;
        for (int i = 0; i < POWERS.length; i++) {
            POWERS[i] = power;
            power *= 10;
        }
        for (int i = 0; i < 100; i++) {
            PAIRS[2 * i] = (byte) ('0' + i / 10);
            PAIRS[2 * i + 1] = (byte) ('0' + i % 10);
        }
    }

    private NumberWriter() {}

    static void write(LineBuffer out, long value) {
        if (value < 0) {
            if (value == Long.MIN_VALUE) {
                JsonWriter.plain(out, "-9223372036854775808");
                return;
            }
            out.write('-');
        }
        long number = Math.abs(value);
        int digits = digits(number);
        byte[] array = out.ensure(digits);
        int end = out.length() + digits;
        put(array, end, number);
        out.length(end);
    }

    /** Writes a finite number as {@link Double#toString(double)} does, or shorter. */
    static void write(LineBuffer out, double value) {
        double size = Math.abs(value);
        if (size >= LEAST_PLAIN && size < PLAIN_LIMIT) {
            long thousandths = Math.round(size * POWERS[DECIMALS]);
            // Up to 15 digits no two decimals are the same double: it is this one or a longer one.
            if (thousandths / (double) POWERS[DECIMALS] == size) {
                decimal(out, value < 0, thousandths);
                return;
            }
        }
        JsonWriter.plain(out, Double.toString(value));
    }

    private static void decimal(LineBuffer out, boolean negative, long thousandths) {
        if (negative) {
            out.write('-');
        }
        write(out, thousandths / 1000);
        int fraction = (int) (thousandths % 1000);
        byte[] array = out.ensure(1 + DECIMALS);
        int at = out.length();
        array[at++] = '.';
        array[at++] = (byte) ('0' + fraction / 100);
        if (fraction % 100 != 0) {
            array[at++] = PAIRS[fraction % 100 * 2];
            if (fraction % 10 != 0) {
                array[at++] = PAIRS[fraction % 100 * 2 + 1];
            }
        }
        out.length(at);
    }

    private static int digits(long number) {
        // The number of bits times log10(2), which is too few digits by at most one.
        int least = (64 - Long.numberOfLeadingZeros(number | 1)) * 1233 >>> 12;
        return least < POWERS.length && number >= POWERS[least] ? least + 1 : Math.max(least, 1);
    }

    /** Writes a number that ends in front of a place. */
    private static void put(byte[] array, int end, long number) {
        int at = end;
        long rest = number;
        while (rest >= 100) {
            long head = rest / 100;
            int pair = (int) (rest - head * 100) * 2;
            array[--at] = PAIRS[pair + 1];
            array[--at] = PAIRS[pair];
            rest = head;
        }
        int pair = (int) rest * 2;
        array[--at] = PAIRS[pair + 1];
        if (rest >= 10) {
            array[--at] = PAIRS[pair];
        }
    }
}
