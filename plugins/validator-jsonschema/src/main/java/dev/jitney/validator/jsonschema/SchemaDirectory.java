// SPDX-License-Identifier: Apache-2.0
package dev.jitney.validator.jsonschema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import dev.jitney.event.InvalidTopicException;
import dev.jitney.event.TopicPattern;
import dev.jitney.validator.jsonschema.TopicSchemas.NamedSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a directory of schemas, whole and once. A file in the directory itself is named after the
 * topics that it is for; one in a folder below it is there to be referred to.
 *
 * <p>Nothing else is ever read: no schema is fetched over a network, and a reference to one that is
 * not in the directory is a problem.
 */
final class SchemaDirectory {

    private static final String DRAFT = "https://json-schema.org/draft/2020-12/schema";
    private static final String EXTENSION = ".json";

    // What relative references are resolved against. No text of ours shows it.
    private static final String BASE = "https://schemas.invalid/";

    // The library has all that is below it on board.
    private static final String RULES = "https://json-schema.org/draft/2020-12/";

    private final Path directory;
    private final Consumer<String> problems;

    // By the path below the directory, in order.
    private final Map<String, JsonNode> files = new TreeMap<>();

    // What was last referred to and is not there.
    private @Nullable String missing;

    private SchemaDirectory(Path directory, Consumer<String> problems) {
        this.directory = directory;
        this.problems = problems;
    }

    /**
     * Returns the schemas of the directory, compiled.
     *
     * @param formats whether {@code format} is checked, or is there for people only
     * @param problems told of each problem in a clause; if there was one, the result is of no use
     */
    static TopicSchemas read(Path directory, boolean formats, Consumer<String> problems) {
        SchemaDirectory reading = new SchemaDirectory(directory, problems);
        if (!Files.isDirectory(directory)) {
            String fault = Files.exists(directory) ? "is not a directory" : "does not exist";
            problems.accept("'directory' is '%s', which %s".formatted(directory, fault));
            return TopicSchemas.NONE;
        }
        if (!reading.readFiles()) {
            return TopicSchemas.NONE;
        }
        return new TopicSchemas(reading.compile(reading.registry(formats)));
    }

    private boolean readFiles() {
        boolean found = false;
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path path : (Iterable<Path>) walk::iterator) {
                String name = directory.relativize(path).toString().replace('\\', '/');
                // Hidden ones are other programs' business, as the ..data of a mounted volume.
                if (name.endsWith(EXTENSION) && !isHidden(name) && Files.isRegularFile(path)) {
                    found = true;
                    readFile(name, path);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            problems.accept(
                    "'directory' is '%s', which cannot be read: %s".formatted(directory, e));
            return false;
        }
        if (!found) {
            problems.accept(
                    "'directory' is '%s', which holds no schema, expected files such as"
                                    .formatted(directory)
                            + " order.placed.json");
        }
        return found;
    }

    private static boolean isHidden(String name) {
        return name.startsWith(".") || name.contains("/.");
    }

    private void readFile(String name, Path path) throws IOException {
        try {
            JsonNode schema = Json.MAPPER.readTree(Files.readAllBytes(path));
            if (schema.isObject() || schema.isBoolean()) {
                files.put(name, schema);
            } else {
                problem(name, "is not a schema, expected an object, true or false");
            }
        } catch (JsonProcessingException e) {
            problem(name, "is not JSON: " + Json.clause(e));
        }
    }

    private SchemaRegistry registry(boolean formats) {
        Map<String, String> texts = new HashMap<>();
        files.forEach(
                (name, schema) -> {
                    texts.put(BASE + name, schema.toString());
                    if (schema.path("$id").isTextual()) {
                        texts.put(schema.path("$id").textValue(), schema.toString());
                    }
                });
        SchemaRegistryConfig config =
                SchemaRegistryConfig.builder()
                        .formatAssertionsEnabled(formats)
                        // Messages of one language, whatever machine they come from.
                        .locale(Locale.ENGLISH)
                        .build();
        return SchemaRegistry.withDefaultDialect(
                Dialect.builder(Dialects.getDraft202012()).keyword(new MultipleOf()).build(),
                registry ->
                        registry.schemas(texts)
                                .schemaLoader(
                                        loader -> loader.allow(iri -> has(texts, iri.toString())))
                                .schemaRegistryConfig(config));
    }

    private boolean has(Map<String, String> texts, String iri) {
        if (texts.containsKey(iri) || iri.startsWith(RULES)) {
            return true;
        }
        missing = iri.replace(BASE, "");
        return false;
    }

    private List<NamedSchema> compile(SchemaRegistry registry) {
        Schema rules = registry.getSchema(SchemaLocation.of(DRAFT));
        List<NamedSchema> compiled = new ArrayList<>();
        Map<TopicPattern, String> taken = new HashMap<>();
        files.forEach(
                (name, content) -> {
                    boolean valid = isValid(name, content, rules);
                    TopicPattern pattern = name.contains("/") ? null : pattern(name);
                    if (pattern == null) {
                        return;
                    }
                    String other = taken.putIfAbsent(pattern, name);
                    if (other != null) {
                        problem(name, "is for the same topics as '" + other + "', remove one");
                    } else if (valid) {
                        Schema schema = compile(registry, name);
                        if (schema != null) {
                            compiled.add(new NamedSchema(name, pattern, schema));
                        }
                    }
                });
        return compiled;
    }

    private boolean isValid(String name, JsonNode content, Schema rules) {
        JsonNode draft = content.path("$schema");
        if (!draft.isMissingNode() && !draft.asText().equals(DRAFT)) {
            problem(
                    name,
                    "is written for '%s', expected %s or no $schema"
                            .formatted(draft.asText(), DRAFT));
            return false;
        }
        List<Error> errors = rules.validate(content);
        for (Error error : errors) {
            problem(
                    name,
                    "is not a schema, at '%s': %s"
                            .formatted(error.getInstanceLocation(), Json.clause(error)));
        }
        return errors.isEmpty();
    }

    private @Nullable TopicPattern pattern(String name) {
        String text = name.substring(0, name.length() - EXTENSION.length());
        try {
            return TopicPattern.parse(text.replace('+', '*'));
        } catch (InvalidTopicException e) {
            problem(name, "is not named after a topic pattern. " + Json.clause(e));
            return null;
        }
    }

    /** Also resolves all references and compiles all regular expressions. */
    private @Nullable Schema compile(SchemaRegistry registry, String name) {
        missing = null;
        try {
            Schema schema = registry.getSchema(SchemaLocation.of(BASE + name));
            schema.initializeValidators();
            // Goes round for ever here, and not at the first event, if it refers to itself alone.
            schema.validate(NullNode.getInstance());
            return schema;
        } catch (RuntimeException e) {
            problem(
                    name,
                    missing == null
                            ? "cannot be used: " + Json.clause(e).replace(BASE, "")
                            : "refers to '" + missing + "', which is not in the directory");
        } catch (StackOverflowError e) {
            problem(name, "cannot be used: it refers to itself for ever, or is nested too deeply");
        }
        return null;
    }

    private void problem(String file, String clause) {
        problems.accept("'" + file + "' " + clause);
    }
}
