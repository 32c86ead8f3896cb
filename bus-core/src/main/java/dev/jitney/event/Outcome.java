// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

/** How a publication ended (PUB-2). */
public enum Outcome {
    /** Every handler has returned. */
    HANDLED,
    /** At least one handler has failed, or was cancelled; the publication says which. */
    HANDLED_WITH_FAILURES,
    /** No subscription wanted the event (PUB-5). */
    NO_HANDLER,
    /** An event of this source and id was accepted before; it runs once (PUB-4). */
    DUPLICATE,
    /** It was taken for noise (DUP-2). */
    SUPPRESSED,
    /** There was no room for it (BPR-1). */
    DROPPED,
    /** It was refused after {@code publish} had returned, as by a store that failed (PUB-3). */
    REJECTED,
    /** Its time limit passed (TMO-3). */
    TIMED_OUT,
    /** The bus was closed before it was handled (LIF-2). */
    CANCELLED;

    /** Says whether every handler that wanted the event has handled it. */
    public boolean ok() {
        return this == HANDLED || this == NO_HANDLER;
    }
}
