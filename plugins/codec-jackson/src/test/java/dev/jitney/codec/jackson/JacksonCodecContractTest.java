// SPDX-License-Identifier: Apache-2.0
package dev.jitney.codec.jackson;

import dev.jitney.event.JsonPayload;
import dev.jitney.spi.PayloadCodec;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.PayloadCodecContract;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

class JacksonCodecContractTest extends PayloadCodecContract {

    @Override
    protected PayloadCodec open(PluginContext context) {
        return new JacksonCodecProvider()
                .create(PluginConfig.of("codec 'jackson'", Map.of(), context));
    }

    @Override
    protected List<Object> samples() {
        return List.of(
                Shop.order(),
                Shop.times(),
                new Shop.Empty(),
                new Shop.Envelope(JsonPayload.of("{\"n\":[1.50,null]}")),
                new Shop.Card("7"),
                new Shop.Extensible("x", Map.of("later", new BigDecimal("1.5"))),
                Shop.customer("Ada", "later", List.of(1, "two")));
    }
}
