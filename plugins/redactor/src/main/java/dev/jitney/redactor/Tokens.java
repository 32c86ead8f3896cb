// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

import static dev.jitney.redactor.Chars.ALNUM;
import static dev.jitney.redactor.Chars.DASH;
import static dev.jitney.redactor.Chars.DIGIT;
import static dev.jitney.redactor.Chars.DOT;
import static dev.jitney.redactor.Chars.HEX;
import static dev.jitney.redactor.Chars.TOKEN;
import static dev.jitney.redactor.Chars.UNDERSCORE;
import static dev.jitney.redactor.Chars.UPPER;
import static dev.jitney.redactor.Chars.WORD;

import java.util.ArrayList;
import java.util.List;

/** Keys and tokens that are known by how they begin, and what is too random to be a word. */
final class Tokens {

    /** A beginning, what may follow, and how much of it at least and at most. */
    private record Prefix(String text, int classes, int least, int most, Kind kind) {}

    private static final int ANY = Integer.MAX_VALUE;
    private static final String[] GENERIC = {
        "sk",
        "pk",
        "api",
        "key",
        "token",
        "secret",
        "api_key",
        "api-key",
        "apikey",
        "secret_key",
        "access_key",
        "access_token"
    };
    private static final String GENERIC_STARTS = "spakt";
    private static final Prefix[][] PREFIXES = prefixes();

    private final Scan scan;
    private int jwtAgain;
    private int bulkAgain;
    private int pemEnd = -1;

    Tokens(Scan scan) {
        this.scan = scan;
    }

    private static Prefix[][] prefixes() {
        List<Prefix> all = new ArrayList<>();
        add(all, Kind.AWS_KEY, UPPER | DIGIT, 16, 16, "AKIA", "ABIA", "ACCA", "ASIA");
        add(all, Kind.AWS_ARN, TOKEN | DOT | Chars.BASE64, 0, ANY, "arn:aws");
        add(all, Kind.GCP_KEY, TOKEN, 35, ANY, "AIza");
        add(all, Kind.GCP_TOKEN, TOKEN | DOT, 20, ANY, "ya29.");
        add(all, Kind.GITHUB_TOKEN, ALNUM, 20, ANY, "ghp_", "gho_", "ghu_", "ghs_", "ghr_");
        add(all, Kind.GITHUB_TOKEN, WORD, 20, ANY, "github_pat_");
        add(all, Kind.GITLAB_TOKEN, TOKEN | DOT, 20, ANY, "glpat-", "gldt-", "glrt-");
        add(all, Kind.SLACK_TOKEN, TOKEN, 10, ANY, "xoxa-", "xoxb-", "xoxe-", "xoxp-", "xoxr-");
        add(all, Kind.SLACK_TOKEN, TOKEN, 10, ANY, "xoxs-", "xapp-");
        int path = ALNUM | Chars.BASE64;
        add(all, Kind.SLACK_WEBHOOK, path, 20, ANY, "hooks.slack.com/services/");
        add(all, Kind.STRIPE_KEY, ALNUM, 16, ANY, "sk_live_", "sk_test_", "pk_live_", "pk_test_");
        add(all, Kind.STRIPE_KEY, ALNUM, 16, ANY, "rk_live_", "rk_test_", "whsec_");
        add(all, Kind.AI_KEY, TOKEN, 16, ANY, "sk-ant-", "sk-proj-", "sk-svcacct-", "sk-or-v1-");
        add(all, Kind.AI_KEY, ALNUM, 40, ANY, "gsk_", "xai-", "pplx-");
        add(all, Kind.SENDGRID_KEY, TOKEN | DOT, 40, ANY, "SG.");
        add(all, Kind.TWILIO_KEY, HEX, 32, 32, "SK", "AC");
        add(all, Kind.NPM_TOKEN, ALNUM, 30, ANY, "npm_");
        add(all, Kind.PYPI_TOKEN, TOKEN, 30, ANY, "pypi-");
        add(all, Kind.HUGGINGFACE_TOKEN, ALNUM, 30, ANY, "hf_");
        add(all, Kind.DOCKER_TOKEN, TOKEN, 20, ANY, "dckr_pat_", "dckr_oat_");
        add(all, Kind.DIGITALOCEAN_TOKEN, HEX, 40, ANY, "dop_v1_", "doo_v1_", "dor_v1_");
        add(all, Kind.SHOPIFY_TOKEN, HEX, 32, ANY, "shpat_", "shpca_", "shppa_", "shpss_");
        add(all, Kind.VAULT_TOKEN, TOKEN, 20, ANY, "hvs.", "hvb.", "hvr.");
        add(all, Kind.AGE_KEY, UPPER | DIGIT, 40, ANY, "AGE-SECRET-KEY-1");
        Prefix[][] byStart = new Prefix[1024][];
        for (int slot = 0; slot < byStart.length; slot++) {
            int wanted = slot;
            byStart[slot] =
                    all.stream()
                            .filter(one -> slot(one.text.charAt(0), one.text.charAt(1)) == wanted)
                            .toArray(Prefix[]::new);
        }
        return byStart;
    }

