// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Level;
import java.util.Set;

/**
 * What a store can do (STO-10).
 *
 * @param levels the acknowledgement levels that it reaches
 * @param durable whether events outlive the store's closing
 * @param ordered whether all readers see one order
 * @param purgeable whether {@link EventStore#purge} works
 * @param cursors whether {@link EventStore#cursors} works
 * @param backward whether it can be read backward
 * @param multiProcess whether several processes may open it at once
 * @param verifiable whether {@link EventStore#verify} can find damage
 * @param claims whether cursors can be claimed, which durable subscriptions need (DSU-3)
 */
public record StoreCapabilities(
        Set<Level> levels,
        boolean durable,
        boolean ordered,
        boolean purgeable,
        boolean cursors,
        boolean backward,
        boolean multiProcess,
        boolean verifiable,
        boolean claims) {

    public StoreCapabilities {
        levels = Set.copyOf(levels);
    }

    /** Of a store whose cursors cannot be claimed. */
    public StoreCapabilities(
            Set<Level> levels,
            boolean durable,
            boolean ordered,
            boolean purgeable,
            boolean cursors,
            boolean backward,
            boolean multiProcess,
            boolean verifiable) {
        this(
                levels,
                durable,
                ordered,
                purgeable,
                cursors,
                backward,
                multiProcess,
                verifiable,
                false);
    }
}
