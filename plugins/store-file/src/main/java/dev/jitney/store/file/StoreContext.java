// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.spi.EventFormat;
import dev.jitney.spi.StoreClosedException;
import java.time.InstantSource;

/** What all parts of one store share. */
record StoreContext(
        Disk disk,
        BusDirectory directory,
        StoreConfig config,
        EventFormat format,
        InstantSource clock) {

    /** What those get who use the store after its end. */
    StoreClosedException closed() {
        return closed(config.directory().toString());
    }

    static StoreClosedException closed(String bus) {
        return new StoreClosedException("The store '" + bus + "' is closed.");
    }
}
