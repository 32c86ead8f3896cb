// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.naming;

import dev.jitney.event.Event;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.EventValidatorContract;
import java.util.List;
import java.util.Map;

class NamingValidatorContractTest extends EventValidatorContract {

    @Override
    protected EventValidator open(PluginContext context) {
        return open(Map.of(), context);
    }

    @Override
    protected EventValidator openToWarn(PluginContext context) {
        return open(Map.of("mode", "warn"), context);
    }

    private static EventValidator open(Map<String, String> config, PluginContext context) {
        return new NamingValidatorProvider()
                .create(PluginConfig.of("validator 'naming'", config, context));
    }

    @Override
    protected List<Event> accepted() {
        return List.of(Event.of("order.placed", 1), Event.of("system.startup", 1));
    }

    @Override
    protected List<Event> refused() {
        return List.of(Event.of("Order.Placed", 1), Event.of("order", 1));
    }
}
