// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

import dev.jitney.redactor.SecretNames.Verdict;

/** Masks the values of one JSON text in one walk over it; what is not masked keeps every byte. */
final class JsonMasker {

    private final String json;
    private final Rules rules;
    private final Scan scan;

    JsonMasker(String json, Rules rules) {
        this.json = json;
        this.rules = rules;
        this.scan = new Scan(json, rules);
    }

    String result() {
        int at = 0;
        while (at < json.length()) {
            at = json.charAt(at) == '"' ? string(at) : at + 1;
        }
        return scan.result();
    }

    /** Looks at the string that begins here, and returns from where to go on. */
    private int string(int quote) {
        int to = close(quote);
        int next = skipBlanks(to + 1);
        if (next >= json.length() || json.charAt(next) != ':') {
            text(quote + 1, to);
            return to + 1;
        }
        Verdict verdict =
                isEscaped(quote + 1, to)
                        ? rules.names().of(JsonStrings.unescape(json, quote + 1, to))
                        : rules.names().of(json, quote + 1, to);
        int value = skipBlanks(next + 1);
        if (verdict == Verdict.PLAIN) {
            return value;
        }
        int end = valueEnd(value);
        String token = Rules.tokenOf(verdict);
        scan.replace(value, end, "\"" + token + "\"");
        return end;
    }

    private void text(int from, int to) {
        boolean escaped = isEscaped(from, to);
        if (!escaped && rules.own().isEmpty()) {
            scan.part(from, to);
            return;
        }
        String plain = escaped ? JsonStrings.unescape(json, from, to) : json.substring(from, to);
        String masked = rules.mask(plain);
        if (!masked.equals(plain)) {
            scan.replace(from, to, JsonStrings.escape(masked));
        }
    }

    private boolean isEscaped(int from, int to) {
        for (int i = from; i < to; i++) {
            if (json.charAt(i) == '\\') {
                return true;
            }
        }
        return false;
    }

    private int skipBlanks(int from) {
        int at = from;
        while (at < json.length() && json.charAt(at) <= ' ') {
            at++;
        }
        return at;
    }

    /** Returns where the string that begins with this quote is closed. */
    private int close(int quote) {
        int at = quote + 1;
        while (at < json.length() && json.charAt(at) != '"') {
            at += json.charAt(at) == '\\' ? 2 : 1;
        }
        return Math.min(at, json.length());
    }

    private int valueEnd(int from) {
        int depth = 0;
        int at = from;
        while (at < json.length()) {
            char c = json.charAt(at);
            if (c == '"') {
                at = close(at);
            } else if (c == '{' || c == '[') {
                depth++;
            } else if (c == '}' || c == ']') {
                depth--;
            } else if (depth == 0 && (c == ',' || c <= ' ')) {
                return at;
            }
            if (depth < 0) {
                return at;
            }
            at++;
            if (depth == 0 && (c == '"' || c == '}' || c == ']')) {
                return Math.min(at, json.length());
            }
        }
        return json.length();
    }
}
