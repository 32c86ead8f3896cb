// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

/** Too many events are pending for one more (BPR-1). */
public final class BackpressureException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final long pending;
    private final long limit;

    /**
     * @param pending how many events were pending
     * @param limit how many may be
     */
    public BackpressureException(String message, long pending, long limit) {
        super(message);
        this.pending = pending;
        this.limit = limit;
    }

    /** Returns how many events were pending. */
    public long pending() {
        return pending;
    }

    /** Returns how many events may be pending. */
    public long limit() {
        return limit;
    }
}
