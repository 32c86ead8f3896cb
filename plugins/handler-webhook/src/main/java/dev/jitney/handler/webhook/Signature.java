// SPDX-License-Identifier: Apache-2.0
package dev.jitney.handler.webhook;

import dev.jitney.spi.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests as the Standard Webhooks specification has it: HMAC-SHA256 over id, time and body,
 * so that neither can be changed and an old request cannot be sent again unnoticed.
 */
final class Signature {

    private static final String ALGORITHM = "HmacSHA256";
    private static final String BASE64 = "whsec_";
    private static final int LEAST_BYTES = 16;

    private final SecretKeySpec key;

    private Signature(byte[] key) {
        if (key.length < LEAST_BYTES) {
            throw new IllegalArgumentException("the key is too short");
        }
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    /**
     * Reads a key.
     *
     * @throws IllegalArgumentException if it is too short or not base64
     */
    static Signature of(Secret secret) {
        String text = secret.reveal();
        return new Signature(
                text.startsWith(BASE64)
                        ? Base64.getDecoder().decode(text.substring(BASE64.length()))
                        : text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the value of the header {@code webhook-signature}. */
    String of(String id, long seconds, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update((id + "." + seconds + ".").getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java has no " + ALGORITHM + ".", e);
        }
    }
}
