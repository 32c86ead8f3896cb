// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A user's own rule. Its pattern is a sequence of characters and classes, each with how often it
 * comes; there are no groups and no alternatives, and what one piece has taken it does not give
 * back. So a match is found or not in as many steps as it has characters, 256 at the most.
 */
record OwnRule(Pattern pattern, String token) {

    private static final int MOST = 256;
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");
    private static final Pattern PIECE =
            Pattern.compile(
                    "(\\\\[dw.+*?|()\\[\\]{}^$\\\\-]|\\[[A-Za-z0-9_ .:/@#+-]{1,100}\\]"
                            + "|[^\\\\\\[\\](){}|+*?^$])(\\{(\\d{1,3})(?:,(\\d{1,3}))?\\}|[+*?])?");

    /**
     * Reads a rule.
     *
     * @throws IllegalArgumentException with a clause that says what is wrong
     */
    static OwnRule of(String name, String text) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "'rules' names a rule '" + name + "', expected a name of a-z, 0-9 and '-'");
        }
        StringBuilder regex = new StringBuilder();
        Matcher piece = PIECE.matcher(text);
        int at = 0;
        int longest = 0;
        while (at < text.length() && piece.region(at, text.length()).lookingAt()) {
            int most = most(piece);
            int least = least(piece);
            if (least > most) {
                throw backward(name, piece.group(2), "{2,5}", null);
            }
            longest += most;
            checkRange(name, piece.group(1));
            regex.append(piece.group(1));
            regex.append('{').append(least).append(',').append(most).append("}+");
            at = piece.end();
        }
        if (at < text.length() || text.isEmpty()) {
            throw new IllegalArgumentException(
                    "'rules' has a pattern for '%s' that is not understood from position %s on, expected characters and classes such as [A-Z0-9] or \\d, each perhaps with {n}, {n,m}, +, * or ?"
                            .formatted(name, at));
        }
        if (longest > MOST) {
            throw new IllegalArgumentException(
                    "'rules' has a pattern for '%s' that matches up to %s characters, expected %s at the most"
                            .formatted(name, longest, MOST));
        }
        String token = "[REDACTED_" + name.toUpperCase(Locale.ROOT).replace('-', '_') + "]";
        Pattern pattern = Pattern.compile("(?<![\\p{L}\\p{N}_])" + regex + "(?![\\p{L}\\p{N}_])");
        if (pattern.matcher(token).find() || pattern.matcher("").find()) {
            throw new IllegalArgumentException(
                    "'rules' has a pattern for '%s' that matches nothing, or its own '%s': expected one that begins with what is special about it"
                            .formatted(name, token));
        }
        return new OwnRule(pattern, token);
    }

    /** What a class may hold leaves one thing that can be wrong with it. */
    private static void checkRange(String name, String piece) {
        try {
            Pattern.compile(piece);
        } catch (PatternSyntaxException e) {
            throw backward(name, piece, "[a-z]", e);
        }
    }

    private static IllegalArgumentException backward(
            String name, String piece, String example, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "'rules' has a pattern for '%s' with %s, whose range runs backward, expected one such as %s"
                        .formatted(name, piece, example),
                cause);
    }

    private static int least(Matcher piece) {
        String times = piece.group(2);
        if (times == null) {
            return 1;
        }
        return piece.group(3) == null ? times.equals("+") ? 1 : 0 : number(piece.group(3));
    }

    private static int most(Matcher piece) {
        String times = piece.group(2);
        if (times == null || times.equals("?")) {
            return 1;
        }
        if (piece.group(3) == null) {
            return 64;
        }
        return number(piece.group(4) == null ? piece.group(3) : piece.group(4));
    }

    private static int number(String digits) {
        return Integer.parseInt(digits);
    }

    String mask(String text) {
        return pattern.matcher(text).replaceAll(Matcher.quoteReplacement(token));
    }
}
