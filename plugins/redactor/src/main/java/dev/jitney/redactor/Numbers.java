// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

import static dev.jitney.redactor.Chars.DIGIT;

/**
 * What is made of digits: cards, social security numbers, phones, bot tokens and IPv4 addresses. A
 * number that merely is as long as one of them is left alone: times, sizes and ids are made of
 * digits too.
 */
final class Numbers {

    private static final int MOST_GROUPS = 6;
    private static final int RING = 8;
    private static final String[] VERSION = {
        "version", "ver", "release", "build", "oid", "v", "java", "jdk", "jre"
    };

    private final Scan scan;
    // A run of groups is scanned once: what is looked at is a window that moves over it, in a ring.
    private final int[] starts = new int[RING];
    private final int[] ends = new int[RING];
    private final int[] sums = new int[RING];
    private int first;
    private int groups;

    /** Of all groups in the window. */
    private int digits;

    Numbers(Scan scan) {
        this.scan = scan;
    }

    /** A word that begins with a digit. */
    boolean digits(int from, int to) {
        int stop = scan.run(from, DIGIT);
        if (scan.at(stop) == ':' && stop - from >= 8 && telegram(from, stop)) {
            return true;
        }
        if (stop != to) {
            return false;
        }
        if (scan.at(stop) == '.' && stop - from <= 3 && address(from)) {
            return true;
        }
        if (inWord(from)) {
            return false;
        }
        collect(from);
        return groups == 1 ? plain(from, to) : card(from) || ssn(from) || phone(from);
    }

    /** Whether the number is a part of an id, a decimal or a path. */
    private boolean inWord(int from) {
        char before = scan.at(from - 1);
        boolean joined = before == '-' || before == '.' || before == '/' || before == ',';
        return joined && Chars.joins(scan.at(from - 2));
    }

    private boolean telegram(int from, int stop) {
        int to = scan.run(stop + 1, Chars.TOKEN);
        return stop - from <= 10
                && to - stop - 1 >= 33
                && scan.says(stop + 1, "AA")
                && scan.hit(Kind.TELEGRAM_TOKEN, from, to);
    }

    private void collect(int from) {
        while (groups > 0 && starts[first] < from) {
            digits -= length(0);
            first = first + 1 & RING - 1;
            groups--;
        }
        if (groups == 0 || starts[first] != from) {
            groups = 0;
            digits = 0;
            add(from);
        }
        while (groups < MOST_GROUPS && goesOn(end(groups - 1))) {
            add(end(groups - 1) + 1);
        }
    }

    private void add(int from) {
        int slot = first + groups++ & RING - 1;
        starts[slot] = from;
        ends[slot] = scan.run(from, DIGIT);
        int length = ends[slot] - from;
        digits += length;
        sums[slot] = length == 4 ? sum(from, ends[slot]) : 0;
    }

    private boolean goesOn(int end) {
        char next = scan.at(end);
        return (next == ' ' || next == '-' || next == '.') && Chars.is(scan.at(end + 1), DIGIT);
    }

    private int end(int group) {
        return ends[first + group & RING - 1];
    }

    private int length(int group) {
        return end(group) - starts[first + group & RING - 1];
    }

    /** Whether the first groups have these lengths and one separator, and nothing is tied on. */
    private boolean shape(int... wanted) {
        if (groups < wanted.length) {
            return false;
        }
        char separator = scan.at(end(0));
        for (int i = 0; i < wanted.length; i++) {
            boolean parted = i == wanted.length - 1 || scan.at(end(i)) == separator;
            if (length(i) != wanted[i] || !parted) {
                return false;
            }
        }
        int end = end(wanted.length - 1);
        char next = scan.at(end);
        boolean tied = (next == '-' || next == '.') && Chars.joins(scan.at(end + 1));
        return !tied && !scan.goesOn(end);
    }

    private boolean plain(int from, int to) {
        int length = to - from;
        char next = scan.at(to);
        if (length > 19 || length < 7 || next == '.' && Chars.is(scan.at(to + 1), DIGIT)) {
            return false;
        }
        if (length >= 13 && isCard(from, to)) {
            return scan.hit(Kind.CARD, from, to);
        }
        if (length == 9 && scan.after(from, "ssn", "social security")) {
            return scan.hit(Kind.SSN, from, to);
        }
        return length <= 15 && calls(from) && scan.hit(Kind.PHONE, from, to);
    }

    private boolean calls(int from) {
        return scan.after(from, "phone", "mobile", "tel:", "tel.", "fax", "whatsapp", "sms to");
    }

    private boolean card(int from) {
        int to = -1;
        if (length(0) != 4 || !mayBeCard(from)) {
            return false;
        }
        if (groups > 4 && length(4) == 3 && shape(4, 4, 4, 4, 3)) {
            to = end(4);
        } else if (groups > 3 && length(1) == 4) {
            return fourFours() && shape(4, 4, 4, 4) && scan.hit(Kind.CARD, from, end(3));
        } else if (shape(4, 6, 5) || shape(4, 6, 4)) {
            to = end(2);
        }
        return to > 0 && isCard(from, to) && scan.hit(Kind.CARD, from, to);
    }

    /** Luhn's check of four groups of four, by the sums that were taken when each was added. */
    private boolean fourFours() {
        int sum = 0;
        for (int i = 0; i < 4; i++) {
            sum += sums[first + i & RING - 1];
        }
        return sum % 10 == 0;
    }

