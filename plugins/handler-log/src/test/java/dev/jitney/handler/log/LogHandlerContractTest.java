// SPDX-License-Identifier: Apache-2.0
package dev.jitney.handler.log;

import dev.jitney.event.Event;
import dev.jitney.spi.EventHandler;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.HandlerContract;
import java.util.List;
import java.util.Map;

class LogHandlerContractTest extends HandlerContract {

    @Override
    protected EventHandler open(PluginContext context) {
        Map<String, String> config = Map.of("logger", "contract", "level", "trace");
        return new LogHandlerProvider().create(PluginConfig.of("handler 'log'", config, context));
    }

    @Override
    protected List<Event> samples() {
        return List.of(
                Event.builder("order.placed").source("shop").payload(1).build(),
                Event.builder("order.lost").source("shop").build());
    }
}
