// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import dev.jitney.event.Selection;
import dev.jitney.event.TopicPattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The topic patterns of a selection, asked with bytes; the same rules as {@link TopicPattern}. */
final class TopicMatcher {

    private final ByteStrings exact;
    private final boolean anyExact;
    private final byte[][] patterns;
    private final byte[][] excluded;
    private final boolean anyTopic;

    TopicMatcher(Selection selection) {
        List<String> plain = new ArrayList<>();
        List<byte[]> starred = new ArrayList<>();
        for (TopicPattern pattern : selection.patterns()) {
            if (pattern.exact()) {
                plain.add(pattern.text());
            } else {
                starred.add(ByteStrings.utf8(pattern.text()));
            }
        }
        exact = new ByteStrings(plain);
        anyExact = !plain.isEmpty();
        patterns = starred.toArray(new byte[0][]);
        excluded = new byte[selection.excluded().size()][];
        for (int i = 0; i < excluded.length; i++) {
            excluded[i] = ByteStrings.utf8(selection.excluded().get(i).text());
        }
        anyTopic = selection.patterns().isEmpty();
    }

    boolean matches(byte[] bytes, int from, int to) {
        return (anyTopic
                        || anyExact && exact.contains(bytes, from, to)
                        || any(patterns, bytes, from, to))
                && !any(excluded, bytes, from, to);
    }

    private static boolean any(byte[][] patterns, byte[] bytes, int from, int to) {
        for (byte[] pattern : patterns) {
            if (matches(pattern, bytes, from, to)) {
                return true;
            }
        }
        return false;
    }

    // Both are valid, so that a star is always a whole segment and no segment is empty.
    private static boolean matches(byte[] pattern, byte[] bytes, int from, int to) {
        int p = 0;
        int at = from;
        while (p < pattern.length) {
            if (pattern[p] == '*') {
                if (p + 1 == pattern.length) {
                    return at < to;
                }
                while (at < to && bytes[at] != '.') {
                    at++;
                }
                p++;
            } else {
                int end = p;
                while (end < pattern.length && pattern[end] != '*') {
                    end++;
                }
                int length = end - p;
                if (at + length > to || !Arrays.equals(pattern, p, end, bytes, at, at + length)) {
                    return false;
                }
                at += length;
                p = end;
            }
        }
        return at == to;
    }
}
