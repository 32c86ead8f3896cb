// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import java.util.ArrayList;
import java.util.List;

/** The W3C header {@code tracestate}: a list of {@code vendor=value}, the newest first. */
final class TraceStates {

    /** What is written is no longer: as many characters as every receiver has to take. */
    static final int MOST_WRITTEN = 512;

    private static final int LONG_MEMBER = 128;
    private static final int MOST_MEMBERS = 32;
    // Far beyond what 32 members need: the rest of a longer text is not worth looking at.
    private static final int MOST_READ = 32 * 1_024;

    private TraceStates() {}

    /** Returns the state; an empty one for a text that is not valid as a whole. */
    static TraceState parse(String text) {
        if (text.isEmpty() || text.length() > MOST_READ) {
            return TraceState.getDefault();
        }
        List<String> members = new ArrayList<>();
        for (String member : text.split(",", -1)) {
            String stripped = member.strip();
            if (!stripped.isEmpty()) {
                members.add(stripped);
            }
        }
        if (members.size() > MOST_MEMBERS) {
            return TraceState.getDefault();
        }
        // The builder puts each one in front, and passes over what it does not take.
        TraceStateBuilder builder = TraceState.builder();
        for (int i = members.size() - 1; i >= 0; i--) {
            String member = members.get(i);
            int equals = member.indexOf('=');
            if (equals <= 0) {
                return TraceState.getDefault();
            }
            builder.put(member.substring(0, equals), member.substring(equals + 1));
        }
        TraceState state = builder.build();
        return state.size() == members.size() ? state : TraceState.getDefault();
    }

    /**
     * Returns the text, cut to {@value #MOST_WRITTEN} characters by whole members: first those of
     * more than 128 characters, then the oldest.
     */
    static String format(TraceState state) {
        if (state.isEmpty()) {
            return "";
        }
        List<String> members = new ArrayList<>();
        state.forEach((key, value) -> members.add(key + "=" + value));
        for (int i = members.size() - 1; i >= 0 && length(members) > MOST_WRITTEN; i--) {
            if (members.get(i).length() > LONG_MEMBER) {
                members.remove(i);
            }
        }
        while (length(members) > MOST_WRITTEN) {
            members.remove(members.size() - 1);
        }
        return String.join(",", members);
    }

    private static int length(List<String> members) {
        int length = members.size() - 1;
        for (String member : members) {
            length += member.length();
        }
        return length;
    }
}
