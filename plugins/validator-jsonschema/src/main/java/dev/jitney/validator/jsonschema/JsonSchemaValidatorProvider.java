// SPDX-License-Identifier: Apache-2.0
package dev.jitney.validator.jsonschema;

import dev.jitney.spi.EventValidator;
import dev.jitney.spi.EventValidatorProvider;
import dev.jitney.spi.PluginConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Makes validators of the name {@code jsonschema} (VAL-2). The options are listed in the README of
 * this module.
 *
 * <p>It takes part only where it is asked for, since it needs a directory of schemas.
 */
public final class JsonSchemaValidatorProvider implements EventValidatorProvider {

    static final String NAME = "jsonschema";

    /** What a payload that does not fit leads to. */
    private enum Mode {
        STRICT,
        WARN
    }

    /** Called by the service loader. */
    public JsonSchemaValidatorProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean automatic() {
        return false;
    }

    @Override
    public EventValidator create(PluginConfig config) {
        Path directory = directory(config);
        Mode mode = config.choice("mode", Mode.STRICT);
        boolean formats = config.bool("formats", true);
        boolean requireSchema = config.bool("require-schema", false);
        // Before the check, so that a wrong schema is reported beside a wrong key.
        TopicSchemas schemas =
                directory == null
                        ? TopicSchemas.NONE
                        : SchemaDirectory.read(directory, formats, config::problem);
        config.check();
        return new JsonSchemaValidator(
                schemas, config.context().eventFormat(), requireSchema, mode == Mode.WARN);
    }

    private static @Nullable Path directory(PluginConfig config) {
        return config.required("directory").isEmpty() ? null : config.path("directory");
    }
}
