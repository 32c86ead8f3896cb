// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import dev.jitney.spi.EventFormatException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over one JSON text that checks every byte it passes (RFC 8259): UTF-8 without overlong
 * forms and surrogates, no key twice in an object, at most {@link #MAX_DEPTH} levels, numbers of at
 * most {@link #MAX_NUMBER} characters. Used again with {@link #reset}, by one thread.
 *
 * <p>It throws nothing but {@link EventFormatException}. Positions in messages count bytes from the
 * start of the text.
 */
final class JsonReader {

    /** Objects and arrays inside of each other. */
    static final int MAX_DEPTH = 512;

    /** Characters of one number. */
    static final int MAX_NUMBER = 1000;

    /** The largest exponent, of either sign, that a number may have. */
    static final int MAX_EXPONENT = 100_000;

    private static final int MANY_KEYS = 64;
    private static final int SHOWN = 40;
    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    byte[] bytes = new byte[0];
    int pos;
    int end;

    /** The content of the last string read, without its quotes. */
    int stringFrom;

    int stringTo;
    boolean stringEscaped;
    boolean stringAscii;

    /** Says whether the last number read has neither a fraction nor an exponent. */
    boolean numberIntegral;

    /** Says whether white space was met. */
    boolean spaced;

    private int origin;
    private @Nullable JsonKeys keys;

    /** Starts over with the text in {@code bytes[from..to)}. */
    JsonReader reset(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        origin = from;
        pos = from;
        end = to;
        spaced = false;
        return this;
    }

    /** Passes white space and returns the byte that follows it, or -1 at the end. */
    int peek() {
        while (pos < end) {
            byte c = bytes[pos];
            if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
                return c & 0xff;
            }
            spaced = true;
            pos++;
        }
        return -1;
    }

    /** Passes white space and then this byte, or fails. */
    void expect(int wanted, String what) {
        if (peek() != wanted) {
            throw expected(pos, what);
        }
        pos++;
    }

    /** Fails unless only white space is left. */
    void expectEnd() {
        if (peek() >= 0) {
            throw expected(pos, "the end of the line");
        }
    }

    /** Passes one value and returns its first byte, which tells its type. */
    int skip(int depth) {
        int first = peek();
        switch (first) {
            case '"' -> string();
            case '{' -> skipObject(depth + 1);
            case '[' -> skipArray(depth + 1);
            case 't' -> literal(TRUE);
            case 'f' -> literal(FALSE);
            case 'n' -> literal(NULL);
            default -> {
                if (first != '-' && (first < '0' || first > '9')) {
                    throw expected(pos, "a value");
                }
                number();
            }
        }
        return first;
    }

    private void skipObject(int depth) {
        open(depth);
        if (peek() == '}') {
            pos++;
            return;
        }
        if (keys == null) {
            keys = new JsonKeys();
        }
        int mark = keys.size();
        Set<String> many = null;
        do {
            key();
            if (many == null && keys.size() - mark == MANY_KEYS) {
                many = keys.texts(this, mark);
            }
            if (many == null ? !keys.add(this, mark) : !many.add(text())) {
                throw duplicate();
            }
            colon();
            skip(depth);
        } while (more('}'));
        keys.size(mark);
    }

    private void skipArray(int depth) {
        open(depth);
        if (peek() == ']') {
            pos++;
            return;
        }
        do {
            skip(depth);
        } while (more(']'));
    }

    /** Passes the bracket that opens a level. */
    void open(int depth) {
        if (depth > MAX_DEPTH) {
            throw error(
                    pos,
                    "The text is nested deeper than "
                            + MAX_DEPTH
                            + " levels at byte "
                            + (pos - origin)
                            + ".");
        }
        pos++;
    }

    /** Passes a comma and says true, or the closing bracket and says false. */
    boolean more(int close) {
        int c = peek();
        if (c == ',') {
            pos++;
            return true;
        }
        if (c != close) {
            throw expected(pos, "',' or '" + (char) close + "'");
        }
        pos++;
        return false;
    }

    /** Reads the key of a member. */
    void key() {
        if (peek() != '"') {
            throw expected(pos, "a key in double quotes");
        }
        string();
    }

    /** Passes the colon after the key that was read last. */
    void colon() {
        if (pos < end && bytes[pos] == ':') {
            pos++;
        } else if (peek() == ':') {
            pos++;
        } else {
            throw expected(pos, "':' after key '" + shorten(text()) + "'");
        }
    }

    /** Reads a string, whose opening quote must be next. */
    void string() {
        byte[] b = bytes;
        int limit = end;
        int at = pos + 1;
        stringFrom = at;
        stringEscaped = false;
        stringAscii = true;
        while ((at = ByteWords.passPlain(b, at, limit)) < limit) {
            byte c = b[at];
            if (c == '"') {
                stringTo = at;
                pos = at + 1;
                return;
            } else if (c == '\\') {
                stringEscaped = true;
                at = JsonText.passEscape(this, at);
            } else if (c < 0) {
                stringAscii = false;
                at = JsonText.passUtf8(this, at);
            } else {
                throw error(
                        at,
                        "A control character, "
                                + found(at)
                                + ", stands in a string at byte "
                                + (at - origin)
                                + ". Escape it.");
            }
        }
        throw error(limit, "The string that starts at byte " + (pos - origin) + " does not end.");
    }

    /** Passes exactly these bytes, or says that others follow. */
    boolean passes(byte[] wanted) {
        int to = pos + wanted.length;
        if (to > end || !Arrays.equals(bytes, pos, to, wanted, 0, wanted.length)) {
            return false;
        }
        pos = to;
        return true;
    }

    /** Passes what a string holds up to its closing quote, or says that it is not plain ASCII. */
    boolean passesPlain() {
        int to = ByteWords.passPlain(bytes, pos, end);
        pos = to;
        return to < end && bytes[to] == '"';
    }

    /** Returns the last string read. */
    String text() {
        if (stringEscaped) {
            return JsonText.unescape(bytes, stringFrom, stringTo);
        }
        return new String(
                bytes,
                stringFrom,
                stringTo - stringFrom,
                stringAscii ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }

    private void number() {
        int start = pos;
        int at = start;
        numberIntegral = true;
        if (bytes[at] == '-') {
            at++;
        }
        int digits = digits(at);
        if (digits > at + 1 && bytes[at] == '0') {
            throw expected(at + 1, "no digit after a leading 0");
        }
        at = digits;
        if (at < end && bytes[at] == '.') {
            numberIntegral = false;
            at = digits(at + 1);
        }
        if (at < end && (bytes[at] == 'e' || bytes[at] == 'E')) {
            numberIntegral = false;
            at++;
            if (at < end && (bytes[at] == '+' || bytes[at] == '-')) {
                at++;
            }
            int from = at;
            at = digits(at);
            checkExponent(from, at);
        }
        if (at - start > MAX_NUMBER) {
            throw error(
                    start,
                    "The number at byte "
                            + (start - origin)
                            + " has "
                            + (at - start)
                            + " characters. At most "
                            + MAX_NUMBER
                            + " are allowed.");
        }
        pos = at;
    }

    private int digits(int from) {
        int at = from;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        if (at == from) {
            throw expected(at, "a digit");
        }
        return at;
    }

    private void checkExponent(int from, int to) {
        int exponent = 0;
        for (int at = from; at < to; at++) {
            exponent = exponent * 10 + bytes[at] - '0';
            if (exponent > MAX_EXPONENT) {
                throw error(
                        from,
                        "The exponent at byte "
                                + (from - origin)
                                + " is too large. At most "
                                + MAX_EXPONENT
                                + " is allowed.");
            }
        }
    }

    private void literal(byte[] word) {
        for (int i = 0; i < word.length; i++) {
            if (pos + i >= end || bytes[pos + i] != word[i]) {
                throw expected(pos + i, "'" + new String(word, StandardCharsets.ISO_8859_1) + "'");
            }
        }
        pos += word.length;
    }

    /** Returns the failure that the key read last was there before. */
    EventFormatException duplicate() {
        int at = stringFrom - 1;
        return error(
                at, "Key '" + shorten(text()) + "' at byte " + (at - origin) + " is there twice.");
    }

    /** Returns the failure that something else was expected at this index. */
    EventFormatException expected(int at, String what) {
        return error(
                at,
                "Expected " + what + " at byte " + (at - origin) + ", found " + found(at) + ".");
    }

    /** Returns a failure at this index. */
    EventFormatException error(int at, String message) {
        return new EventFormatException(at - origin, message);
    }

    /** Returns the position of an index in the text. */
    int position(int at) {
        return at - origin;
    }

    private String found(int at) {
        if (at >= end) {
            return "the end of the line";
        }
        int c = bytes[at] & 0xff;
        return c > 0x20 && c < 0x7f
                ? "'" + (char) c + "'"
                : "byte 0x" + (c < 16 ? "0" : "") + Integer.toHexString(c);
    }

    /** Returns the text, cut to what fits into a message, without what a terminal would act on. */
    static String shorten(String text) {
        StringBuilder shown = new StringBuilder();
        int length = Math.min(text.length(), SHOWN);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            boolean control = Character.isISOControl(c) || Character.getType(c) == Character.FORMAT;
            shown.append(control || Character.isSurrogate(c) ? '?' : c);
        }
        return text.length() > SHOWN ? shown.append('…').toString() : shown.toString();
    }
}
