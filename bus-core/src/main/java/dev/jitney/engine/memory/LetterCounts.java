// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeadLetter.Reason;
import dev.jitney.spi.DeadLetterSink;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts dead letters in several ways. */
final class LetterCounts {

    private final Map<Reason, Long> byReason = new EnumMap<>(Reason.class);
    private final Map<String, Long> byTopic = new HashMap<>();
    private final Map<String, Long> byHandler = new HashMap<>();
    private long size;
    private @Nullable Instant oldest;
    private @Nullable Instant newest;

    void add(DeadLetter letter) {
        size++;
        byReason.merge(letter.reason(), 1L, Long::sum);
        byTopic.merge(letter.event().topic(), 1L, Long::sum);
        byHandler.merge(letter.handler(), 1L, Long::sum);
        if (oldest == null || letter.firstTime().isBefore(oldest)) {
            oldest = letter.firstTime();
        }
        if (newest == null || letter.lastTime().isAfter(newest)) {
            newest = letter.lastTime();
        }
    }

    DeadLetterSink.Stats stats(long bound, long evicted) {
        return new DeadLetterSink.Stats(
                size, bound, evicted, byReason, byTopic, byHandler, oldest, newest);
    }
}
