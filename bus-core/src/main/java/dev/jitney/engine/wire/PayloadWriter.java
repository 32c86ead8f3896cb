// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import dev.jitney.event.JsonPayload;
import dev.jitney.event.PayloadException;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.LineBuffer;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Period;
import java.time.ZoneId;
import java.time.temporal.TemporalAccessor;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Writes payloads as JSON: values of the JDK itself, records, and what a codec knows. */
final class PayloadWriter {

    private final Codecs codecs;

    PayloadWriter(Codecs codecs) {
        this.codecs = codecs;
    }

    /**
     * Writes a whole payload.
     *
     * @throws PayloadException with the place in it and the reason
     */
    void write(@Nullable Object payload, LineBuffer out) {
        try {
            value(payload, out, 0);
        } catch (PathProblem e) {
            throw new PayloadException(e.sentence("The payload") + ".", e.getCause());
        }
    }

    void value(@Nullable Object value, LineBuffer out, int depth) {
        if (value == null) {
            JsonWriter.plain(out, "null");
        } else if (value instanceof String text) {
            text(out, text);
        } else if (value instanceof Record) {
            object(value, out, depth);
        } else if (value instanceof Number number) {
            number(number, out, depth);
        } else if (value instanceof Boolean || value instanceof AtomicBoolean) {
            JsonWriter.plain(out, value.toString());
        } else if (value instanceof Map<?, ?> map) {
            map(map, out, deeper(depth));
        } else if (value instanceof Collection<?> values) {
            list(values, out, deeper(depth));
        } else if (value instanceof JsonPayload json) {
            byte[] bytes = new byte[json.length()];
            json.copyTo(bytes, 0);
            raw(bytes, out);
        } else {
            other(value, out, depth);
        }
    }

    private void other(Object value, LineBuffer out, int depth) {
        if (value instanceof byte[] bytes) {
            JsonWriter.base64(out, bytes);
        } else if (value instanceof Optional<?> optional) {
            value(optional.orElse(null), out, depth);
        } else if (value instanceof Enum<?> constant) {
            text(out, constant.name());
        } else if (value instanceof Date date) {
            text(out, date.toInstant().toString());
        } else if (isText(value)) {
            text(out, value.toString());
        } else if (value.getClass().isArray()) {
            array(value, out, deeper(depth));
        } else {
            object(value, out, depth);
        }
    }

    private static boolean isText(Object value) {
        return value instanceof CharSequence
                || value instanceof Character
                || value instanceof UUID
                || value instanceof URI
                || value instanceof TemporalAccessor
                || value instanceof Duration
                || value instanceof Period
                || value instanceof ZoneId;
    }

    private static void text(LineBuffer out, String text) {
        try {
            JsonWriter.string(out, text);
        } catch (PayloadException e) {
            throw new PathProblem("cannot be written: " + stripFullStop(e), e);
        }
    }

    private static String stripFullStop(Exception e) {
        String message = String.valueOf(e.getMessage());
        return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
    }

    private void number(Number number, LineBuffer out, int depth) {
        if (number instanceof Integer
                || number instanceof Long
                || number instanceof Short
                || number instanceof Byte
                || number instanceof AtomicInteger
                || number instanceof AtomicLong) {
            NumberWriter.write(out, number.longValue());
        } else if (number instanceof Double) {
            number((double) number, out);
        } else if (number instanceof Float) {
            finite(number.doubleValue());
            JsonWriter.plain(out, number.toString()); // a double would show what a float lacks
        } else if (number instanceof BigDecimal || number instanceof BigInteger) {
            big(number, out);
        } else {
            object(number, out, depth);
        }
    }

    static void number(double value, LineBuffer out) {
        finite(value);
        NumberWriter.write(out, value);
    }

