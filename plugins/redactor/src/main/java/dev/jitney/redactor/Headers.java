// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

import static dev.jitney.redactor.Chars.DASH;
import static dev.jitney.redactor.Chars.DOT;
import static dev.jitney.redactor.Chars.TOKEN;

import dev.jitney.redactor.SecretNames.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;

/** What a text itself says is a secret: {@code password=…}, {@code Bearer …}, cookies. */
final class Headers {

    private static final String TOKENS = "~+/=";
    private static final String[] SCHEMES = {"digest ", "token ", "negotiate ", "apikey ", "hawk "};
    private static final Set<String> NO_VALUES =
            Set.of(
                    "null",
                    "none",
                    "true",
                    "false",
                    "required",
                    "missing",
                    "empty",
                    "invalid",
                    "expired",
                    "optional",
                    "unknown",
                    "denied",
                    "changed",
                    "incorrect",
                    "wrong",
                    "ok",
                    "string",
                    "undefined",
                    "nil",
                    "yes",
                    "no",
                    "set",
                    "unset",
                    "redacted");

    private final Scan scan;
    private int cookieAgain;

    Headers(Scan scan) {
        this.scan = scan;
    }

    /** {@code Bearer} and {@code Basic}, with what follows them. */
    boolean word(int from, int to) {
        if ((scan.at(from) | ' ') != 'b' || to - from != 5 && to - from != 6) {
            return false;
        }
        boolean bearer = scan.says(from, "bearer");
        if (!bearer && !scan.says(from, "basic") || scan.at(to) != ' ') {
            return false;
        }
        int value = to;
        while (scan.at(value) == ' ' && value - to < 4) {
            value++;
        }
        int stop = value;
        while (Chars.is(scan.at(stop), TOKEN | DOT) || TOKENS.indexOf(scan.at(stop)) >= 0) {
            stop++;
        }
        while (stop > value && scan.at(stop - 1) == '.') {
            stop--;
        }
        if (stop == value) {
            return false;
        }
        boolean said = scan.after(from, "authorization");
        if (bearer) {
            boolean token = said || stop - value >= 24 || looksRandom(value, stop);
            return token && scan.hit(Kind.BEARER, from, stop);
        }
        boolean pair = said || stop - value <= 1024 && isPair(value, stop);
        return pair && scan.hit(Kind.BASIC, from, stop);
    }

    private boolean looksRandom(int from, int to) {
        for (int at = from; at < to; at++) {
            if (Chars.is(scan.at(at), Chars.DIGIT) || "+/=_".indexOf(scan.at(at)) >= 0) {
                return to - from >= 6;
            }
        }
        return false;
    }