    private boolean mayBeCard(int from) {
        return scan.at(from) >= '2' && scan.at(from) <= '6';
    }

    /** Luhn's check, and a first digit that cards have; times in milliseconds begin with 1. */
    private boolean isCard(int from, int to) {
        if (!mayBeCard(from)) {
            return false;
        }
        return sum(from, to) % 10 == 0;
    }

    private int sum(int from, int to) {
        int sum = 0;
        boolean twice = false;
        for (int at = to - 1; at >= from; at--) {
            int digit = scan.text.charAt(at) - '0';
            if (digit >= 0 && digit <= 9) {
                int value = twice ? 2 * digit : digit;
                sum += value > 9 ? value - 9 : value;
                twice = !twice;
            }
        }
        return sum;
    }

    private boolean ssn(int from) {
        return length(0) == 3
                && shape(3, 2, 4)
                && scan.at(from) != '9'
                && !scan.says(from, "000")
                && !scan.says(from, "666")
                && !scan.says(end(0) + 1, "00")
                && !scan.says(end(1) + 1, "0000")
                && scan.hit(Kind.SSN, from, end(2));
    }

    private boolean phone(int from) {
        boolean local = length(0) == 3 && shape(3, 3, 4);
        boolean national = length(0) == 1 && scan.at(from) == '1' && shape(1, 3, 3, 4);
        if (local || national) {
            // Numbers with blanks between them are often just numbers.
            int area = local ? from : from + 2;
            boolean round = scan.at(area + 2) == '0' && scan.at(area + 11) == '0';
            boolean real = scan.at(area) >= '2' && scan.at(area + 4) >= '2' && !round;
            if (scan.at(end(0)) != ' ' || real) {
                return scan.hit(Kind.PHONE, from, end(local ? 2 : 3));
            }
        }
        return digits >= 7
                && digits <= 15
                && calls(from)
                && scan.hit(Kind.PHONE, from, end(groups - 1));
    }

    /** A number with its country: {@code +44 20 7123 4567}. */
    boolean plus(int from) {
        char first = scan.at(from + 1);
        if (!scan.free(from) || first < '1' || first > '9') {
            return false;
        }
        int digits = 0;
        int parts = 0;
        int to = from + 1;
        for (int at = from + 1; at < from + 32; at++) {
            char c = scan.at(at);
            if (Chars.is(c, DIGIT)) {
                digits++;
                parts += Chars.is(scan.at(at - 1), DIGIT) ? 0 : 1;
                to = at + 1;
            } else if (" .-/()".indexOf(c) < 0 || at > to + 1) {
                break;
            }
        }
        return digits >= (parts == 1 ? 10 : 9)
                && digits <= 15
                && parts <= 6
                && scan.hit(Kind.PHONE, from, whole(from, to));
    }

    /** Without the last digits, if they begin a word. */
    private int whole(int from, int to) {
        int at = to;
        while (scan.goesOn(to) && at > from && Chars.is(scan.at(at - 1), DIGIT)) {
            at--;
        }
        return at;
    }

    /** A number with its area: {@code (123) 456-7890}. */
    boolean paren(int from) {
        if (scan.run(from + 1, DIGIT) != from + 4 || scan.at(from + 4) != ')') {
            return false;
        }
        int at = from + 5;
        at += " -.".indexOf(scan.at(at)) >= 0 ? 1 : 0;
        if (!Chars.is(scan.at(at), DIGIT)) {
            return false;
        }
        collect(at);
        return shape(3, 4) && scan.hit(Kind.PHONE, from, end(1));
    }

    private boolean address(int from) {
        char before = scan.at(from - 1);
        if (before == '.' || before == '-' && Character.isLetter(scan.at(from - 2))) {
            return false;
        }
        // A product and its version: Chrome/120.0.0.0
        if (before == '/' && Character.isLetter(scan.at(from - 2))) {
            return false;
        }
        int to = from;
        for (int octet = 0; octet < 4; octet++) {
            int stop = scan.run(to, DIGIT);
            int length = stop - to;
            boolean padded = length > 1 && scan.at(to) == '0';
            if (length < 1 || length > 3 || padded || value(to, stop) > 255) {
                return false;
            }
            if (octet < 3 && scan.at(stop) != '.') {
                return false;
            }
            to = octet < 3 ? stop + 1 : stop;
        }
        char next = scan.at(to);
        boolean goesOn = (next == '.' || next == '-' || next == '+') && tied(next, to + 1);
        return !goesOn && !scan.goesOn(to) && !isVersion(from) && scan.hit(Kind.IPV4, from, to);
    }

    private boolean tied(char by, int at) {
        return by == '.'
                ? Chars.is(scan.at(at), DIGIT)
                : Character.isLetter(scan.at(at)) || scan.says(at, "[REDACTED");
    }

    private int value(int from, int to) {
        int value = 0;
        for (int at = from; at < to; at++) {
            value = value * 10 + scan.at(at) - '0';
        }
        return value;
    }

    private boolean isVersion(int from) {
        int to = from;
        while (from - to < 4 && " :=\"'".indexOf(scan.at(to - 1)) >= 0) {
            to--;
        }
        for (String word : VERSION) {
            if (scan.says(to - word.length(), word)) {
                return !Chars.is(scan.at(to - word.length() - 1), Chars.LETTER)
                        || word.equals("version");
            }
        }
        return false;
    }
}
