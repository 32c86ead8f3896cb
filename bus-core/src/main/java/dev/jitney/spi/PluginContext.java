// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import java.time.InstantSource;

/**
 * What the bus hands to every plugin.
 *
 * <p><b>Threads.</b> Safe for concurrent use. A plugin may keep it until it is closed.
 */
public interface PluginContext {

    /** Returns the wire form of events. */
    EventFormat eventFormat();

    /** Returns the only source of time. */
    InstantSource clock();
}
