// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.spi.PurgeReport;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What a purge removes, added up. Belongs to one thread. */
final class PurgeCounts {

    private final Map<String, Long> byTopic = new HashMap<>();
    private long selected;
    private long events;
    private long bytes;
    private long kept;

    /** Returns how many events selected were met so far, whether they go or not. */
    long selected() {
        return selected;
    }

    long events() {
        return events;
    }

    void remove(String topic, long count, long lineBytes) {
        selected += count;
        events += count;
        bytes += lineBytes;
        byTopic.merge(topic, count, Long::sum);
    }

    void removeBytes(long lineBytes) {
        bytes += lineBytes;
    }

    /** Takes back what was kept: so many events go in all, with so many bytes, readable or not. */
    void settle(long allEvents, long allBytes) {
        events = allEvents;
        selected = allEvents;
        bytes = allBytes;
        kept = 0;
    }

    void add(PurgeCounts other) {
        selected += other.selected;
        events += other.events;
        bytes += other.bytes;
        kept += other.kept;
        other.byTopic.forEach((topic, count) -> byTopic.merge(topic, count, Long::sum));
    }

    void keep(long count) {
        selected += count;
        kept += count;
    }

    PurgeReport report(boolean dryRun) {
        return new PurgeReport(events, bytes, kept, new TreeMap<>(byTopic), dryRun);
    }
}
