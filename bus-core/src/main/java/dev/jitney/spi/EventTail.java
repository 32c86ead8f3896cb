// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Offset;
import dev.jitney.event.StoredEvent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Follows a log: every event from its position on, exactly once, in order (STO-4). Events are given
 * as soon as they are at level {@link dev.jitney.event.Level#OS}; an event seen may still be lost
 * with the machine's power.
 */
public interface EventTail extends AutoCloseable {

    /**
     * Returns the next event selected, waiting for one to be appended.
     *
     * @param limit the longest to wait; zero does not wait
     * @return the event, or null if none came in time or the tail or its store was closed
     * @throws InterruptedException if the calling thread is interrupted; no event is lost
     * @throws StoreException if the store cannot be read
     */
    @Nullable StoredEvent next(Duration limit) throws InterruptedException;

    /** Returns the offset from which the next call goes on; passed-over events are behind it. */
    Offset position();

    /**
     * Ends the tail; a thread that waits in {@link #next} returns null. May be called by any
     * thread.
     */
    @Override
    void close();
}
