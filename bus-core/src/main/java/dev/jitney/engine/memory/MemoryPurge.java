// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.event.Selection;
import dev.jitney.spi.PurgeOptions;
import dev.jitney.spi.PurgeReport;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** Decides what a purge removes and counts it. */
final class MemoryPurge {

    private final Set<Long> removed = new HashSet<>();
    private final TreeMap<String, Long> byTopic = new TreeMap<>();
    private long bytes;
    private long kept;

    /**
     * @param needed the first offset that a cursor still needs
     */
    MemoryPurge(
            List<MemoryLog.Entry> entries, Selection selection, PurgeOptions options, long needed) {
        List<MemoryLog.Entry> selected = new ArrayList<>();
        for (MemoryLog.Entry entry : entries) {
            if (selection.matches(entry.stored().event())) {
                selected.add(entry);
            }
        }
        long oldest = Math.max(0, selected.size() - options.keepNewest());
        for (int i = 0; i < selected.size(); i++) {
            boolean wanted = !options.ignoreCursors() && selected.get(i).offset() >= needed;
            if (wanted || i >= oldest) {
                kept++;
            } else {
                remove(selected.get(i));
            }
        }
    }

    boolean removes(MemoryLog.Entry entry) {
        return removed.contains(entry.offset());
    }

    PurgeReport report(boolean dryRun) {
        return new PurgeReport(removed.size(), bytes, kept, byTopic, dryRun);
    }

    private void remove(MemoryLog.Entry entry) {
        removed.add(entry.offset());
        bytes += entry.bytes();
        byTopic.merge(entry.stored().event().topic(), 1L, Long::sum);
    }
}
