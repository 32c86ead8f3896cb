// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Says what goes wrong with plugins, each thing at most once a minute and with how often (ERR-6).
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 */
public final class PluginLog {

    private static final Duration QUIET = Duration.ofMinutes(1);

    private final InstantSource clock;
    private final Output output;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    /** Where the sentences go. */
    public interface Output {

        /** Takes one sentence or more for the log. */
        void warn(String message, @Nullable Throwable cause);

        /** Counts every failure of a plugin, those that are not logged too. */
        default void failed(String plugin) {}
    }

    /** When a thing was said last, and how often it has happened since. */
    private static final class Entry {

        private @Nullable Instant said;
        private long unsaid;

        /** Returns how often it had gone unsaid if it may be said now, or -1. */
        synchronized long take(Instant now) {
            boolean quiet = said != null && now.isBefore(said.plus(QUIET)) && !now.isBefore(said);
            if (quiet) {
                unsaid++;
                return -1;
            }
            said = now;
            long count = unsaid;
            unsaid = 0;
            return count;
        }

        synchronized long rest() {
            long count = unsaid;
            unsaid = 0;
            return count;
        }
    }

    /** Makes a log that measures the minute by this clock. */
    public PluginLog(InstantSource clock, Output output) {
        this.clock = clock;
        this.output = output;
    }

    /**
     * Notes that a plugin has failed in a method of its own. An error of the whole machine, as when
     * memory is out, is thrown on (ERR-2).
     *
     * @param plugin what it is called, for example {@code interceptor 'otel'}
     */
    public void failed(String plugin, String method, Throwable failure) {
        failed(plugin, method, failure, true);
    }

    /**
     * As {@link #failed(String, String, Throwable)}, of the one that counts failures itself.
     *
     * @param counted whether {@link Output#failed} is told
     */
    void failed(String plugin, String method, Throwable failure, boolean counted) {
        if (failure instanceof VirtualMachineError fatal
                && !(failure instanceof StackOverflowError)) {
            throw fatal;
        }
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        if (counted) {
            output.failed(plugin);
        }
        String message =
                "The %s has failed in '%s': %s".formatted(plugin, method, Wording.said(failure));
        say(plugin, Wording.stopped(message), failure);
    }

    /**
     * Says a sentence, unless one was said about this subject less than a minute ago.
     *
     * @param subject one of a few
     */
    public void say(String subject, String message, @Nullable Throwable cause) {
        Entry entry = entries.computeIfAbsent(subject, any -> new Entry());
        long unsaid = entry.take(clock.instant());
        if (unsaid >= 0) {
            String line = OneLine.of(message);
            output.warn(unsaid == 0 ? line : line + " " + more(unsaid), cause);
        }
    }

    /** Says how often what was said has happened since; to be called at the end. */
    public void flush() {
        for (Map.Entry<String, Entry> entry : entries.entrySet()) {
            long unsaid = entry.getValue().rest();
            if (unsaid > 0) {
                output.warn("About the " + entry.getKey() + ": " + more(unsaid), null);
            }
        }
    }

    private static String more(long times) {
        return times == 1
                ? "The like has happened once more since the last report."
                : "The like has happened " + times + " times more since the last report.";
    }
}
