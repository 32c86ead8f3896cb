// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import dev.jitney.event.Event;
import dev.jitney.spi.EventHandler;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.HandlerContract;
import java.util.List;
import java.util.Map;

/** The tracker keeps every rule of handlers. */
class StateTrackerContractTest extends HandlerContract {

    @Override
    protected EventHandler open(PluginContext context) {
        Map<String, String> config = Map.of("machines", "service,step");
        return new StateTrackerProvider()
                .create(PluginConfig.of("handler 'state-tracker'", config, context));
    }

    @Override
    protected List<Event> samples() {
        return List.of(
                Event.builder("service.created").source("runner").key("db").build(),
                Event.builder("step.skipped").source("runner").subject("wait").build());
    }
}
