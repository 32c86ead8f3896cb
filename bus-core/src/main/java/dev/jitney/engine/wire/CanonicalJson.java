// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import dev.jitney.spi.LineBuffer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One text for equal JSON values (EVT-3). As RFC 8785, keys are sorted by UTF-16 code unit and
 * escapes are the fewest; other than there, numbers are not squeezed into a double: {@code 1},
 * {@code 1.0} and {@code 10e-1} are {@code 1}, whatever the size. An integer of up to 40 digits is
 * written out; all other numbers are their digits without zeros at the end, {@code e}, exponent.
 */
final class CanonicalJson {

    private static final int LONGEST_INTEGER = 40;

    private CanonicalJson() {}

    static byte[] of(byte[] json) {
        LineBuffer out = new LineBuffer(json.length + 16);
        write(JsonTree.read(json), out);
        return out.toBytes();
    }

    private static void write(@Nullable Object value, LineBuffer out) {
        if (value instanceof String text) {
            JsonWriter.string(out, text);
        } else if (value instanceof Map<?, ?> map) {
            object(map, out);
        } else if (value instanceof List<?> list) {
            out.write('[');
            for (int i = 0; i < list.size(); i++) {
                if (i > 0) {
                    out.write(',');
                }
                write(list.get(i), out);
            }
            out.write(']');
        } else if (value instanceof Number number) {
            JsonWriter.plain(out, number(number));
        } else {
            JsonWriter.plain(out, String.valueOf(value));
        }
    }

    private static void object(Map<?, ?> map, LineBuffer out) {
        Map<String, @Nullable Object> sorted = new TreeMap<>();
        map.forEach((key, value) -> sorted.put((String) key, value));
        char before = '{';
        for (Map.Entry<String, @Nullable Object> entry : sorted.entrySet()) {
            out.write(before);
            JsonWriter.string(out, entry.getKey());
            out.write(':');
            write(entry.getValue(), out);
            before = ',';
        }
        if (before == '{') {
            out.write(before);
        }
        out.write('}');
    }

    private static String number(Number number) {
        if (number instanceof Long) {
            return number.toString();
        }
        BigDecimal decimal =
                number instanceof BigInteger integer
                        ? new BigDecimal(integer)
                        : (BigDecimal) number;
        if (decimal.signum() == 0) {
            return "0";
        }
        BigDecimal stripped = decimal.stripTrailingZeros();
        long integerDigits = (long) stripped.precision() - stripped.scale();
        if (stripped.scale() <= 0 && integerDigits <= LONGEST_INTEGER) {
            return stripped.toPlainString();
        }
        return stripped.unscaledValue() + "e" + -(long) stripped.scale();
    }
}
