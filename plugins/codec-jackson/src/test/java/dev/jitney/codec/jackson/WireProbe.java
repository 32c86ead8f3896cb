// SPDX-License-Identifier: Apache-2.0
package dev.jitney.codec.jackson;

import dev.jitney.event.Event;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.EventValidatorProvider;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.ValidationException.Problem;
import java.util.List;
import java.util.Objects;

/**
 * Refuses every event and says what it is on the wire of its bus: only plugins are handed that, and
 * the store in memory keeps objects.
 */
public final class WireProbe implements EventValidatorProvider {

    @Override
    public String name() {
        return "wire-probe";
    }

    @Override
    public boolean automatic() {
        return false;
    }

    @Override
    public EventValidator create(PluginConfig config) {
        config.check();
        return new Probe(config.context().eventFormat());
    }

    private record Probe(EventFormat format) implements EventValidator {
        @Override
        public String name() {
            return "wire-probe";
        }

        @Override
        public List<Problem> validate(Event event) {
            Object payload = Objects.requireNonNull(event.payload());
            Event read = format.decode(format.encode(event));
            boolean same = payload.equals(read.payload(payload.getClass()));
            return List.of(Problem.of(read.payload() + (same ? "" : " reads as another object")));
        }
    }
}
