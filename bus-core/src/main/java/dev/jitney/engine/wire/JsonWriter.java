// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import dev.jitney.event.PayloadException;
import dev.jitney.spi.LineBuffer;

/** Writes the parts of JSON to a buffer. */
final class JsonWriter {

    private static final byte[] HEX = ascii("0123456789abcdef");
    private static final byte[] BASE64 =
            ascii("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    private static final int LONGEST_ESCAPE = 6;

    // True for what a string may hold as it is, in one byte.
    private static final boolean[] PLAIN = new boolean[128];

    static {
        for (int c = 0x20; c < 128; c++) {
            PLAIN[c] = c != '"' && c != '\\';
        }
    }

    private JsonWriter() {}

    static byte[] ascii(String text) {
        return ByteStrings.utf8(text);
    }

    static void raw(LineBuffer out, byte[] bytes) {
        out.write(bytes, 0, bytes.length);
    }

    /** Writes ASCII text that needs no escape, without quotes. */
    static void plain(LineBuffer out, String text) {
        int length = text.length();
        byte[] array = out.ensure(length);
        int at = out.length();
        for (int i = 0; i < length; i++) {
            array[at + i] = (byte) text.charAt(i);
        }
        out.length(at + length);
    }

    /** Writes a string with its quotes. */
    static void string(LineBuffer out, String text) {
        int length = text.length();
        byte[] array = out.ensure(length + 2);
        int start = out.length() + 1;
        array[start - 1] = '"';
        int done = copyPlain(text, array, start);
        out.length(start + done);
        if (done < length) {
            special(out, text, done);
            out.write('"');
        } else {
            array[start + length] = '"';
            out.length(start + length + 1);
        }
    }

    /** Copies what a string may hold as it is, up to the first character that it may not. */
    private static int copyPlain(String text, byte[] array, int at) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 128 || !PLAIN[c]) {
                return i;
            }
            array[at + i] = (byte) c;
        }
        return length;
    }

    private static void special(LineBuffer out, String text, int from) {
        int length = text.length();
        int at = out.length();
        byte[] array = out.array();
        for (int i = from; i < length; i++) {
            if (at + LONGEST_ESCAPE > array.length) {
                out.length(at);
                array = out.ensure(LONGEST_ESCAPE + length - i);
            }
            char c = text.charAt(i);
            if (c < 128) {
                if (PLAIN[c]) {
                    array[at++] = (byte) c;
                } else {
                    at = escape(array, at, c);
                }
            } else if (c < 0x800) {
                array[at++] = (byte) (0xc0 | c >> 6);
                array[at++] = (byte) (0x80 | c & 0x3f);
            } else if (c < 0xd800 || c > 0xdfff) {
                array[at++] = (byte) (0xe0 | c >> 12);
                array[at++] = (byte) (0x80 | c >> 6 & 0x3f);
                array[at++] = (byte) (0x80 | c & 0x3f);
            } else {
                at = pair(array, at, text, i++);
            }
        }
        out.length(at);
    }

    private static int pair(byte[] array, int start, String text, int i) {
        int at = start;
        int point = text.codePointAt(i);
        if (point < 0x10000) {
            throw new PayloadException(
                    "A text holds half of a surrogate pair at character "
                            + i
                            + ", which UTF-8 cannot carry.");
        }
        array[at++] = (byte) (0xf0 | point >> 18);
        array[at++] = (byte) (0x80 | point >> 12 & 0x3f);
        array[at++] = (byte) (0x80 | point >> 6 & 0x3f);
        array[at++] = (byte) (0x80 | point & 0x3f);
        return at;
    }

    private static int escape(byte[] array, int start, char c) {
        int at = start;
        array[at++] = '\\';
        int letter =
                switch (c) {
                    case '"' -> '"';
                    case '\\' -> '\\';
                    case '\b' -> 'b';
                    case '\f' -> 'f';
                    case '\n' -> 'n';
                    case '\r' -> 'r';
                    case '\t' -> 't';
                    default -> 'u';
                };
        array[at++] = (byte) letter;
        if (letter == 'u') {
            array[at++] = '0';
            array[at++] = '0';
            array[at++] = HEX[c >> 4];
            array[at++] = HEX[c & 0xf];
        }
        return at;
    }

    /** Writes bytes as a string of base64, with its quotes. */
    static void base64(LineBuffer out, byte[] bytes) {
        out.ensure(Math.multiplyExact((bytes.length + 2) / 3, 4) + 2);
        out.write('"');
        byte[] array = out.array();
        int at = out.length();
        for (int i = 0; i < bytes.length; i += 3) {
            int left = bytes.length - i;
            int bits =
                    (bytes[i] & 0xff) << 16
                            | (left > 1 ? (bytes[i + 1] & 0xff) << 8 : 0)
                            | (left > 2 ? bytes[i + 2] & 0xff : 0);
            array[at++] = BASE64[bits >> 18];
            array[at++] = BASE64[bits >> 12 & 0x3f];
            array[at++] = left > 1 ? BASE64[bits >> 6 & 0x3f] : (byte) '=';
            array[at++] = left > 2 ? BASE64[bits & 0x3f] : (byte) '=';
        }
        out.length(at);
        out.write('"');
    }
}
