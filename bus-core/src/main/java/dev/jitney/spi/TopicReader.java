// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import org.jspecify.annotations.Nullable;

/** Reads the topics of a store in order of name. Belongs to one thread at a time. */
public interface TopicReader extends AutoCloseable {

    /**
     * Returns the next topic, or null at the end.
     *
     * @throws StoreException if the store cannot be read, or was closed
     */
    @Nullable TopicStats next();

    @Override
    void close();
}
