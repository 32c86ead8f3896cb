// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import dev.jitney.spi.ContextCarrier;
import dev.jitney.spi.ContextCarrierProvider;
import dev.jitney.spi.PluginConfig;
import io.opentelemetry.api.GlobalOpenTelemetry;

/** Makes context carriers of the name {@code otel}, for the contexts of OpenTelemetry. */
public final class OtelContextCarrierProvider implements ContextCarrierProvider {

    /** Called by the service loader. */
    public OtelContextCarrierProvider() {}

    @Override
    public String name() {
        return TracingInterceptor.NAME;
    }

    /** As the spans: where a bus should have them, it is asked for both. */
    @Override
    public boolean automatic() {
        return false;
    }

    @Override
    public ContextCarrier create(PluginConfig config) {
        config.check();
        return new OtelContextCarrier(GlobalOpenTelemetry.getOrNoop());
    }
}
