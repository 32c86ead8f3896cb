// SPDX-License-Identifier: Apache-2.0
package dev.jitney.handler.webhook;

import dev.jitney.event.Event;
import dev.jitney.spi.EventHandler;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.HandlerContract;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class WebhookContractTest extends HandlerContract {

    private Endpoint endpoint;

    @BeforeEach
    void listen() throws IOException {
        endpoint = Endpoint.answering(200);
    }

    @AfterEach
    void stop() {
        endpoint.close();
    }

    @Override
    protected EventHandler open(PluginContext context) {
        Map<String, String> config = Map.of("url", endpoint.url());
        return new WebhookProvider().create(PluginConfig.of("handler 'webhook'", config, context));
    }

    @Override
    protected List<Event> samples() {
        return List.of(
                Event.builder("order.placed").source("shop").payload(1).build(),
                Event.builder("order.lost").id("ü 1").source("shop").build());
    }
}
