// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Event;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What the bus hands to every plugin.
 *
 * <p><b>Threads.</b> Safe for concurrent use. A plugin may keep it until it is closed.
 */
public interface PluginContext {

    /** Returns the wire form of events. */
    EventFormat eventFormat();

    /** Returns the only source of time; where it is a {@link TimeSource}, of timers too. */
    InstantSource clock();

    /** Returns the name of the bus, which is {@code bus} for tools that run none. */
    default String busName() {
        return "bus";
    }

    /** Returns what to mask texts with before they are shown (RED-1). */
    default Masker masker() {
        return Masker.none();
    }

    /** Returns where alerts are kept, or null if the bus has no alert store (ALR-1). */
    default @Nullable AlertStore alerts() {
        return null;
    }

    /**
     * Publishes an event on the plugin's bus, as {@code EventBus.publish} does, and does not wait
     * for its handlers.
     *
     * @throws IllegalStateException if the bus has not started, is closed, or there is none
     * @throws ValidationException if the event is refused
     */
    default void publish(Event event) {
        throw new IllegalStateException(
                "Event '" + event.topic() + "' cannot be published: this tool runs no bus.");
    }
}