    private static int slot(char first, char second) {
        return (first & 31) << 5 | second & 31;
    }

    private static void add(
            List<Prefix> to, Kind kind, int classes, int least, int most, String... texts) {
        for (String text : texts) {
            to.add(new Prefix(text, classes, least, most, kind));
        }
    }

    boolean word(char first, int from, int to) {
        for (Prefix prefix : PREFIXES[slot(first, scan.at(from + 1))]) {
            // Most differ there, which is quicker to see than a whole beginning.
            int look = Math.min(3, prefix.text.length() - 1);
            boolean alike = prefix.text.charAt(look) == scan.at(from + look);
            if (alike && scan.text.startsWith(prefix.text, from) && prefixed(prefix, from)) {
                return true;
            }
        }
        return first == 'e' && jwt(from)
                || GENERIC_STARTS.indexOf(first | ' ') >= 0 && generic(from)
                || iban(from, to)
                || (to - from >= 40 || Chars.is(scan.at(to), DASH | Chars.BASE64)) && bulk(from);
    }

    private boolean prefixed(Prefix prefix, int from) {
        int rest = from + prefix.text.length();
        if (prefix.kind == Kind.AWS_ARN) {
            return arn(from, rest);
        }
        int to = scan.run(rest, prefix.classes);
        boolean exact = prefix.most != ANY;
        if (to - rest < prefix.least || exact && (to - rest > prefix.most || isWord(to))) {
            return false;
        }
        if (prefix.kind == Kind.SENDGRID_KEY && scan.text.indexOf('.', rest) >= to) {
            return false;
        }
        return scan.hit(prefix.kind, from, to);
    }

    private boolean isWord(int at) {
        return scan.goesOn(at);
    }

    private boolean arn(int from, int rest) {
        int to = rest;
        int colons = 0;
        while (Chars.is(scan.at(to), TOKEN | DOT | Chars.BASE64)
                || ":*".indexOf(scan.at(to)) >= 0) {
            colons += scan.at(to) == ':' ? 1 : 0;
            to++;
        }
        while (to > rest && ":.".indexOf(scan.at(to - 1)) >= 0) {
            to--;
        }
        return colons >= 3 && scan.hit(Kind.AWS_ARN, from, to);
    }

    private boolean jwt(int from) {
        if (from < jwtAgain || !scan.text.startsWith("eyJ", from)) {
            return false;
        }
        int head = scan.run(from, TOKEN);
        int body = scan.at(head) == '.' ? scan.run(head + 1, TOKEN) : head;
        if (head - from < 10 || body - head < 5 || scan.at(body) != '.') {
            jwtAgain = head;
            return false;
        }
        int to = scan.run(body + 1, TOKEN);
        while (scan.at(to) == '.' && Chars.is(scan.at(to + 1), TOKEN)) {
            to = scan.run(to + 1, TOKEN);
        }
        return scan.hit(Kind.JWT, from, to);
    }

