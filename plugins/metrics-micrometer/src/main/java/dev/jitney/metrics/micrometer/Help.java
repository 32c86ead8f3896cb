// SPDX-License-Identifier: Apache-2.0
package dev.jitney.metrics.micrometer;

import dev.jitney.spi.BusMetric;
import org.jspecify.annotations.Nullable;

/** What each metric means, in a line for those who look at it elsewhere. */
final class Help {

    private Help() {}

    /** Returns the line for a metric of this name; null for one that no bus reports. */
    static @Nullable String of(String metricName) {
        BusMetric metric = BusMetric.named(metricName);
        return metric == null ? null : of(metric);
    }

    // Without a default branch: a metric without a line does not compile.
    private static String of(BusMetric metric) {
        return switch (metric) {
            case PUBLISHED -> "Events that the bus has accepted from its own publishers";
            case HANDLED -> "Events that every handler has handled";
            case UNHANDLED -> "Events that no subscription wanted";
            case FAILED -> "Events on which at least one handler has failed";
            case TIMED_OUT -> "Events whose own time limit passed";
            case CANCELLED -> "Events that the closing of the bus has cancelled";
            case REJECTED -> "Events that were refused after publish had returned";
            case DROPPED -> "Events for which there was no room";
            case SUPPRESSED -> "Events that were taken for noise";
            case DUPLICATES -> "Events that had been accepted before";
            case REFUSED -> "Events that a validator or an interceptor has refused";
            case PENDING -> "Events that wait for their turn";
            case IN_FLIGHT -> "Events that are being handled";
            case PUBLISH_LATENCY -> "How long publish took until it returned";
            case HANDLER_COMPLETED -> "Deliveries that a handler has completed";
            case HANDLER_FAILED -> "Deliveries on which a handler has failed for good";
            case HANDLER_TIMED_OUT -> "Deliveries that did not end within their limit";
            case RETRIES -> "Attempts after the first";
            case SLOW_HANDLERS -> "Deliveries that have passed their slow threshold";
            case ABANDONED -> "Deliveries whose handler ignored the interrupt";
            case HANDLER_LATENCY -> "How long one attempt of a handler took";
            case SUBSCRIPTIONS -> "Subscriptions that are open";
            case DEAD_LETTERS -> "Dead letters that were given to the sink";
            case DEAD_LETTERS_EVICTED -> "Dead letters that had to make room for others";
            case PLUGIN_FAILURES -> "Failures of plugins that the bus has got over";
        };
    }
}
