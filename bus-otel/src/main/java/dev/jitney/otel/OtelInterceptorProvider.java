// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import dev.jitney.otel.BusTelemetry.Linking;
import dev.jitney.otel.BusTelemetry.Mode;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.InterceptorProvider;
import dev.jitney.spi.PluginConfig;
import io.opentelemetry.api.GlobalOpenTelemetry;

/**
 * Makes interceptors of the name {@code otel}, which make spans with the global OpenTelemetry as it
 * is when the bus is built. The options are listed in the README of this module.
 */
public final class OtelInterceptorProvider implements InterceptorProvider {

    /** Called by the service loader. */
    public OtelInterceptorProvider() {}

    @Override
    public String name() {
        return TracingInterceptor.NAME;
    }

    /** Whether there are spans is a decision, which a jar on the class path does not take. */
    @Override
    public boolean automatic() {
        return false;
    }

    @Override
    public Interceptor create(PluginConfig config) {
        Mode mode = config.choice("mode", Mode.MESSAGING);
        Linking linking = config.choice("linking", Linking.LINK);
        config.check();
        return BusTelemetry.builder(GlobalOpenTelemetry.getOrNoop())
                .mode(mode)
                .linking(linking)
                .build()
                .interceptor();
    }
}
