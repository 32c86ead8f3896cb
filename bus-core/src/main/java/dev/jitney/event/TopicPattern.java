// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.util.List;
import java.util.Objects;

/**
 * A filter over topics: a topic in which a segment may be {@code *} (TOP-2). In the middle a star
 * stands for exactly one segment, at the end for one or more, alone for every topic.
 *
 * <p><b>Threads.</b> Immutable.
 */
public final class TopicPattern {

    /** The pattern that matches every topic. */
    public static final TopicPattern ALL = new TopicPattern("*");

    private final String text;
    private final List<String> segments;

    private TopicPattern(String text) {
        this.text = text;
        // A plain topic is compared as a whole; there may be many of them.
        this.segments = exact() ? List.of() : List.of(text.split("\\.", -1));
    }

    /**
     * Reads a pattern.
     *
     * @throws InvalidTopicException if it is not one, with the position and the reason
     */
    public static TopicPattern parse(String text) {
        Topics.checkPattern(Objects.requireNonNull(text, "text"));
        return text.equals("*") ? ALL : new TopicPattern(text);
    }

    /** Says whether this pattern is a plain topic, so that it matches that topic only. */
    public boolean exact() {
        return text.indexOf('*') < 0;
    }

    /** Says whether this pattern matches every topic. */
    public boolean matchesAll() {
        return text.equals("*");
    }

    /** Says whether one of the patterns selects the topic. */
    public static boolean anyMatches(Iterable<TopicPattern> patterns, String topic) {
        for (TopicPattern pattern : patterns) {
            if (pattern.matches(topic)) {
                return true;
            }
        }
        return false;
    }

    /** Says whether the topic is selected by this pattern. */
    public boolean matches(String topic) {
        if (exact()) {
            return text.equals(topic);
        }
        int at = 0;
        for (int i = 0; i < segments.size(); i++) {
            boolean last = i == segments.size() - 1;
            if (at > topic.length()) {
                return false;
            }
            String segment = segments.get(i);
            if (last && segment.equals("*")) {
                return at < topic.length();
            }
            int dot = topic.indexOf('.', at);
            int end = dot < 0 ? topic.length() : dot;
            boolean same =
                    segment.equals("*")
                            || (segment.length() == end - at && topic.startsWith(segment, at));
            if (!same) {
                return false;
            }
            if (last) {
                return end == topic.length();
            }
            at = end + 1;
        }
        return false;
    }

    /** Returns the pattern as it is written. */
    public String text() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TopicPattern that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
