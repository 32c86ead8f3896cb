// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * Sources on the wire (EVT-4): a URI reference as it is, any other text percent-encoded. Whether a
 * text is one is asked of {@link URI}, in ASCII only, after a quick look at the usual characters.
 */
final class Sources {

    private static final byte[] HEX = JsonWriter.ascii("0123456789ABCDEF");

    private Sources() {}

    /** Returns the text itself when it is a URI reference, else its percent-encoded form. */
    static String onWire(String text) {
        return isReference(text) ? text : encode(text);
    }

    private static boolean isReference(String text) {
        boolean usual = !text.startsWith("//");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= 0x20 || c >= 0x7f) {
                return false;
            }
            usual &= unreserved(c);
        }
        if (usual) {
            return true;
        }
        try {
            new URI(text);
            return true;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean unreserved(char c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~'
                || c == '/';
    }

    private static String encode(String text) {
        byte[] utf8 = ByteStrings.utf8(text);
        StringBuilder encoded = new StringBuilder(utf8.length + 16);
        // A reference that starts with two slashes would name a host.
        boolean host = text.startsWith("//");
        for (int i = 0; i < utf8.length; i++) {
            char c = (char) (utf8[i] & 0xff);
            if (unreserved(c) && !(host && i == 0)) {
                encoded.append(c);
            } else {
                encoded.append('%').append((char) HEX[c >> 4]).append((char) HEX[c & 0xf]);
            }
        }
        return encoded.toString();
    }

    /** Says whether {@code text} is what stands for {@code wire} (extension sourcetext). */
    static boolean standsFor(String text, String wire) {
        return !text.isEmpty() && !text.equals(wire) && onWire(text).equals(wire);
    }
}
