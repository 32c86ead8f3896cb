// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.Outcome;

/**
 * What a publish does when too many events are pending (BPR-1). Nothing is ever lost in silence.
 */
public enum Overflow {
    /** The publisher waits for room: {@code publish} blocks, the asynchronous forms suspend. */
    SUSPEND,
    /** The event that has waited longest ends as {@link Outcome#DROPPED}; the new one is taken. */
    DROP_OLDEST,
    /** The new event ends as {@link Outcome#DROPPED}. */
    DROP_LATEST,
    /** The publish fails with {@link BackpressureException}. */
    FAIL
}
