// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.spi.EventFormat;
import java.time.InstantSource;

/** What all parts of one store share. */
record StoreContext(
        Disk disk,
        BusDirectory directory,
        StoreConfig config,
        EventFormat format,
        InstantSource clock) {}
