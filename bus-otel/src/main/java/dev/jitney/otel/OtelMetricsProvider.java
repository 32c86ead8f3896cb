// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import dev.jitney.spi.MetricsBackend;
import dev.jitney.spi.MetricsBackendProvider;
import dev.jitney.spi.PluginConfig;
import io.opentelemetry.api.GlobalOpenTelemetry;

/**
 * Makes metrics backends of the name {@code otel}, which measure with the global OpenTelemetry as
 * it is when the bus is built.
 */
public final class OtelMetricsProvider implements MetricsBackendProvider {

    /** Called by the service loader. */
    public OtelMetricsProvider() {}

    @Override
    public String name() {
        return TracingInterceptor.NAME;
    }

    @Override
    public MetricsBackend create(PluginConfig config) {
        config.check();
        return new OtelMetrics(GlobalOpenTelemetry.getOrNoop());
    }
}
