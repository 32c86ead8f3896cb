// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What a bus has done since it was built, and what it is doing (LIF-4). A picture taken while the
 * bus works: each number is right by itself, but they need not belong to one moment.
 *
 * <p><b>Limits.</b> A bus counts at most 65 536 topics by themselves. For each one more, one of the
 * half with fewer events is counted with {@link #otherTopics} from then on; a topic that comes back
 * begins at zero, what it had stays with the others. Counts are never lost.
 *
 * @param subscriptions how many subscriptions are open
 * @param pending how many accepted events wait for their turn
 * @param inFlight how many events are being handled
 * @param published how many events were accepted
 * @param handled how many events every handler that wanted them has handled
 * @param failed how many events a handler has failed on
 * @param dropped how many events there was no room for (BPR-1)
 * @param suppressed how many events were taken for noise (DUP-2)
 * @param deadLetters how many dead letters were made
 * @param topics the busiest topics, at most 1 000, the busiest first
 * @param otherTopics all other topics together, under the name {@link #OTHER}
 * @param handlers the open subscriptions, in order of registration
 */
public record BusStats(
        int subscriptions,
        long pending,
        long inFlight,
        long published,
        long handled,
        long failed,
        long dropped,
        long suppressed,
        long deadLetters,
        List<TopicStats> topics,
        TopicStats otherTopics,
        List<HandlerStats> handlers) {

    /** The most topics that are listed by themselves. */
    public static final int MAX_TOPICS = 1_000;

    /** The name under which all other topics are counted; also a legal topic of its own. */
    public static final String OTHER = "other";

    /** Keeps copies of the lists. */
    public BusStats {
        topics = List.copyOf(topics);
        Objects.requireNonNull(otherTopics, "otherTopics");
        handlers = List.copyOf(handlers);
    }

    /**
     * What became of the events of one topic.
     *
     * @param topic the topic
     * @param published how many were accepted
     * @param handled how many every handler that wanted them has handled
     * @param failed how many a handler has failed on
     * @param dropped how many there was no room for
     * @param suppressed how many were taken for noise
     * @param deadLetters how many dead letters were made of them
     */
    public record TopicStats(
            String topic,
            long published,
            long handled,
            long failed,
            long dropped,
            long suppressed,
            long deadLetters) {}

    /**
     * What one handler has done.
     *
     * @param subscriptionId the id of its subscription
     * @param subscription the name of its subscription
     * @param handled how many events it has handled
     * @param failed how many events it has failed on, its retries included
     * @param latency how long its runs took
     */
    public record HandlerStats(
            String subscriptionId,
            String subscription,
            long handled,
            long failed,
            Latency latency) {}

    /**
     * How long something took, from its start to its end, without waiting for its turn. Quantiles
     * and mean are within 3.2 % of the true value, rounded to a nanosecond; the greatest is exact.
     * All are zero when nothing was measured.
     *
     * <p>A clock is read around each of a handler's first 64 runs, each that suspends, blocks on a
     * thread of its own or has a limit under 1 s, and each while a metrics backend is set; of the
     * others around one in 64, which counts for 64. Of those left a coarse clock still tells which
     * took 2 ms or longer; they count, to within 2 ms.
     *
     * @param count how many runs that stands for: all, or nearly all
     * @param mean the mean
     * @param p50 the time that half of all took at the most
     * @param p99 the time that 99 of 100 took at the most
     * @param max the longest
     */
    public record Latency(long count, Duration mean, Duration p50, Duration p99, Duration max) {

        /** The latency of what was never measured. */
        public static final Latency NONE =
                new Latency(0, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    }
}
