// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

/** The rules of topics (TOP-1, TOP-2) and helpers to take them apart. */
public final class Topics {

    /** The most characters that a topic may have. */
    public static final int MAX_LENGTH = 255;

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
        String problem = problemOf(topic, false);
        if (problem != null) {
            throw new InvalidTopicException(problem);
        }
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

    // What is wrong with the text, or null. Replaced by the final wording in TopicsTest.
    private static @org.jspecify.annotations.Nullable String problemOf(
            String text, boolean pattern) {
        String what = pattern ? "Pattern" : "Topic";
        if (text.isEmpty()) {
            return what
                    + " '' is not valid: it is empty. Use letters, digits, '_' and '-', in segments"
                    + " joined by dots, for example orders.placed.";
        }
        if (text.length() > MAX_LENGTH) {
            return what
                    + " '"
                    + text.substring(0, 32)
                    + "…' is not valid: it has "
                    + text.length()
                    + " characters. At most "
                    + MAX_LENGTH
                    + " are allowed.";
        }
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i == text.length() ? '.' : text.charAt(i);
            if (c == '.') {
                if (i == start) {
                    return what
                            + " '"
                            + text
                            + "' is not valid: empty segment at position "
                            + i
                            + ".";
                }
                start = i + 1;
            } else if (c == '*' && pattern) {
                boolean alone = i == start && (i + 1 == text.length() || text.charAt(i + 1) == '.');
                if (!alone) {
                    return what
                            + " '"
                            + text
                            + "' is not valid: '*' at position "
                            + i
                            + " must be a whole segment.";
                }
            } else if (!(c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '_'
                    || c == '-')) {
                return what
                        + " '"
                        + text
                        + "' is not valid: '"
                        + c
                        + "' at position "
                        + i
                        + ". Use letters, digits, '_' and '-', in segments joined by dots, for example"
                        + " orders.placed.";
            }
        }
        return null;
    }
}
