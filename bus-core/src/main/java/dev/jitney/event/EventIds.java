// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

/** Reads back from the text of an id what its {@link EventClock} has put there. */
final class EventIds {

    private static final int LENGTH = 36;
    private static final int VERSION_AT = 14;

    private EventIds() {}

    /**
     * Returns a hash of an id: the tick, if it is the text of one that a clock gives, so that an
     * event which comes back as text meets itself; else that of the text.
     */
    static long hash(String id) {
        if (id.length() != LENGTH || id.charAt(VERSION_AT) != '7') {
            return id.hashCode();
        }
        long high = hex(id, 0, 8);
        long low = hex(id, 9, 13);
        long coarse = hex(id, 15, 18);
        long fine = hex(id, 19, 22);
        if ((high | low | coarse | fine) < 0) {
            return id.hashCode();
        }
        return (high << 16 | low) * EventClock.NANOS_PER_MILLI + (coarse << 8 | fine >> 2 & 0xff);
    }

    // Negative if a character is no digit.
    private static long hex(String id, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = Character.digit(id.charAt(i), 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }
}
