// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Offset;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a store is and holds.
 *
 * @param name the name of the bus whose store it is
 * @param id an identity that no other store has
 * @param location where it is, for people
 * @param format the version of its format
 * @param created when it was made, or null if that is not known
 * @param start the offset of the first event still stored
 * @param end the offset that the next event will be given
 * @param durable the offset up to which, exclusive, every event is known to be on disk
 * @param events how many events are stored
 * @param topics how many topics they have
 * @param bytes how much they take
 * @param details more facts by name, for display only
 */
public record StoreInfo(
        String name,
        String id,
        String location,
        int format,
        @Nullable Instant created,
        Offset start,
        Offset end,
        Offset durable,
        long events,
        long topics,
        long bytes,
        Map<String, String> details) {

    public StoreInfo {
        details = Map.copyOf(details);
    }
}
