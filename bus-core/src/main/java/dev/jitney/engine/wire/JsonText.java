// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What is inside of JSON strings: escapes and UTF-8; and JSON without its white space. */
final class JsonText {

    private JsonText() {}

    /** Checks the escape at the backslash {@code at} and returns the index after it. */
    static int passEscape(JsonReader reader, int at) {
        int next = at + 1 < reader.end ? reader.bytes[at + 1] : -1;
        switch (next) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
                return at + 2;
            }
            case 'u' -> {
                int unit = hex(reader, at + 2);
                if (unit < 0xd800 || unit > 0xdfff) {
                    return at + 6;
                }
                boolean pair =
                        unit < 0xdc00
                                && at + 7 < reader.end
                                && reader.bytes[at + 6] == '\\'
                                && reader.bytes[at + 7] == 'u';
                int low = pair ? hex(reader, at + 8) : 0;
                if (low < 0xdc00 || low > 0xdfff) {
                    throw reader.error(
                            at,
                            "Half of a surrogate pair is escaped at byte "
                                    + reader.position(at)
                                    + ". Write both halves.");
                }
                return at + 12;
            }
            default -> throw reader.expected(at + 1, "one of \"\\/bfnrtu after '\\'");
        }
    }

    private static int hex(JsonReader reader, int from) {
        int unit = 0;
        for (int at = from; at < from + 4; at++) {
            int digit = at < reader.end ? digit(reader.bytes[at]) : -1;
            if (digit < 0) {
                throw reader.expected(Math.min(at, reader.end), "a hexadecimal digit");
            }
            unit = unit << 4 | digit;
        }
        return unit;
    }

    private static int digit(int c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    /** Checks the sequence of UTF-8 that starts at {@code at} and returns the index after it. */
    static int passUtf8(JsonReader reader, int at) {
        byte[] b = reader.bytes;
        int first = b[at] & 0xff;
        int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
        boolean good = first >= 0xc2 && first <= 0xf4 && at + more < reader.end;
        for (int i = 1; good && i <= more; i++) {
            good = (b[at + i] & 0xc0) == 0x80;
        }
        if (good && more > 1) {
            // Overlong forms, surrogates and points past U+10FFFF show in the second byte.
            int second = b[at + 1] & 0xff;
            good =
                    switch (first) {
                        case 0xe0 -> second >= 0xa0;
                        case 0xed -> second < 0xa0;
                        case 0xf0 -> second >= 0x90;
                        case 0xf4 -> second < 0x90;
                        default -> true;
                    };
        }
        if (!good) {
            throw reader.expected(at, "UTF-8");
        }
        return at + more + 1;
    }

    /** Returns the text of a checked string. */
    static String unescape(byte[] bytes, int from, int to) {
        String raw = new String(bytes, from, to - from, StandardCharsets.UTF_8);
        StringBuilder text = new StringBuilder(raw.length());
        for (int at = 0; at < raw.length(); at++) {
            char c = raw.charAt(at);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            c = raw.charAt(++at);
            switch (c) {
                case 'b' -> text.append('\b');
                case 'f' -> text.append('\f');
                case 'n' -> text.append('\n');
                case 'r' -> text.append('\r');
                case 't' -> text.append('\t');
                case 'u' -> {
                    text.append((char) Integer.parseInt(raw, at + 1, at + 5, 16));
                    at += 4;
                }
                default -> text.append(c);
            }
        }
        return text.toString();
    }

    /** Returns a copy of checked JSON without the white space between its tokens. */
    static byte[] compact(byte[] bytes, int from, int to) {
        byte[] copy = new byte[to - from];
        int length = 0;
        boolean inString = false;
        for (int at = from; at < to; at++) {
            byte c = bytes[at];
            if (inString && c == '\\') {
                copy[length++] = c;
                c = bytes[++at];
            } else if (c == '"') {
                inString = !inString;
            } else if (!inString && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
                continue;
            }
            copy[length++] = c;
        }
        return Arrays.copyOf(copy, length);
    }
}
