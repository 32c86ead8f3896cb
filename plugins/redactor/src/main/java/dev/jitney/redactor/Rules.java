// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

import dev.jitney.redactor.SecretNames.Verdict;
import java.util.List;
import java.util.function.UnaryOperator;

/** What one redactor goes by: names, kinds, and the user's own rules. */
record Rules(SecretNames names, long kinds, List<OwnRule> own) {

    // What was masked may uncover what stands beside it: so it takes two walks, and hardly ever
    // more.
    private static final int MOST_WALKS = 8;

    /** Masks until there is nothing more to mask, so that doing so again changes nothing. */
    static String settle(String text, UnaryOperator<String> walk) {
        String masked = text;
        for (int i = 0; i < MOST_WALKS; i++) {
            String next = walk.apply(masked);
            if (next.equals(masked)) {
                return masked;
            }
            masked = next;
        }
        return masked;
    }

    String mask(String text) {
        return settle(text, this::walk);
    }

    private String walk(String text) {
        String masked = text;
        for (OwnRule rule : own) {
            masked = rule.mask(masked);
        }
        if (kinds == 0) {
            return masked;
        }
        Scan scan = new Scan(masked, this);
        scan.part(0, masked.length());
        return scan.result();
    }

    static String tokenOf(Verdict verdict) {
        return verdict == Verdict.EMAIL ? Kind.EMAIL.token() : Kind.ASSIGNMENT.token();
    }
}