    /** What calls itself a key, and goes on with 20 letters and digits that are no words. */
    private boolean generic(int from) {
        for (String name : GENERIC) {
            if ((scan.at(from + 1) | ' ') == name.charAt(1) && scan.says(from, name)) {
                int rest = from + name.length();
                boolean parted = Chars.is(scan.at(rest), DASH | UNDERSCORE);
                rest += parted ? 1 : 0;
                int to = scan.run(rest, ALNUM);
                int digits = 0;
                for (int at = rest; at < to; at++) {
                    digits += Chars.is(scan.text.charAt(at), DIGIT) ? 1 : 0;
                }
                boolean random = parted ? digits >= 1 || to - rest >= 24 : digits >= 4;
                if (to - rest >= 20 && random && scan.hit(Kind.GENERIC_KEY, from, to)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** A bank account: the digits 3 and 4 check the others, modulo 97. */
    private boolean iban(int from, int to) {
        if (to - from < 4 || !country(from) || !wholeUpper(from, to)) {
            return false;
        }
        // The country and its check digits stand behind the rest when all is divided: six digits.
        long head = 0;
        for (int at = from; at < from + 4; at++) {
            head = append(head, scan.at(at));
        }
        long rest = 0;
        int length = 4;
        int valid = -1;
        for (int at = from + 4; length <= 34; at++) {
            char c = scan.at(at);
            if (c == ' ' && Chars.is(scan.at(at + 1), UPPER | DIGIT)) {
                continue;
            }
            if (!Chars.is(c, UPPER | DIGIT)) {
                break;
            }
            rest = append(rest, c);
            length++;
            if (length >= 15 && !isWord(at + 1) && (rest % 97 * 1_000_000 + head) % 97 == 1) {
                valid = at + 1;
            }
        }
        return valid > 0 && scan.hit(Kind.IBAN, from, valid);
    }

    private boolean country(int from) {
        return Chars.is(scan.at(from), UPPER)
                && Chars.is(scan.at(from + 1), UPPER)
                && Chars.is(scan.at(from + 2), DIGIT)
                && Chars.is(scan.at(from + 3), DIGIT);
    }

    private boolean wholeUpper(int from, int to) {
        return scan.run(from, UPPER | DIGIT) == to;
    }

    // A remainder costs more than all else here: it is taken only when there is no more room.
    private static long append(long rest, char c) {
        long all = rest < 1_000_000_000_000_000L ? rest : rest % 97;
        return c <= '9' ? all * 10 + c - '0' : all * 100 + c - 'A' + 10;
    }

    /** What is long, of many classes of characters and changes between them all the time. */
    boolean bulk(int from) {
        if (from < bulkAgain) {
            return false;
        }
        int to = from;
        int seen = 0;
        int changes = 0;
        int joints = 0;
        int last = 0;
        while (to < scan.end && Chars.is(scan.text.charAt(to), TOKEN | Chars.BASE64)) {
            int of = Chars.classOf(scan.text.charAt(to)) & ~HEX;
            changes += of != last && last != 0 ? 1 : 0;
            joints += (of & ALNUM) == 0 ? 1 : 0;
            seen |= of;
            last = of;
            to++;
        }
        bulkAgain = to;
        int length = to - from;
        boolean mixed = (seen & ALNUM) == ALNUM && changes * 5 >= (length - 1) * 2;
        if (length == 40 && (seen & (DASH | UNDERSCORE)) == 0) {
            boolean said = scan.after(from, "secret", "aws") && (seen & UPPER) != 0;
            boolean found = mixed && joints <= 4 || said && (seen & Chars.LOWER) != 0;
            return found && scan.hit(Kind.AWS_SECRET, from, to);
        }
        if (length < 64 || !mixed || joints * 8 > length) {
            return false;
        }
        while (scan.at(to) == '=') {
            to++;
        }
        return scan.hit(Kind.BASE64, from, to);
    }

    /** A block of a private key, up to its end, or as far as it goes where that is cut off. */
    boolean pem(int from) {
        if (!scan.says(from, "-----BEGIN ")) {
            return false;
        }
        int label = from + 11;
        while (label - from < 50 && (Chars.is(scan.at(label), UPPER) || scan.at(label) == ' ')) {
            label++;
        }
        String name = scan.text.substring(from + 11, label);
        if (!name.contains("PRIVATE KEY") || !scan.says(label, "-----")) {
            return false;
        }
        int body = label + 5;
        if (pemEnd < body) {
            int found = scan.text.indexOf("-----END ", body);
            pemEnd = found < 0 ? Integer.MAX_VALUE : found;
        }
        if (pemEnd < scan.end) {
            int to = Math.min(scan.end, pemEnd + 9);
            while (to < scan.end && (Chars.is(scan.at(to), UPPER) || scan.at(to) == ' ')) {
                to++;
            }
            return scan.hit(Kind.PRIVATE_KEY, from, scan.says(to, "-----") ? to + 5 : to);
        }
        return scan.hit(Kind.PRIVATE_KEY, from, lines(body));
    }

    private int lines(int body) {
        int to = body;
        while (true) {
            int line = to;
            while (line < scan.end && " \r\n\t\\".indexOf(scan.at(line)) >= 0) {
                line += scan.at(line) == '\\' ? 2 : 1;
            }
            int stop = scan.run(line, ALNUM | Chars.BASE64);
            if (stop - line < 16) {
                return to;
            }
            to = stop;
        }
    }
}
