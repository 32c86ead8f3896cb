// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON as values of the JDK; numbers keep their value. */
final class JsonTree {

    /** Stands for an attribute that is null, which is none. */
    static final Object ABSENT = new Object();

    private static final int LONG_DIGITS = 18; // so many always fit into a long

    private JsonTree() {}

    /** Reads a whole text. */
    static @Nullable Object read(byte[] json) {
        JsonReader reader = new JsonReader().reset(json, 0, json.length);
        Object value = value(reader, 0);
        reader.expectEnd();
        return value;
    }

    private static @Nullable Object value(JsonReader reader, int depth) {
        int first = reader.peek();
        int from = reader.pos;
        switch (first) {
            case '{' -> {
                return object(reader, depth + 1);
            }
            case '[' -> {
                return array(reader, depth + 1);
            }
            case '"' -> {
                reader.string();
                return reader.text();
            }
            default -> {
                reader.skip(depth);
                return switch (first) {
                    case 't' -> Boolean.TRUE;
                    case 'f' -> Boolean.FALSE;
                    case 'n' -> null;
                    default -> number(reader, from);
                };
            }
        }
    }

    private static Map<String, @Nullable Object> object(JsonReader reader, int depth) {
        reader.open(depth);
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        if (reader.peek() == '}') {
            reader.pos++;
            return object;
        }
        do {
            reader.key();
            String key = reader.text();
            if (object.containsKey(key)) {
                throw reader.duplicate();
            }
            reader.colon();
            object.put(key, value(reader, depth));
        } while (reader.more('}'));
        return object;
    }

    private static List<@Nullable Object> array(JsonReader reader, int depth) {
        reader.open(depth);
        List<@Nullable Object> array = new ArrayList<>();
        if (reader.peek() == ']') {
            reader.pos++;
            return array;
        }
        do {
            array.add(value(reader, depth));
        } while (reader.more(']'));
        return array;
    }

    /** Returns the number that the reader has just passed: Long, BigInteger or BigDecimal. */
    static Number number(JsonReader reader, int from) {
        byte[] bytes = reader.bytes;
        int to = reader.pos;
        if (reader.numberIntegral && to - from <= LONG_DIGITS) {
            boolean negative = bytes[from] == '-';
            long value = 0;
            for (int at = negative ? from + 1 : from; at < to; at++) {
                value = value * 10 + bytes[at] - '0';
            }
            return negative ? -value : value;
        }
        String text = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
        if (!reader.numberIntegral) {
            return new BigDecimal(text);
        }
        BigInteger value = new BigInteger(text);
        if (value.bitLength() < Long.SIZE) {
            return value.longValue();
        }
        return value;
    }
}
