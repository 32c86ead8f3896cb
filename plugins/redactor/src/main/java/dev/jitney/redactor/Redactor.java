// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

import dev.jitney.redactor.SecretNames.Verdict;
import dev.jitney.spi.Masker;

/**
 * Masks by the name that a value stands under and by the form of secrets in any text (RED-1).
 *
 * <p><b>Threads.</b> Immutable but for what it remembers of names; safe for concurrent use.
 *
 * <p><b>Failures.</b> None. JSON that is not valid gives a text that is not valid, with secrets
 * masked as far as its strings can be told.
 *
 * <p><b>Limits.</b> One walk over the text, whatever stands in it: some 10 ns a character.
 */
final class Redactor implements Masker {

    private final Rules rules;

    Redactor(Rules rules) {
        this.rules = rules;
    }

    @Override
    public String mask(String text) {
        return rules.mask(text);
    }

    @Override
    public String maskValue(String name, String value) {
        Verdict verdict = rules.names().of(name);
        return verdict == Verdict.PLAIN ? mask(value) : Rules.tokenOf(verdict);
    }

    @Override
    public String maskJson(String json) {
        return Rules.settle(json, text -> new JsonMasker(text, rules).result());
    }
}
