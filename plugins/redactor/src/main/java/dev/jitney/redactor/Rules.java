// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

import dev.jitney.redactor.SecretNames.Verdict;
import java.util.List;

/** What one redactor goes by: names, kinds, and the user's own rules. */
record Rules(SecretNames names, long kinds, List<OwnRule> own) {

    String mask(String text) {
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
