// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import org.jspecify.annotations.Nullable;

/** The rules of topics (TOP-1, TOP-2) and helpers to take them apart. */
public final class Topics {

    /** The most characters that a topic may have. */
    public static final int MAX_LENGTH = 255;

    private static final int SHOWN = 32;
    private static final String RULE =
            "Use letters, digits, '_' and '-', in segments joined by dots, for example"
                    + " orders.placed.";

    // Topics that were valid, each where its hash says: most are checked over and over. Threads
    // that write the same place at once do no harm, as each text is a valid topic.
    private static final @Nullable String[] CHECKED = new String[256];

    private Topics() {}

    /** Says whether the text is a topic. */
    public static boolean isValidTopic(String text) {
        return problemOf(text, false) == null;
    }

    /**
     * Returns the topic unchanged.
     *
     * @throws InvalidTopicException if it is not a topic, naming position and reason
     */
    public static String check(String topic) {
        int hash = topic.hashCode();
        int place = (hash ^ hash >>> 16) & CHECKED.length - 1;
        if (topic.equals(CHECKED[place])) {
            return topic;
        }
        String problem = problemOf(topic, false);
        if (problem != null) {
            throw new InvalidTopicException(problem);
        }
        CHECKED[place] = topic;
        return topic;
    }

    static void checkPattern(String pattern) {
        String problem = problemOf(pattern, true);
        if (problem != null) {
            throw new InvalidTopicException(problem);
        }
    }

    /** Returns the first segment: {@code domainOf("a.b.c")} is {@code "a"}. */
    public static String domainOf(String topic) {
        int dot = topic.indexOf('.');
        return dot < 0 ? topic : topic.substring(0, dot);
    }

    /**
     * Returns all but the first segment: {@code actionOf("a.b.c")} is {@code "b.c"}; empty for a
     * topic of one segment.
     */
    public static String actionOf(String topic) {
        int dot = topic.indexOf('.');
        return dot < 0 ? "" : topic.substring(dot + 1);
    }

    /** Says whether the topic is below {@code system.}, where a bus tells of itself. */
    public static boolean isSystem(String topic) {
        return topic.startsWith("system.");
    }

    // What is wrong with the text, or null.
    private static @Nullable String problemOf(String text, boolean pattern) {
        String what = pattern ? "Pattern '" : "Topic '";
        if (text.isEmpty()) {
            return what + "' is not valid: it is empty. " + RULE;
        }
        if (text.length() > MAX_LENGTH) {
            return what
                    + show(text.substring(0, SHOWN))
                    + "…' is not valid: it has "
                    + text.length()
                    + " characters. At most "
                    + MAX_LENGTH
                    + " are allowed.";
        }
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isTopicCharacter(c)) {
                continue;
            }
            String problem = null;
            if (c == '.') {
                problem = i == start ? "empty segment at position " + i + "." : null;
                start = i + 1;
            } else if (c == '*' && pattern) {
                boolean alone = i == start && (i + 1 == text.length() || text.charAt(i + 1) == '.');
                problem = alone ? null : "'*' at position " + i + " must be a whole segment.";
            } else {
                String character = show(Character.toString(text.codePointAt(i)));
                problem = "'" + character + "' at position " + i + ". " + RULE;
            }
            if (problem != null) {
                return what + show(text) + "' is not valid: " + problem;
            }
        }
        return start < text.length()
                ? null
                : what + show(text) + "' is not valid: empty segment at position " + start + ".";
    }

    private static boolean isTopicCharacter(char c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '_'
                || c == '-';
    }

    // What a terminal would act on, or could not show, is written as an escape.
    private static String show(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = c >= 0x20 && c < 0x7f || c >= 0xa0 && Character.isDefined(c);
            if (plain && !Character.isSurrogate(c) && Character.getType(c) != Character.FORMAT) {
                shown.append(c);
            } else {
                shown.append("\\u").append(Integer.toHexString(c | 0x10000).substring(1));
            }
        }
        return shown.toString();
    }
}
