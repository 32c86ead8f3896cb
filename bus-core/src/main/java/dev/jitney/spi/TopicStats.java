// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a store holds of one topic.
 *
 * @param topic its name
 * @param events how many events, 1 or more
 * @param bytes how much they take in the log, line breaks included
 * @param lastTime the greatest event time among them, to the millisecond; null if none carries one
 */
public record TopicStats(String topic, long events, long bytes, @Nullable Instant lastTime) {}
