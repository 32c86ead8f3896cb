// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Takes what a bus measures. The bus asks for a handle once per metric and tags and keeps it, so
 * that measuring allocates nothing. {@link BusMetric} lists what a bus reports. The rules are
 * proved by {@code dev.jitney.tck.MetricsBackendContract}.
 *
 * <p><b>Handles.</b> Two handles of one type, name and tags count into one. A name that is used for
 * two types, or with other tag keys, is refused with {@link IllegalArgumentException} or kept
 * apart.
 *
 * <p><b>Threads.</b> Safe for concurrent use, and so are handles: nothing is lost, and no thread
 * waits for another longer than for a counter. A bus measures on the threads that publish and
 * handle events.
 *
 * <p><b>Failures.</b> What a backend or a handle throws is logged by the bus, at most once a
 * minute, and harms no delivery (ERR-6). After {@link #close} handles may still be used; what they
 * are given may be lost.
 *
 * <p><b>Limits.</b> A bus reports at most 1 000 topics and 1 000 subscriptions by name and the rest
 * under {@value #OTHER}.
 */
public interface MetricsBackend extends AutoCloseable {

    /** The value of a tag that stands for all values that are not told apart. */
    String OTHER = "other";

    /** What can be measured. */
    enum Type {
        /** A number that only grows. */
        COUNTER,
        /** How long something took, in nanoseconds, and how often. */
        TIMER,
        /** A number that is looked at when somebody asks. */
        GAUGE
    }

    /**
     * Says whether anything becomes of what is measured. A bus asks once, when it is built, and
     * measures nothing if not: reading the clock has its price too.
     */
    default boolean isEnabled() {
        return true;
    }

    /** Returns the handle that adds to a counter: 0 or more each time. */
    LongConsumer counter(String name, Map<String, String> tags);

    /** Returns the handle that takes the nanoseconds that something took: 0 or more each time. */
    LongConsumer timer(String name, Map<String, String> tags);

    /**
     * Reports a number for as long as the returned registration is open. Another gauge of the same
     * name and tags takes its place; closing the first then has no effect.
     *
     * @param value safe for concurrent use; called when the backend likes, on its threads
     */
    AutoCloseable gauge(String name, Map<String, String> tags, LongSupplier value);

    /**
     * Returns what was measured so far, in order of name and tags, if this backend can be read; an
     * empty list otherwise. A gauge whose supplier throws is left out.
     */
    default List<Sample> samples() {
        return List.of();
    }

    /** Sets counters and timers back to nothing, if this backend can be read. */
    default void reset() {}

    /** Hands on what must not be lost and releases its resources. Closing again has no effect. */
    @Override
    default void close() {}

    /**
     * Returns a backend that hands every measurement to a function, and the value of every gauge
     * when {@link #samples} is called. It keeps nothing else.
     */
    static MetricsBackend callback(Callback callback) {
        return new CallbackMetrics(callback);
    }

    /** A user's own function that is told of every measurement. */
    @FunctionalInterface
    interface Callback {

        /**
         * Takes one measurement, on the thread that made it.
         *
         * @param value what to add, the nanoseconds, or the gauge's value
         */
        void measured(Type type, String name, Map<String, String> tags, long value);
    }

    /**
     * What was measured under one name and tags.
     *
     * @param value the counter's or gauge's value, or the sum of a timer in nanoseconds
     * @param count how often a timer was used; 0 for the others
     * @param max the longest time of a timer in nanoseconds; 0 for the others
     */
    record Sample(
            Type type, String name, Map<String, String> tags, long value, long count, long max) {

        public Sample {
            tags = Map.copyOf(tags);
        }

        /** Returns name and tags in one text, sorted: {@code name{a=1,b=2}}. */
        public String key() {
            return tags.isEmpty() ? name : name + tagText(tags);
        }

        private static String tagText(Map<String, String> tags) {
            return new TreeMap<>(tags).toString().replace(", ", ",");
        }
    }
}
