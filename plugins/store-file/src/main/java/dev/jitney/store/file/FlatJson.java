// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One JSON object of texts and whole numbers, which is all that the store's own small files need.
 * Numbers are read as their digits. Anything else is refused.
 */
final class FlatJson {

    private final String text;
    private int at;

    private FlatJson(String text) {
        this.text = text;
    }

    /**
     * Reads an object.
     *
     * @throws IllegalArgumentException if the text is not one, with the position
     */
    static Map<String, String> parse(String text) {
        return new FlatJson(text).object();
    }

    /** Writes an object; values that are {@link Number}s without quotes. */
    static String write(Map<String, ?> values) {
        StringBuilder out = new StringBuilder("{");
        for (Map.Entry<String, ?> entry : values.entrySet()) {
            out.append(out.length() > 1 ? "," : "");
            quote(entry.getKey(), out);
            out.append(':');
            if (entry.getValue() instanceof Number number) {
                out.append(number);
            } else {
                quote(String.valueOf(entry.getValue()), out);
            }
        }
        return out.append("}\n").toString();
    }

    private static void quote(String value, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    private Map<String, String> object() {
        Map<String, String> result = new LinkedHashMap<>();
        expect('{');
        blanks();
        if (peek() != '}') {
            do {
                blanks();
                String key = string();
                expect(':');
                blanks();
                result.put(key, peek() == '"' ? string() : number());
                blanks();
            } while (skip(','));
        }
        expect('}');
        blanks();
        if (at != text.length()) {
            throw problem("nothing more");
        }
        return result;
    }

    private String string() {
        expect('"');
        StringBuilder out = new StringBuilder();
        while (peek() != '"') {
            char c = next();
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escaped = next();
            switch (escaped) {
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case 'r' -> out.append('\r');
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'u' -> {
                    if (at + 4 > text.length()) {
                        throw problem("four hex digits");
                    }
                    out.append((char) Integer.parseInt(text, at, at + 4, 16));
                    at += 4;
                }
                default -> out.append(escaped);
            }
        }
        at++;
        return out.toString();
    }

    private String number() {
        int start = at;
        while (at < text.length()
                && (Character.digit(text.charAt(at), 10) >= 0 || text.charAt(at) == '-')) {
            at++;
        }
        if (at == start) {
            throw problem("a text or a whole number");
        }
        return text.substring(start, at);
    }

    private void blanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private boolean skip(char c) {
        if (peek() != c) {
            return false;
        }
        at++;
        return true;
    }

    private void expect(char c) {
        blanks();
        if (peek() != c) {
            throw problem("'" + c + "'");
        }
        at++;
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private char next() {
        if (at >= text.length()) {
            throw problem("more text");
        }
        return text.charAt(at++);
    }

    private IllegalArgumentException problem(String expected) {
        return new IllegalArgumentException("expected " + expected + " at position " + at);
    }
}
