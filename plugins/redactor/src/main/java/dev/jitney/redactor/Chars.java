// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

/** Classes of characters. Only ASCII has any: what secrets are made of. */
final class Chars {

    static final int UPPER = 1;
    static final int LOWER = 2;
    static final int DIGIT = 4;
    static final int UNDERSCORE = 8;
    static final int DASH = 16;
    static final int DOT = 32;
    static final int BASE64 = 64;
    static final int HEX = 128;

    /** What a value without quotes ends at. */
    static final int BARE_END = 256;

    /** What a URL ends at. */
    static final int URL_END = 512;

    static final int LETTER = UPPER | LOWER;
    static final int ALNUM = LETTER | DIGIT;
    static final int WORD = ALNUM | UNDERSCORE;
    static final int TOKEN = WORD | DASH;

    private static final short[] CLASSES = new short[128];
    private static final boolean[] SIGNS = new boolean[128];

    static {
        for (char c = 0; c < CLASSES.length; c++) {
            int bits = c >= 'A' && c <= 'Z' ? UPPER : 0;
            bits |= c >= 'a' && c <= 'z' ? LOWER : 0;
            bits |= c >= '0' && c <= '9' ? DIGIT : 0;
            bits |= c == '_' ? UNDERSCORE : 0;
            bits |= c == '-' ? DASH : 0;
            bits |= c == '.' ? DOT : 0;
            bits |= c == '+' || c == '/' ? BASE64 : 0;
            bits |= Character.digit(c, 16) >= 0 ? HEX : 0;
            bits |= " \t\r\n,;&\"'<>|)]}".indexOf(c) >= 0 ? BARE_END : 0;
            bits |= " \t\r\n\"'<>`".indexOf(c) >= 0 ? URL_END : 0;
            CLASSES[c] = (short) bits;
            SIGNS[c] = "@:=+(-/".indexOf(c) >= 0;
        }
    }

    private Chars() {}

    /** Says whether the character is of one of these classes. */
    static boolean is(char c, int classes) {
        return c < 128 && (CLASSES[c] & classes) != 0;
    }

    /** Says whether something may begin with this character, which is not of a word. */
    static boolean isSign(char c) {
        return c < 128 && SIGNS[c];
    }

    static int classOf(char c) {
        return c < 128 ? CLASSES[c] & 0xff : 0;
    }

    /** Says whether a word goes on over this character, in whatever script. */
    static boolean joins(char c) {
        return c < 128 ? is(c, WORD) : Character.isLetterOrDigit(c);
    }
}
