// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.spi.PluginConfig;
import java.time.Duration;
import java.util.Map;

/**
 * How a memory store is set up.
 *
 * @param name what it is called in messages; two stores of one name share nothing
 * @param retainEvents how many of the newest events are kept; {@link Long#MAX_VALUE} for all
 * @param ignoreCursors whether retention removes events that a cursor has not passed yet
 * @param cursorIdle how long a cursor that is not saved holds retention and purge back
 * @param maxEvent the most bytes that an event may have in the wire form
 */
record MemoryOptions(
        String name, long retainEvents, boolean ignoreCursors, Duration cursorIdle, long maxEvent) {

    private static final int MIB = 1 << 20;

    static MemoryOptions read(PluginConfig config) {
        MemoryOptions options =
                new MemoryOptions(
                        config.string("location", ""),
                        config.number("retain-events", Long.MAX_VALUE, 1, Long.MAX_VALUE),
                        config.bool("ignore-cursors", false),
                        config.duration(
                                "cursor-idle",
                                Duration.ofDays(30),
                                Duration.ofSeconds(1),
                                PluginConfig.LONGEST),
                        config.bytes("max-event", 8 * MIB, 1024, 1024 * MIB));
        config.check();
        return options;
    }

    /** Returns what is set otherwise than by default, for display. */
    Map<String, String> details() {
        return retainEvents == Long.MAX_VALUE
                ? Map.of()
                : Map.of("retain-events", Long.toString(retainEvents));
    }

    /** Returns the location for messages: {@code memory:} or {@code memory:name}. */
    String location() {
        return "memory:" + name;
    }
}
