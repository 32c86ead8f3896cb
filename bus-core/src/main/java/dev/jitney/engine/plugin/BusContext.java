// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.event.Event;
import dev.jitney.spi.AlertStore;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.Masker;
import dev.jitney.spi.PluginContext;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the plugins of one bus are handed; it is filled as the bus comes up. */
final class BusContext implements PluginContext {

    private final String busName;
    private final InstantSource clock;
    private volatile @Nullable EventFormat format;
    private volatile Masker masker = Masker.none();
    private volatile @Nullable AlertStore alerts;
    private volatile @Nullable Consumer<Event> publisher;

    BusContext(String busName, InstantSource clock) {
        this.busName = busName;
        this.clock = clock;
    }

    void format(EventFormat ready) {
        format = ready;
    }

    void masker(Masker ready) {
        masker = ready;
    }

    void alerts(@Nullable AlertStore ready) {
        alerts = ready;
    }

    void publisher(@Nullable Consumer<Event> ready) {
        publisher = ready;
    }

    @Override
    public EventFormat eventFormat() {
        EventFormat ready = format;
        if (ready == null) {
            throw new IllegalStateException(
                    "There is no wire form of events yet: it is made of the payload codecs. Ask for"
                            + " it when the codec is used.");
        }
        return ready;
    }

    @Override
    public InstantSource clock() {
        return clock;
    }

    @Override
    public String busName() {
        return busName;
    }

    @Override
    public Masker masker() {
        return masker;
    }

    @Override
    public @Nullable AlertStore alerts() {
        return alerts;
    }

    @Override
    public void publish(Event event) {
        Consumer<Event> ready = publisher;
        if (ready == null) {
            throw new IllegalStateException(
                    "Event '%s' cannot be published: bus '%s' has not started yet, or is closed."
                            .formatted(event.topic(), busName));
        }
        ready.accept(event);
    }
}
