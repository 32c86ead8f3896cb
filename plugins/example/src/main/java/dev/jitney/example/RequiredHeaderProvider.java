// SPDX-License-Identifier: Apache-2.0
package dev.jitney.example;

import dev.jitney.event.Event;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.EventValidatorProvider;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.ValidationException.Problem;
import java.util.List;

/** Makes validators that refuse events without a header. */
public final class RequiredHeaderProvider implements EventValidatorProvider {

    @Override
    public String name() {
        return "required-header";
    }

    @Override
    public boolean automatic() { // does nothing without being configured
        return false;
    }

    @Override
    public EventValidator create(PluginConfig config) {
        String header = config.required("header");
        config.check();
        return new RequiredHeader(header);
    }

    private record RequiredHeader(String header) implements EventValidator {

        @Override
        public String name() {
            return "required-header";
        }

        @Override
        public List<Problem> validate(Event event) {
            return event.header(header) != null || event.topic().startsWith("tally.")
                    ? List.of()
                    : List.of(Problem.of("header '" + header + "' is missing"));
        }
    }
}
