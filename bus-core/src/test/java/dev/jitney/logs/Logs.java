// SPDX-License-Identifier: Apache-2.0
package dev.jitney.logs;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.slf4j.event.Level;

/** What was logged in this JVM: the last 1 000 lines. Tests run one after the other. */
public final class Logs {

    private static final int MOST = 1_000;
    private static final Deque<Line> LINES = new ArrayDeque<>();

    private Logs() {}

    /**
     * One line.
     *
     * @param context the logging context of the thread, at that moment
     */
    public record Line(
            Level level,
            String logger,
            String message,
            @Nullable Throwable cause,
            Map<String, String> context) {

        @Override
        public String toString() {
            return level + " " + message;
        }
    }

    static synchronized void add(
            Level level, String logger, String message, @Nullable Throwable cause) {
        if (LINES.size() == MOST) {
            LINES.removeFirst();
        }
        Map<String, String> context = MDC.getCopyOfContextMap();
        LINES.addLast(
                new Line(level, logger, message, cause, context == null ? Map.of() : context));
    }

    /** Forgets what was logged so far. */
    public static synchronized void clear() {
        LINES.clear();
    }

    /** Returns all lines, the oldest first. */
    public static synchronized List<Line> lines() {
        return List.copyOf(LINES);
    }

    /** Returns the lines of this level, the oldest first, each as its message. */
    public static List<String> messages(Level level) {
        return lines().stream().filter(one -> one.level() == level).map(Line::message).toList();
    }
}
