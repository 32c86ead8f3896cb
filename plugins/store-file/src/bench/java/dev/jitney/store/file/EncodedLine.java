// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Event;
import dev.jitney.spi.EventFormat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One encoded event of 300 bytes, line break included, in the wire form that the bus writes. Its
 * number is counted up in place, in the id and in the payload, so that no two events are equal and
 * a reader can sum up what was written. Belongs to one thread.
 */
final class EncodedLine {

    static final int LENGTH = 300;

    /** The number of the first event; ten digits, as JSON takes no zeros in front. */
    static final long BASE = 1_000_000_000L;

    private static final int DIGITS = 10;
    private static final String TOPIC = "bench.orders.created";
    private static final byte[] SEQ = "\"seq\":".getBytes(StandardCharsets.US_ASCII);

    private final byte[] bytes;
    private final int idAt;
    private final int seqAt;

    EncodedLine(EventFormat format, long first) {
        bytes = template(format);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        idAt = text.indexOf("id-") + 3;
        seqAt = text.indexOf("\"seq\":") + SEQ.length;
        put(idAt, first + BASE);
        put(seqAt, first + BASE);
    }

    private static byte[] template(EventFormat format) {
        byte[] small = format.encode(event(0));
        byte[] line = format.encode(event(LENGTH - 1 - small.length));
        byte[] whole = java.util.Arrays.copyOf(line, line.length + 1);
        whole[line.length] = '\n';
        if (whole.length != LENGTH) {
            throw new IllegalStateException(
                    "an event has " + whole.length + " bytes, not " + LENGTH);
        }
        return whole;
    }

    private static Event event(int padding) {
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("seq", BASE);
        payload.put("note", "x".repeat(padding));
        return Event.builder(TOPIC)
                .id("id-" + BASE)
                .source("bench")
                .time(Instant.parse("2026-01-01T00:00:00.123Z"))
                .correlationId("id-" + BASE)
                .payload(payload)
                .build();
    }

    byte[] bytes() {
        return bytes;
    }

    /** Makes it the next event. */
    void next() {
        up(idAt + DIGITS - 1);
        up(seqAt + DIGITS - 1);
    }

    private void up(int last) {
        int at = last;
        while (bytes[at] == '9') {
            bytes[at--] = '0';
        }
        bytes[at]++;
    }

    private void put(int at, long number) {
        digits(bytes, at, DIGITS, number);
    }

    /** Writes a number with zeros in front. */
    static void digits(byte[] into, int at, int count, long number) {
        long rest = number;
        for (int i = at + count - 1; i >= at; i--) {
            into[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    /** Returns the number of the event whose JSON, whole or payload, is in some bytes. */
    static long numberIn(byte[] json, int from, int to) {
        for (int at = from; at <= to - SEQ.length - DIGITS; at++) {
            if (json[at] == SEQ[0] && matches(json, at)) {
                long number = 0;
                for (int i = 0; i < DIGITS; i++) {
                    number = number * 10 + json[at + SEQ.length + i] - '0';
                }
                return number - BASE;
            }
        }
        throw new IllegalStateException("an event without its number was read");
    }

    private static boolean matches(byte[] json, int at) {
        for (int i = 1; i < SEQ.length; i++) {
            if (json[at + i] != SEQ[i]) {
                return false;
            }
        }
        return true;
    }
}
