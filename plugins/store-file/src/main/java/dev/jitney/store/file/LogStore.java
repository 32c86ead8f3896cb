// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.spi.LineBuffer;
import java.io.IOException;

/** What the committer asks of the log. */
interface LogStore {

    /** Gets the append lock, writes a batch, gives the lock back; returns its first offset. */
    long write(LineBuffer lines, int crc, int events) throws IOException;

    /** Forces all that is written; returns the offset below which every event is on disk. */
    long force() throws IOException;

    /** Returns the offset below which every event is known to be on disk. */
    long durable();

    /**
     * Says whether another process has, or may have, the append lock, for which a write would wait.
     */
    default boolean isHeldElsewhere() {
        return false;
    }

    /** Does what is due after a roll, such as retention. No lock is held. */
    void afterWrite();

    /** The bus directory, as messages name it. */
    String name();
}