    private static void finite(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw new PathProblem("is " + value + ", which JSON cannot say", null);
        }
    }

    private static void big(Number number, LineBuffer out) {
        boolean small =
                number instanceof BigDecimal decimal
                        ? Math.abs((long) decimal.scale()) < JsonReader.MAX_EXPONENT / 2
                                && decimal.unscaledValue().bitLength() < 3 * JsonReader.MAX_NUMBER
                        : ((BigInteger) number).bitLength() < 3 * JsonReader.MAX_NUMBER;
        String text = small ? number.toString() : "";
        if (!small || text.length() > JsonReader.MAX_NUMBER) {
            throw new PathProblem(
                    "is a number of more than "
                            + JsonReader.MAX_NUMBER
                            + " characters or a larger exponent than is allowed",
                    null);
        }
        JsonWriter.plain(out, text);
    }

    private void map(Map<?, ?> map, LineBuffer out, int depth) {
        out.write('{');
        boolean first = true;
        Set<String> names = null;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            Object key = entry.getKey();
            if (!(key instanceof String) && names == null) {
                names = new HashSet<>();
                map.keySet().stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .forEach(names::add);
            }
            String name = key instanceof String text ? text : keyName(key, names);
            if (!first) {
                out.write(',');
            }
            first = false;
            try {
                text(out, name);
                out.write(':');
                value(entry.getValue(), out, depth);
            } catch (PathProblem e) {
                throw e.in(name);
            }
        }
        out.write('}');
    }

    private static String keyName(@Nullable Object key, @Nullable Set<String> names) {
        boolean known =
                key instanceof Enum
                        || key instanceof Number
                        || key instanceof Boolean
                        || key != null && isText(key);
        if (key == null || !known) {
            throw new PathProblem(
                    "has a key of type "
                            + (key == null ? "null" : key.getClass().getTypeName())
                            + ". Use String, Number, Boolean, enum, UUID, URI or java.time",
                    null);
        }
        String name = key instanceof Enum<?> constant ? constant.name() : key.toString();
        if (names != null && !names.add(name)) {
            throw new PathProblem("has two keys that are written '" + name + "'", null);
        }
        return name;
    }

    private void list(Iterable<?> values, LineBuffer out, int depth) {
        out.write('[');
        int index = 0;
        for (Object value : values) {
            if (index > 0) {
                out.write(',');
            }
            item(value, index++, out, depth);
        }
        out.write(']');
    }

    private void array(Object array, LineBuffer out, int depth) {
        out.write('[');
        for (int i = 0, length = Array.getLength(array); i < length; i++) {
            if (i > 0) {
                out.write(',');
            }
            item(Array.get(array, i), i, out, depth);
        }
        out.write(']');
    }

    private void item(@Nullable Object value, int index, LineBuffer out, int depth) {
        try {
            value(value, out, depth);
        } catch (PathProblem e) {
            throw e.in(index);
        }
    }

    private static int deeper(int depth) {
        if (depth == JsonReader.MAX_DEPTH - 1) {
            throw new PathProblem(
                    "is nested deeper than " + JsonReader.MAX_DEPTH + " levels", null);
        }
        return depth + 1;
    }

    private void object(Object value, LineBuffer out, int depth) {
        Codecs.Owner owner = codecs.of(value.getClass());
        if (owner.shape() != null) {
            owner.shape().write(value, this, out, deeper(depth));
        } else if (owner.codec() != null) {
            byte[] json;
            try {
                json = owner.codec().encode(value);
            } catch (Exception e) {
                // Any exception: a codec written in Kotlin may throw checked ones undeclared.
                throw new PathProblem("cannot be written: " + stripFullStop(e), e);
            }
            raw(json, out);
        } else {
            throw new PathProblem(
                    "is a "
                            + value.getClass().getTypeName()
                            + ", for which there is no codec. Use a record, a @Serializable class,"
                            + " a Map, or add a PayloadCodec",
                    null);
        }
    }

    // What codecs wrote, and JSON that was made elsewhere, is checked: one line break would tear a
    // log.
    private static void raw(byte[] json, LineBuffer out) {
        try {
            JsonReader reader = new JsonReader().reset(json, 0, json.length);
            reader.peek();
            reader.skip(0);
            reader.expectEnd();
            JsonWriter.raw(out, reader.spaced ? JsonText.compact(json, 0, json.length) : json);
        } catch (EventFormatException e) {
            throw new PathProblem("was written as wrong JSON: " + stripFullStop(e), e);
        }
    }
}
