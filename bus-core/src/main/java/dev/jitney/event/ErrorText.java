// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.io.PrintWriter;
import java.io.Writer;

/** Turns a failure into text of a bounded length, whatever its methods do. */
final class ErrorText {

    private ErrorText() {}

    static String message(Throwable error, int most) {
        try {
            String message = error.getMessage();
            return message == null ? "" : cut(message, most);
        } catch (Throwable e) {
            return "(the message cannot be read: " + e.getClass().getName() + ")";
        }
    }

    static String stack(Throwable error, int most) {
        Bounded out = new Bounded(most);
        try {
            error.printStackTrace(new PrintWriter(out));
        } catch (Throwable e) {
            out.text
                    .append("(the rest cannot be read: ")
                    .append(e.getClass().getName())
                    .append(")");
        }
        return cut(out.text.toString(), most);
    }

    /** Returns the first characters, the last of them {@code …} if some are left out. */
    static String cut(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        int end = most - 1;
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end)
                + "…";
    }

    /** Keeps one character more than the bound, so that it shows that there were more. */
    private static final class Bounded extends Writer {

        private final StringBuilder text = new StringBuilder();
        private final int most;

        Bounded(int most) {
            this.most = most;
        }

        @Override
        public void write(char[] characters, int from, int length) {
            text.append(characters, from, Math.min(length, most + 1 - text.length()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
