// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.Event;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the events of one source in one domain (STA-2): {@code bus.emitter("till 4",
 * "order").publish("placed", order)} is an event of topic {@code order.placed}. The bus lists its
 * emitters, and each says what it has published.
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 *
 * <p><b>Limits.</b> A bus has at most {@value #MOST} open at once. An emitter tells {@value
 * #MOST_TOPICS} topics apart; the rest counts as {@code other}.
 */
public interface Emitter extends AutoCloseable {

    /** How many emitters a bus has open at the most. */
    int MOST = 10_000;

    /** How many topics an emitter tells apart. */
    int MOST_TOPICS = 1_000;

    /** Returns who says so. */
    String source();

    /** Returns what the topics of its events begin with. */
    String domain();

    /**
     * Publishes a new event of topic {@code domain.action}; see {@link EventBus#publish(Event)}.
     *
     * @param action one or more segments of a topic
     * @throws dev.jitney.event.InvalidTopicException if that makes no topic
     * @throws IllegalStateException if this emitter is closed
     */
    Publication publish(String action, @Nullable Object payload);

    /**
     * Publishes an event, for those that have more than a topic and a payload; see {@link
     * EventBus#publish(Event)}.
     *
     * @param event without a source, or with this one
     * @throws IllegalArgumentException if its topic is of another domain, or its source another one
     * @throws IllegalStateException if this emitter is closed
     */
    Publication publish(Event event);

    /**
     * Returns how many events were published by topic, in order of topic. What was refused does not
     * count.
     */
    Map<String, Long> published();

    /** Takes it out of the bus's list; it publishes no more. Safe to call twice. */
    @Override
    void close();
}
