// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

/** Takes the escapes out of JSON strings, and puts them in. */
final class JsonStrings {

    private JsonStrings() {}

    static String unescape(String json, int from, int to) {
        StringBuilder out = new StringBuilder(to - from);
        for (int at = from; at < to; at++) {
            char c = json.charAt(at);
            if (c != '\\' || at + 1 >= to) {
                out.append(c);
                continue;
            }
            at++;
            char what = json.charAt(at);
            int simple = "bfnrt".indexOf(what);
            if (what == 'u' && isHex(json, at + 1, Math.min(at + 5, to))) {
                out.append((char) Integer.parseInt(json, at + 1, at + 5, 16));
                at += 4;
            } else {
                out.append(simple < 0 ? what : "\b\f\n\r\t".charAt(simple));
            }
        }
        return out.toString();
    }

    private static boolean isHex(String json, int from, int to) {
        for (int at = from; at < to; at++) {
            if (!Chars.is(json.charAt(at), Chars.HEX)) {
                return false;
            }
        }
        return to - from == 4;
    }

    static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if ("\b\f\n\r\t".indexOf(c) >= 0) {
                out.append('\\').append("bfnrt".charAt("\b\f\n\r\t".indexOf(c)));
            } else if (c < ' ' || Character.isSurrogate(c)) {
                // Half of a pair is written as it came: it cannot stand in UTF-8.
                out.append("\\u").append(Integer.toHexString(c | 0x10000), 1, 5);
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
