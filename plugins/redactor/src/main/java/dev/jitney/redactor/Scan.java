// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

/**
 * One walk over one text, from left to right, word by word. A rule looks at what begins where the
 * walk stands; what it finds is replaced and passed over, so nothing is looked at twice.
 *
 * <p><b>Linear time.</b> A rule that fails has looked at a bounded number of characters, or notes
 * in a {@code …Again} field up to where it would fail again.
 */
final class Scan {

    final String text;
    final SecretNames names;
    private final long kinds;
    private final Numbers numbers = new Numbers(this);
    private final Addresses addresses = new Addresses(this);
    private final Tokens tokens = new Tokens(this);
    private final Headers headers = new Headers(this);

    /** The part of the text that is walked over. */
    int start;

    int end;

    /** Up to where the text was copied to the output: what stands before is done with. */
    int done;

    private @org.jspecify.annotations.Nullable StringBuilder out;

    Scan(String text, Rules rules) {
        this.text = text;
        this.names = rules.names();
        this.kinds = rules.kinds();
    }

    /** Returns the text with what was found replaced: itself if nothing was. */
    String result() {
        StringBuilder changed = out;
        return changed == null ? text : changed.append(text, done, text.length()).toString();
    }

    /** Returns a character of the part, or NUL outside of it. */
    char at(int index) {
        return index >= start && index < end ? text.charAt(index) : '\0';
    }

    /** Returns where a run of characters of these classes ends. */
    int run(int from, int classes) {
        int at = from;
        while (at < end && Chars.is(text.charAt(at), classes)) {
            at++;
        }
        return at;
    }

    /** Says whether no word, and nothing that was masked, reaches up to here. */
    boolean free(int from) {
        char before = at(from - 1);
        return !Chars.joins(before)
                && (from > done || done == 0)
                && !(before == ']' && endsToken(from));
    }

    private boolean endsToken(int to) {
        int open = text.lastIndexOf('[', to);
        return open >= to - 32 && says(open, "[REDACTED");
    }

    /** Says whether a word, or what was masked earlier, begins here. */
    boolean goesOn(int to) {
        char next = at(to);
        return Chars.joins(next) || next == '[' && says(to, "[REDACTED");
    }

    boolean wants(Kind kind) {
        return (kinds & kind.bit()) != 0;
    }

    /** Says whether the text goes on like this, in whatever case. */
    boolean says(int from, String word) {
        return from >= start
                && from + word.length() <= end
                && text.regionMatches(true, from, word, 0, word.length());
    }

    /** Says whether one of these words stands in the 24 characters before. */
    boolean after(int from, String... words) {
        int first = Math.max(Math.max(start, done), from - 24);
        // What a token of an earlier masking says is not context.
        for (int at = from - 1; at >= first; at--) {
            first = text.charAt(at) == ']' ? at + 1 : first;
        }
        for (String word : words) {
            for (int at = from - word.length(); at >= first; at--) {
                if ((text.charAt(at) | ' ') == word.charAt(0) && says(at, word)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Replaces a part by the token of the kind, if that is wanted. */
    boolean hit(Kind kind, int from, int to) {
        if (!wants(kind) || from < done) {
            return false;
        }
        replace(from, to, kind.token());
        return true;
    }

    void replace(int from, int to, String by) {
        if (out == null) {
            out = new StringBuilder(text.length() + 32);
        }
        out.append(text, done, from).append(by);
        done = to;
    }

    /** Walks over a part of the text. */
    void part(int from, int to) {
        start = from;
        end = to;
        int at = from;
        while (at < to) {
            char c = text.charAt(at);
            if (Chars.is(c, Chars.WORD)) {
                int next = run(at + 1, Chars.WORD);
                at = word(c, at, next) ? Math.max(done, at + 1) : next;
            } else if (c == '[' && says(at, "[REDACTED")) {
                at = run(at + 1, Chars.WORD);
            } else if (Chars.isSign(c) && symbol(c, at)) {
                at = Math.max(done, at + 1);
            } else {
                at++;
            }
        }
    }

    private boolean word(char first, int from, int to) {
        boolean begins = free(from);
        if (begins && Chars.is(first, Chars.DIGIT) && numbers.digits(from, to)) {
            return true;
        }
        if (Chars.is(first, Chars.HEX) && to - from <= 4 && addresses.hex(from, to)) {
            return true;
        }
        return to - from >= 2 && begins && (tokens.word(first, from, to) || headers.word(from, to));
    }

    private boolean symbol(char c, int from) {
        switch (c) {
            case '@':
                return addresses.email(from);
            case ':':
                return addresses.credentials(from) || addresses.colons(from) || headers.value(from);
            case '=':
                return headers.value(from);
            case '+':
                return numbers.plus(from) || tokens.bulk(from);
            case '(':
                return numbers.paren(from);
            case '-':
                return tokens.pem(from) || headers.flag(from);
            case '/':
                return tokens.bulk(from);
            default:
                return false;
        }
    }
}
