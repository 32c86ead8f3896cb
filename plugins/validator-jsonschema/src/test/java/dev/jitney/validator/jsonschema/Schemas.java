// SPDX-License-Identifier: Apache-2.0
package dev.jitney.validator.jsonschema;

import dev.jitney.event.Event;
import dev.jitney.spi.ConfigException;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.ValidationException.Problem;
import dev.jitney.tck.TckContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A directory of schemas, and validators that read it. */
final class Schemas {

    private final Path directory;
    private final Map<String, String> config = new HashMap<>();

    Schemas(Path directory) {
        this.directory = directory;
        config.put("directory", directory.toString());
    }

    /** Writes a file; its folder is made where it is missing. Quotes are written as ticks. */
    Schemas with(String file, String schema) {
        try {
            Path path = directory.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, schema.replace('`', '"'));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Schemas set(String key, String value) {
        config.put(key, value);
        return this;
    }

    EventValidator open() {
        return new JsonSchemaValidatorProvider()
                .create(PluginConfig.of("validator 'jsonschema'", config, new TckContext()));
    }

    /** What the validator says of an event with this payload. */
    List<String> problems(String topic, Object payload) {
        return open().validate(Event.of(topic, payload)).stream().map(Problem::toString).toList();
    }

    /** What is wrong with the configuration and the schemas. */
    List<String> faults() {
        try {
            open().close();
            return List.of();
        } catch (ConfigException e) {
            return e.problems();
        }
    }

    void clear() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }
}
