// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import dev.jitney.spi.Masker;

/** A masker that knows one secret, wherever it stands, and puts another word in its place. */
public class WordMasker implements Masker {

    private final String secret;
    private final String instead;

    /** Makes one that hides a secret behind another word. */
    public WordMasker(String secret, String instead) {
        this.secret = secret;
        this.instead = instead;
    }

    @Override
    public String mask(String text) {
        return text.replace(secret, instead);
    }

    @Override
    public String maskValue(String name, String value) {
        return mask(value);
    }

    @Override
    public String maskJson(String json) {
        return mask(json);
    }
}
