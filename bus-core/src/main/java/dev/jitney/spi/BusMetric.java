// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.spi.MetricsBackend.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a bus reports to its metrics backend: the one place that knows names, units and tags.
 *
 * <p>An event that is accepted counts once as {@link #PUBLISHED} and once as one of {@link
 * #HANDLED}, {@link #UNHANDLED}, {@link #FAILED}, {@link #TIMED_OUT}, {@link #CANCELLED}, {@link
 * #REJECTED} or, when it had to make room for a newer one, {@link #DROPPED}. One that is not
 * accepted counts as {@link #DROPPED}, {@link #SUPPRESSED}, {@link #DUPLICATES} or {@link #REFUSED}
 * only. What a durable subscription gets from the store counts once for that subscription as {@link
 * #HANDLED}, {@link #FAILED}, {@link #TIMED_OUT} or {@link #CANCELLED}, and not as {@link
 * #PUBLISHED}; an event that only such subscriptions want is not {@link #UNHANDLED}.
 *
 * <p>Metrics of events carry the topic and metrics of handlers the subscription, none of them both:
 * so there are at most some thousand of each, never their product.
 */
public enum BusMetric {
    /** Events that the bus has accepted from its own publishers. */
    PUBLISHED(Type.COUNTER, "bus.events.published", "{event}", "topic"),
    /** Events that every handler has handled. */
    HANDLED(Type.COUNTER, "bus.events.handled", "{event}", "topic"),
    /** Events that no subscription wanted (PUB-5). */
    UNHANDLED(Type.COUNTER, "bus.events.unhandled", "{event}", "topic"),
    /** Events on which at least one handler has failed. */
    FAILED(Type.COUNTER, "bus.events.failed", "{event}", "topic"),
    /** Events whose own time limit passed (TMO-3). */
    TIMED_OUT(Type.COUNTER, "bus.events.timedout", "{event}", "topic"),
    /** Events that the closing of the bus has cancelled (LIF-2). */
    CANCELLED(Type.COUNTER, "bus.events.cancelled", "{event}", "topic"),
    /** Events that were refused after {@code publish} had returned, as by the store (PUB-3). */
    REJECTED(Type.COUNTER, "bus.events.rejected", "{event}", "topic"),
    /** Events for which there was no room (BPR-1). */
    DROPPED(Type.COUNTER, "bus.events.dropped", "{event}", "topic"),
    /** Events that were taken for noise (DUP-2). */
    SUPPRESSED(Type.COUNTER, "bus.events.suppressed", "{event}", "topic"),
    /** Events that had been accepted before (PUB-4). */
    DUPLICATES(Type.COUNTER, "bus.events.duplicates", "{event}", "topic"),
    /** Events that a validator or an interceptor has refused at {@code publish}. */
    REFUSED(Type.COUNTER, "bus.events.refused", "{event}", "topic"),
    /** Events that wait for their turn. */
    PENDING(Type.GAUGE, "bus.events.pending", "{event}"),
    /** Events that are being handled. */
    IN_FLIGHT(Type.GAUGE, "bus.events.inflight", "{event}"),
    /** How long {@code publish} took until it returned. */
    PUBLISH_LATENCY(Type.TIMER, "bus.publish.latency", "ns"),

    /** Handlers that have returned, each event counted once whatever the attempts. */
    HANDLER_COMPLETED(Type.COUNTER, "bus.handlers.completed", "{delivery}", "subscription"),
    /** Handlers that have failed for good. */
    HANDLER_FAILED(Type.COUNTER, "bus.handlers.failed", "{delivery}", "subscription"),
    /** Handlers that did not end within their limit (TMO-2). */
    HANDLER_TIMED_OUT(Type.COUNTER, "bus.handlers.timedout", "{delivery}", "subscription"),
    /** Attempts after the first (ERR-3). */
    RETRIES(Type.COUNTER, "bus.handlers.retries", "{attempt}", "subscription"),
    /** Handlers that have passed their slow threshold (TMO-5). */
    SLOW_HANDLERS(Type.COUNTER, "bus.handlers.slow", "{delivery}", "subscription"),
    /** Handlers that ignored the interrupt and were left to themselves (TMO-2). */
    ABANDONED(Type.COUNTER, "bus.handlers.abandoned", "{delivery}", "subscription"),
    /** How long one attempt of a handler took, whatever its end. */
    HANDLER_LATENCY(Type.TIMER, "bus.handlers.latency", "ns", "subscription"),
    /** Subscriptions that are open. */
    SUBSCRIPTIONS(Type.GAUGE, "bus.subscriptions", "{subscription}"),

    /** Dead letters that were given to the sink. */
    DEAD_LETTERS(Type.COUNTER, "bus.deadletters.added", "{letter}", "reason"),
    /** Dead letters that had to make room for others. */
    DEAD_LETTERS_EVICTED(Type.COUNTER, "bus.deadletters.evicted", "{letter}"),
    /** Failures of plugins that the bus has got over (ERR-6). */
    PLUGIN_FAILURES(Type.COUNTER, "bus.plugins.failures", "{failure}", "plugin");

    /** The tag that every metric carries: the name of the bus. */
    public static final String BUS_TAG = "bus";

    private final Type type;
    private final String metricName;
    private final String unit;
    private final @Nullable String tag;

    BusMetric(Type type, String metricName, String unit) {
        this.type = type;
        this.metricName = metricName;
        this.unit = unit;
        this.tag = null;
    }

    BusMetric(Type type, String metricName, String unit, String tag) {
        this.type = type;
        this.metricName = metricName;
        this.unit = unit;
        this.tag = tag;
    }

    /** Returns what is measured. */
    public Type type() {
        return type;
    }

    /** Returns the name that backends are given. */
    public String metricName() {
        return metricName;
    }

    /** Returns the unit as UCUM writes it: {@code ns}, or what is counted, in braces. */
    public String unit() {
        return unit;
    }

    /** Returns the key of the tag that it carries beside {@link #BUS_TAG}, or null if none. */
    public @Nullable String tag() {
        return tag;
    }

    /** Returns the keys of all its tags. */
    public List<String> tags() {
        return tag == null ? List.of(BUS_TAG) : List.of(BUS_TAG, tag);
    }

    /** Returns the metric of this name, or null if a bus reports none of that name. */
    public static @Nullable BusMetric named(String metricName) {
        for (BusMetric metric : values()) {
            if (metric.metricName.equals(metricName)) {
                return metric;
            }
        }
        return null;
    }
}
