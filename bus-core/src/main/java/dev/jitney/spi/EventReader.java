// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.StoredEvent;
import org.jspecify.annotations.Nullable;

/** Reads what was stored when it was opened. Belongs to one thread at a time. */
public interface EventReader extends AutoCloseable {

    /**
     * Returns the next event selected, or null at the end or at the limit. Reads from the disk on
     * the calling thread. Damaged lines are reported and passed over.
     *
     * @throws StoreClosedException if its store was closed before it came to its end
     * @throws StoreException if the store cannot be read
     */
    @Nullable StoredEvent next();

    /**
     * Reads on to the end or the limit and returns how many events were selected, without decoding
     * them. Throws as {@link #next}.
     */
    long count();

    /** Returns how many stored events were looked at so far, selected or not. */
    long scanned();

    /** Releases its resources. Closing again has no effect. */
    @Override
    void close();
}
