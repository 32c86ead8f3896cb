// SPDX-License-Identifier: Apache-2.0
package dev.jitney.validator.jsonschema;

import dev.jitney.event.Event;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.EventValidatorContract;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class JsonSchemaValidatorContractTest extends EventValidatorContract {

    @TempDir Path directory;

    @BeforeEach
    void writeSchemas() {
        new Schemas(directory)
                .with("order.placed.json", "{`required`: [`id`], `properties`: {`a/b~`: false}}")
                // The topics of the contract's odd events: each payload is looked at.
                .with("shape.*.json", "{`type`: [`object`, `string`, `null`]}");
    }

    private EventValidator open(String mode, PluginContext context) {
        Map<String, String> config = Map.of("directory", directory.toString(), "mode", mode);
        return new JsonSchemaValidatorProvider()
                .create(PluginConfig.of("validator 'jsonschema'", config, context));
    }

    @Override
    protected EventValidator open(PluginContext context) {
        return open("strict", context);
    }

    @Override
    protected EventValidator openToWarn(PluginContext context) {
        return open("warn", context);
    }

    @Override
    protected List<Event> accepted() {
        return List.of(Event.of("order.placed", Map.of("id", 1)), Event.of("no.schema", 1));
    }

    @Override
    protected List<Event> refused() {
        return List.of(
                Event.of("order.placed", Map.of()),
                Event.of("order.placed", Map.of("a/b~", 1)),
                Event.of("order.placed", new Object()));
    }
}
