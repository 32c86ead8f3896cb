// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.event.Event;
import dev.jitney.event.Selection;
import dev.jitney.spi.TopicReader;
import dev.jitney.spi.TopicStats;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The topics of a memory store, counted when it was opened. */
final class MemoryTopics implements TopicReader {

    private final Iterator<TopicStats> topics;

    MemoryTopics(List<MemoryLog.Entry> entries, Selection selection) {
        SortedMap<String, TopicStats> counts = new TreeMap<>();
        for (MemoryLog.Entry entry : entries) {
            String topic = entry.stored().event().topic();
            if (selection.matchesTopic(topic)) {
                counts.merge(topic, statsOf(entry), MemoryTopics::sum);
            }
        }
        topics = counts.values().iterator();
    }

    @Override
    public @Nullable TopicStats next() {
        return topics.hasNext() ? topics.next() : null;
    }

    @Override
    public void close() {
        while (topics.hasNext()) {
            topics.next();
        }
    }

    private static TopicStats statsOf(MemoryLog.Entry entry) {
        Event event = entry.stored().event();
        Instant time = event.hasTime() ? event.time().truncatedTo(ChronoUnit.MILLIS) : null;
        return new TopicStats(event.topic(), 1, entry.bytes(), time);
    }

    private static TopicStats sum(TopicStats a, TopicStats b) {
        Instant last =
                a.lastTime() == null || (b.lastTime() != null && b.lastTime().isAfter(a.lastTime()))
                        ? b.lastTime()
                        : a.lastTime();
        return new TopicStats(a.topic(), a.events() + b.events(), a.bytes() + b.bytes(), last);
    }
}
