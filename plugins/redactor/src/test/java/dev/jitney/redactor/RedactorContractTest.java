// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

import dev.jitney.spi.Masker;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.MaskerContract;
import java.util.Map;

class RedactorContractTest extends MaskerContract {

    @Override
    protected Masker open(PluginContext context) {
        return new RedactorProvider()
                .create(PluginConfig.of("masker 'redactor'", Map.of(), context));
    }

    @Override
    protected Map<String, String> secrets() {
        return Map.of(
                "password", "hunter2",
                "accessToken", "abc.def",
                "X-API-Key", "0123456789",
                "email", "jane@example.com",
                "user_password", "geheim");
    }
}
