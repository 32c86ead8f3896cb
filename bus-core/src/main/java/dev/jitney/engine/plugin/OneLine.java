// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import org.jspecify.annotations.Nullable;

/**
 * Text from events as the log shows it: what their publishers have put into it begins no line, and
 * steers no terminal. Such characters are written like {@code \\u000a}.
 */
public final class OneLine {

    private OneLine() {}

    /** Returns the text as it is to stand in the log; {@code null} as the word. */
    public static String of(@Nullable String text) {
        if (text == null) {
            return "null";
        }
        for (int i = 0; i < text.length(); i++) {
            if (steers(text.charAt(i))) {
                return escaped(text);
            }
        }
        return text;
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (steers(c)) {
                out.append("\\u%04x".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static boolean steers(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    true;
            default -> false;
        };
    }
}
