// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

import static dev.jitney.redactor.Chars.ALNUM;
import static dev.jitney.redactor.Chars.DASH;
import static dev.jitney.redactor.Chars.HEX;
import static dev.jitney.redactor.Chars.TOKEN;

import java.util.Set;

/** Addresses of people and machines, and what stands in front of a host in a URL. */
final class Addresses {

    private static final Set<String> FILES = Set.of("png", "jpg", "jpeg", "gif", "svg", "webp");

    private final Scan scan;
    private int hexAgain;
    private int credentialsAgain;

    Addresses(Scan scan) {
        this.scan = scan;
    }

    boolean email(int at) {
        int from = at;
        while (from > Math.max(scan.start, scan.done) && at - from < 64 && local(from - 1)) {
            from--;
        }
        while (from < at && ".-".indexOf(scan.at(from)) >= 0) {
            from++;
        }
        int to = domain(at + 1);
        // A user of a machine: ssh://jane@example.com
        if (from == at || to < 0 || scan.says(from - 3, "://")) {
            return false;
        }
        // A repository: git@example.com:team/project.git
        if (at - from == 3 && scan.says(from, "git") && scan.at(to) == ':') {
            return false;
        }
        return scan.hit(Kind.EMAIL, from, to);
    }

    private boolean local(int at) {
        char c = scan.at(at);
        return Chars.joins(c) || ".%+-'".indexOf(c) >= 0;
    }

    /** Returns where a domain with two labels or more and a name at its end stops, or -1. */
    private int domain(int from) {
        int label = from;
        int to = -1;
        while (true) {
            int stop = label;
            while (Chars.is(scan.at(stop), ALNUM | DASH) || scan.at(stop) > 127 && joined(stop)) {
                stop++;
            }
            boolean name = label > from && stop - label >= 2 && Character.isLetter(scan.at(label));
            if (name && scan.at(stop) != '_' && stop - from <= 253) {
                to =
                        FILES.contains(scan.text.substring(label, Math.min(stop, label + 5)))
                                ? -1
                                : stop;
            }
            if (stop == label || stop - label > 63 || scan.at(stop) != '.') {
                break;
            }
            label = stop + 1;
        }
        while (to > 0 && scan.at(to - 1) == '-') {
            to--;
        }
        return to;
    }

    private boolean joined(int at) {
        return Chars.joins(scan.at(at));
    }

    /** {@code scheme://user:password@host}: the user and the password, whatever is in them. */
    boolean credentials(int from) {
        boolean slashes = scan.at(from + 1) == '/' && scan.at(from + 2) == '/';
        if (!slashes || from < credentialsAgain) {
            return false;
        }
        int user = from + 3;
        if (scan.says(user, "[REDACTED]:[REDACTED]@")) {
            return false;
        }
        int at = user;
        int colon = -1;
        int last = -1;
        while (at < scan.end && !Chars.is(scan.at(at), Chars.URL_END)) {
            char c = scan.at(at);
            if (c == ':' && colon < 0) {
                colon = at;
            } else if (c == '@') {
                last = at;
            } else if ("/?#".indexOf(c) >= 0 && (last > 0 || colon < 0 || isPort(colon, at))) {
                break;
            }
            at++;
        }
        if (last < 0) {
            // Whatever begins before here meets the same end.
            credentialsAgain = at;
            return false;
        }
        if (colon > 0 && colon < last) {
            return last > colon + 1 && hit(user, last, "[REDACTED]:[REDACTED]");
        }
        // A token in place of a user; a name such as git stays.
        return last - user >= 20 && scan.run(user, TOKEN) == last && hit(user, last, "[REDACTED]");
    }

    private boolean hit(int from, int to, String by) {
        if (!scan.wants(Kind.URL_CREDENTIALS)) {
            return false;
        }
        scan.replace(from, to, by);
        return true;
    }

    private boolean isPort(int colon, int to) {
        int stop = scan.run(colon + 1, Chars.DIGIT);
        return stop == to || colon + 1 == to;
    }

    /** {@code ::1}: what begins with colons. */
    boolean colons(int from) {
        return scan.at(from + 1) == ':' && scan.free(from) && groups(from);
    }

    /** A short word of hex digits: perhaps the first group of an address. */
    boolean hex(int from, int to) {
        char next = scan.at(to);
        if (next == '-') {
            return to - from == 2 && scan.at(from - 1) != '-' && mac(from, '-');
        }
        return next == ':' && scan.free(from) && groups(from);
    }

    private boolean groups(int from) {
        if (from < hexAgain) {
            return false;
        }
        int to = from;
        while (Chars.is(scan.at(to), HEX | Chars.DOT) || scan.at(to) == ':') {
            to++;
        }
        hexAgain = to;
        boolean ends = !scan.goesOn(to);
        while (to > from && (scan.at(to - 1) == '.' || lonely(to - 1))) {
            to--;
        }
        if (ends && to - from == 17 && mac(from, ':')) {
            return true;
        }
        return ends && to - from <= 45 && isV6(from, to) && scan.hit(Kind.IPV6, from, to);
    }

    private boolean lonely(int at) {
        return scan.at(at) == ':' && scan.at(at - 1) != ':';
    }

    private boolean isV6(int from, int to) {
        String text = scan.text.substring(from, to);
        int gap = text.indexOf("::");
        if (gap != text.lastIndexOf("::") || text.indexOf(":::") >= 0) {
            return false;
        }
        int groups = 0;
        for (String group : text.split(":", -1)) {
            if (group.indexOf('.') >= 0) {
                groups += isV4(group) && text.endsWith(group) ? 2 : 100;
            } else {
                groups += group.isEmpty() ? 0 : group.length() <= 4 ? 1 : 100;
            }
        }
        // Without a digit it may well be a name: abc::def
        boolean digital = text.chars().anyMatch(c -> Chars.is((char) c, Chars.DIGIT));
        return gap < 0 ? groups == 8 : groups >= 1 && groups <= 7 && digital;
    }

    private static boolean isV4(String group) {
        String[] octets = group.split("\\.", -1);
        for (String octet : octets) {
            boolean number = !octet.isEmpty() && octet.length() <= 3;
            for (int i = 0; number && i < octet.length(); i++) {
                number = Chars.is(octet.charAt(i), Chars.DIGIT);
            }
            if (!number || Integer.parseInt(octet) > 255) {
                return false;
            }
        }
        return octets.length == 4;
    }

    private boolean mac(int from, char by) {
        for (int pair = 0; pair < 6; pair++) {
            int at = from + 3 * pair;
            boolean hex = Chars.is(scan.at(at), HEX) && Chars.is(scan.at(at + 1), HEX);
            if (!hex || pair < 5 && scan.at(at + 2) != by) {
                return false;
            }
        }
        char next = scan.at(from + 17);
        boolean goesOn = scan.goesOn(from + 17) || next == by && Chars.joins(scan.at(from + 18));
        return !goesOn && scan.hit(Kind.MAC, from, from + 17);
    }
}
