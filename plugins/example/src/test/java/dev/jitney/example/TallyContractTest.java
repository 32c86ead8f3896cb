// SPDX-License-Identifier: Apache-2.0
package dev.jitney.example;

import dev.jitney.event.Event;
import dev.jitney.spi.EventHandler;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.HandlerContract;
import java.util.List;
import java.util.Map;

class TallyContractTest extends HandlerContract {

    @Override
    protected EventHandler open(PluginContext context) {
        return new TallyProvider().create(PluginConfig.of("handler 'tally'", Map.of(), context));
    }

    @Override
    protected List<Event> samples() {
        return List.of(Event.builder("order.placed").source("shop").payload(1).build());
    }
}
