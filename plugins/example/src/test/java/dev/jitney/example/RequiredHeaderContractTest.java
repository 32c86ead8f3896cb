// SPDX-License-Identifier: Apache-2.0
package dev.jitney.example;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.spi.ConfigException;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.EventValidatorContract;
import dev.jitney.tck.TckContext;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequiredHeaderContractTest extends EventValidatorContract {

    private static EventValidator create(Map<String, String> config, PluginContext context) {
        PluginConfig read = PluginConfig.of("validator 'required-header'", config, context);
        return new RequiredHeaderProvider().create(read);
    }

    @Override
    protected EventValidator open(PluginContext context) {
        return create(Map.of("header", "tenant"), context);
    }

    @Override
    protected List<Event> accepted() {
        return List.of(
                Event.builder("order.placed").source("shop").header("tenant", "acme").build(),
                Event.builder("tally.reached").source("shop").build());
    }

    @Override
    protected List<Event> refused() {
        return List.of(Event.builder("order.placed").source("shop").build());
    }

    @Test
    void tellsAllProblemsAtOnce() {
        assertThatThrownBy(() -> create(Map.of("heder", "tenant"), new TckContext()))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Configuration of validator 'required-header' has 2 problems: 'header' is"
                                + " missing; 'heder' is not a known key, did you mean 'header'?");
    }
}
