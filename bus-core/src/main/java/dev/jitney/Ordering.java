// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

/** In which order a bus runs its events (ORD-1 to ORD-3). */
public enum Ordering {
    /** One event at a time, first in, first out over the whole bus. */
    SERIAL,
    /**
     * Events of one key stay in order, different keys run beside each other on the bus's lanes.
     * Events without a key are dealt out to the lanes in turn.
     */
    KEYED,
    /** Events overlap, up to the bus's parallelism; no order is promised. */
    PARALLEL
}