    private boolean isPair(int from, int to) {
        int digits = scan.run(from, Chars.ALNUM | Chars.BASE64) - from;
        // Asked before, as an exception for each word would cost more than all else.
        if (digits % 4 == 1 || to - from - digits > 0 && (to - from) % 4 != 0) {
            return false;
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(scan.text.substring(from, to));
            String pair = new String(bytes, StandardCharsets.ISO_8859_1);
            return pair.indexOf(':') > 0 && pair.chars().noneMatch(c -> c < ' ' || c == 0x7f);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** What follows the {@code =} or {@code :} that stands here, if a secret's name is before. */
    boolean value(int at) {
        int nameEnd = at;
        while (at - nameEnd < 2 && scan.at(nameEnd - 1) == ' ') {
            nameEnd--;
        }
        boolean quoted = isQuote(scan.at(nameEnd - 1));
        nameEnd -= quoted ? 1 : 0;
        nameEnd -= quoted && scan.at(nameEnd - 1) == '\\' ? 1 : 0;
        int name = nameEnd;
        int first = Math.max(Math.max(scan.start, scan.done), nameEnd - 64);
        while (name > first && Chars.is(scan.at(name - 1), TOKEN | DOT)) {
            name--;
        }
        if (nameEnd - name < 3) {
            return false;
        }
        while (Chars.is(scan.at(name), DASH | DOT)) {
            name++;
        }
        Verdict verdict = scan.names.of(scan.text, name, nameEnd);
        switch (verdict) {
            case SECRET:
                return assigned(at, quoted);
            case AUTHORIZATION:
                return authorization(at);
            case COOKIE:
                return cookie(at);
            default:
                return false;
        }
    }

    /** {@code --password hunter2}, in a command line. */
    boolean flag(int dashes) {
        boolean named = scan.at(dashes + 1) == '-' && Chars.is(scan.at(dashes + 2), Chars.LETTER);
        if (!named || Chars.joins(scan.at(dashes - 1))) {
            return false;
        }
        int name = dashes + 2;
        int nameEnd = name;
        while (nameEnd - name <= 64 && Chars.is(scan.at(nameEnd), TOKEN)) {
            nameEnd++;
        }
        char first = scan.at(nameEnd + 1);
        if (scan.at(nameEnd) != ' ' || first == '-' || first == ' ') {
            return false;
        }
        boolean secret = scan.names.of(scan.text, name, nameEnd) == Verdict.SECRET;
        return secret && assigned(nameEnd, false);
    }

    private boolean assigned(int at, boolean quotedName) {
        int value = at + 1;
        while (scan.at(value) == ' ' && value - at < 4) {
            value++;
        }
        boolean spaced = value > at + 1;
        boolean escaped = scan.at(value) == '\\' && isQuote(scan.at(value + 1));
        value += escaped ? 1 : 0;
        boolean quoted = isQuote(scan.at(value));
        int from = quoted ? value + 1 : value;
        int to = quoted ? quoteEnd(from, scan.at(value), escaped) : bareEnd(from);
        if (to <= from || isNoValue(from, to)) {
            return false;
        }
        boolean said = quoted || quotedName || scan.at(at) == '=' && !spaced;
        return (said || !isProse(from, to)) && scan.hit(Kind.ASSIGNMENT, from, to);
    }

    private static boolean isQuote(char c) {
        return c == '"' || c == '\'';
    }

    private int quoteEnd(int from, char quote, boolean escaped) {
        int to = from;
        while (to < scan.end && scan.at(to) != '\n') {
            if (scan.at(to) == quote) {
                return escaped && scan.at(to - 1) == '\\' ? to - 1 : to;
            }
            to += scan.at(to) == '\\' && !escaped ? 2 : 1;
        }
        return Math.min(to, scan.end);
    }

    private int bareEnd(int from) {
        int to = from;
        while (to < scan.end && !Chars.is(scan.at(to), Chars.BARE_END)) {
            to++;
        }
        while (to > from && scan.at(to - 1) == '.') {
            to--;
        }
        return scan.at(to - 1) == '\\' ? to - 1 : to;
    }

    /** Whether a value is a placeholder, a code expression, or there is none. */
    private boolean isNoValue(int from, int to) {
        char first = scan.at(from);
        if (scan.says(from, "[REDACTED") || first == '=' || first == '>' || first == '~') {
            return true;
        }
        boolean placeholder = first == '{' || first == '(' || first == '[';
        boolean stars = true;
        for (int i = from; i < to && stars; i++) {
            stars = scan.at(i) == '*' || scan.at(i) == '•';
        }
        return stars
                || placeholder
                || scan.says(from, "${")
                || scan.says(from, "$(")
                || scan.at(to - 1) == '('
                || to - from <= 9 && NO_VALUES.contains(lower(from, to));
    }

    private String lower(int from, int to) {
        return scan.text.substring(from, to).toLowerCase(Locale.ROOT);
    }

    /** Whether a value is the first word of a sentence, or code: {@code token = next()}. */
    private boolean isProse(int from, int to) {
        for (int at = from; at < to; at++) {
            char c = scan.at(at);
            if (c == '(') {
                return true;
            }
            if (!Character.isLetter(c)) {
                return false;
            }
        }
        char next = scan.at(to + 1);
        return scan.at(to) == ' ' && (Character.isLetter(next) || isQuote(next) || next == '[');
    }

    private boolean authorization(int at) {
        int value = at + 1;
        while (scan.at(value) == ' ' || isQuote(scan.at(value)) || scan.at(value) == '\\') {
            value++;
        }
        boolean named = scan.says(value, "bearer ") || scan.says(value, "basic ");
        int to = line(value);
        // One word may say whether there was any; what signs in is longer, or has a scheme.
        boolean prose =
                !hasScheme(value)
                        && (isProse(value, Math.min(to, bareEnd(value))) || to - value < 6);
        return !named && !prose && !isNoValue(value, to) && scan.hit(Kind.ASSIGNMENT, value, to);
    }

    private boolean hasScheme(int from) {
        for (String scheme : SCHEMES) {
            if (scan.says(from, scheme)) {
                return true;
            }
        }
        return false;
    }

    private boolean cookie(int at) {
        int value = at + 1;
        while (scan.at(value) == ' ' || isQuote(scan.at(value))) {
            value++;
        }
        int pair = Math.max(value, cookieAgain);
        while (pair < scan.end && " \n\r\"=".indexOf(scan.at(pair)) < 0) {
            pair++;
        }
        if (scan.at(pair) == '=' && !scan.says(value, "[REDACTED")) {
            return scan.hit(Kind.COOKIE, value, line(value));
        }
        cookieAgain = pair;
        return false;
    }

    private int line(int from) {
        int to = from;
        while (to < scan.end && "\r\n\"".indexOf(scan.at(to)) < 0) {
            to++;
        }
        return scan.at(to - 1) == '\\' ? to - 1 : to;
    }
}
