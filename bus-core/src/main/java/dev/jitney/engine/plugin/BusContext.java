// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.event.Event;
import dev.jitney.spi.AlertStore;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.Masker;
import dev.jitney.spi.PayloadCodec;
import dev.jitney.spi.PluginContext;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the plugins of one bus are handed; it is filled as the bus comes up. */
final class BusContext implements PluginContext {

    private final String busName;
    private final InstantSource clock;
    private List<PayloadCodec> codecs = List.of();
    private @Nullable Function<List<PayloadCodec>, EventFormat> maker;
    private volatile @Nullable EventFormat format;
    private volatile Masker masker = Masker.none();
    private volatile @Nullable AlertStore alerts;
    private volatile @Nullable Consumer<Event> publisher;

    BusContext(String busName, InstantSource clock) {
        this.busName = busName;
        this.clock = clock;
    }

    /** Sets what makes the wire form of these codecs, when somebody first asks for it. */
    synchronized void format(
            Function<List<PayloadCodec>, EventFormat> maker, List<PayloadCodec> codecs) {
        this.codecs = codecs;
        this.maker = maker;
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
        return ready != null ? ready : madeFormat();
    }

    private synchronized EventFormat madeFormat() {
        EventFormat ready = format;
        if (ready != null) {
            return ready;
        }
        if (maker == null) {
            throw new IllegalStateException(
                    "There is no wire form of events yet: it is made of the payload codecs. Ask for"
                            + " it when the codec is used.");
        }
        EventFormat made = maker.apply(codecs);
        format = made;
        return made;
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
