// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.util.List;

/** Work on whole segments that is done under the append lock: purge and retention. */
interface LockedLog {

    /**
     * Gets the append lock, brings the tail up to date, repairs a torn one, and runs the action.
     *
     * @throws dev.jitney.spi.StoreUnavailableException if the lock is not had in time
     */
    <T> T underLock(Action<T> action) throws IOException;

    /**
     * Closes the tail segment and begins a new one, unless the tail is empty. Only inside an
     * action.
     */
    void roll() throws IOException;

    /** Returns all segments but the tail, oldest first. Only inside an action. */
    List<SegmentName> sealedSegments() throws IOException;

    /** What runs under the lock. */
    interface Action<T> {
        T run() throws IOException;
    }
}
