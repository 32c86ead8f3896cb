// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a purge removed, or would remove.
 *
 * @param events how many events
 * @param bytes how many bytes of the log
 * @param kept how many selected events were kept because a cursor needs them or as the newest
 * @param byTopic the events removed for each topic
 * @param dryRun whether nothing was in fact removed
 */
public record PurgeReport(
        long events, long bytes, long kept, SortedMap<String, Long> byTopic, boolean dryRun) {

    public PurgeReport {
        byTopic = Collections.unmodifiableSortedMap(new TreeMap<>(byTopic));
    }
}
