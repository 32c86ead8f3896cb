// SPDX-License-Identifier: Apache-2.0
package dev.jitney.metrics.micrometer;

import dev.jitney.spi.MetricsBackend;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.MetricsBackendContract;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import org.junit.jupiter.api.Nested;

class MicrometerMetricsContractTest {

    @Nested
    class WithARegistryOfItsOwn extends MetricsBackendContract {
        @Override
        protected MetricsBackend open(PluginContext context) {
            return new MicrometerMetricsProvider()
                    .create(PluginConfig.of("metrics 'micrometer'", Map.of(), context));
        }
    }

    @Nested
    class WithAnApplicationsRegistry extends MetricsBackendContract {
        @Override
        protected MetricsBackend open(PluginContext context) {
            return MicrometerMetrics.of(new SimpleMeterRegistry(), 0.5);
        }
    }
}
