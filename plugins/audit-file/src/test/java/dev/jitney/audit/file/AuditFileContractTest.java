// SPDX-License-Identifier: Apache-2.0
package dev.jitney.audit.file;

import dev.jitney.spi.Interceptor;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.InterceptorContract;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

class AuditFileContractTest extends InterceptorContract {

    @TempDir private Path scratch;

    @Override
    protected Interceptor open(PluginContext context) {
        Map<String, String> config = Map.of("path", scratch.resolve("audit.jsonl").toString());
        return new AuditFileProvider()
                .create(PluginConfig.of("interceptor 'audit-file'", config, context));
    }
}
