// SPDX-License-Identifier: Apache-2.0
package dev.jitney.validator.jsonschema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.spi.ConfigException;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.PluginConfig;
import dev.jitney.tck.TckContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaDirectoryTest {

    @TempDir Path directory;

    private Schemas schemas;

    @BeforeEach
    void makeSchemas() {
        schemas = new Schemas(directory);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            textBlock =
                    """
                    a.b.json      | {`a`:\\noops}               | is not JSON: Unrecognized token 'oops': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false') at line 2, column 1
                    a.b.json      | {`a`: 1, `a`: 2}            | is not JSON: Duplicate field 'a' at line 1, column 13
                    a.b.json      | {} {}                       | is not JSON: there is something after its end
                    a.b.json      | [1]                         | is not a schema, expected an object, true or false
                    a.b.json      | ^^                          | is not a schema, expected an object, true or false
                    a.b.json      | {`minimum`: `one`}          | is not a schema, at '/minimum': string found, number expected
                    a.b.json      | {`pattern`: `(`}            | is not a schema, at '/pattern': is not of the format 'regex'
                    a.b.json      | {`$schema`: `http://json-schema.org/draft-07/schema#`} | is written for 'http://json-schema.org/draft-07/schema#', expected https://json-schema.org/draft/2020-12/schema or no $schema
                    a.b.json      | {`$ref`: `#`}               | cannot be used: it refers to itself for ever, or is nested too deeply
                    a.b.json      | {`$ref`: `#/$defs/x`}       | cannot be used: Reference /$defs/x cannot be resolved
                    a.b.json      | {`$ref`: `defs/x.json`}     | refers to 'defs/x.json', which is not in the directory
                    a.b.json      | {`items`: {`$ref`: `../x.json`}} | refers to 'x.json', which is not in the directory
                    a.b.json      | {`$ref`: `https://example.com/x`} | refers to 'https://example.com/x', which is not in the directory
                    a.b.json      | {`$ref`: `file:///etc/passwd`} | refers to 'file:///etc/passwd', which is not in the directory
                    a.b.json      | {`$ref`: `classpath:x.json`} | refers to 'classpath:x.json', which is not in the directory
                    Order Placed.json | {}                      | is not named after a topic pattern. Pattern 'Order Placed' is not valid: ' ' at position 5. Use letters, digits, '_' and '-', in segments joined by dots, for example orders.placed
                    """)
    @DisplayName("VAL-2 names the file that cannot be used, and why")
    void namesTheFile(String file, String schema, String fault) {
        schemas.with(file, schema.replace("\\n", "\n"));
        assertThat(schemas.faults()).containsExactly("'" + file + "' " + fault);
    }

    @Test
    @DisplayName("VAL-2 finds a wrong regular expression also where formats are not checked")
    void findsAWrongRegularExpression() {
        schemas.with("a.b.json", "{`properties`: {`x`: {`pattern`: `(`}}}").set("formats", "false");
        assertThat(schemas.faults())
                .singleElement()
                .asString()
                .startsWith("'a.b.json' cannot be used: ")
                .doesNotEndWith(".");
    }

    @Test
    @DisplayName("VAL-2 says all that is wrong with its configuration and its schemas at once")
    void saysAllProblemsAtOnce() {
        schemas.with("a.b.json", "{`type`: 1}")
                .with("a.+.json", "{`required`: [`x`]}")
                .with("a.*.json", "{}")
                .with("defs/broken.json", "nonsense")
                .set("mode", "lax")
                .set("formats", "yes")
                .set("require-shema", "true");
        assertThatThrownBy(schemas::open)
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Configuration of validator 'jsonschema' has 7 problems: 'mode' is 'lax',"
                                + " expected strict or warn; 'formats' is 'yes', expected true or false;"
                                + " 'defs/broken.json' is not JSON: Unrecognized token 'nonsense': was"
                                + " expecting (JSON String, Number, Array, Object or token 'null',"
                                + " 'true' or 'false') at line 1, column 1; 'a.+.json' is for the same"
                                + " topics as 'a.*.json', remove one; 'a.b.json' is not a schema, at"
                                + " '/type': does not have a value in the enumeration [\"array\","
                                + " \"boolean\", \"integer\", \"null\", \"number\", \"object\","
                                + " \"string\"]; 'a.b.json' is not a schema, at '/type': integer found,"
                                + " array expected; 'require-shema' is not a known key, did you mean"
                                + " 'require-schema'?");
    }

    @Test
    @DisplayName("VAL-2 asks for a directory that is there and holds schemas")
    void asksForADirectory() {
        assertThatThrownBy(() -> open(Map.of()))
                .hasMessage(
                        "Configuration of validator 'jsonschema' has a problem: 'directory' is"
                                + " missing.");
        assertThat(schemas.faults())
                .containsExactly(
                        "'directory' is '"
                                + directory
                                + "', which holds no schema, expected files such as"
                                + " order.placed.json");
        Path none = directory.resolve("none");
        assertThat(new Schemas(none).faults())
                .containsExactly("'directory' is '" + none + "', which does not exist");
        schemas.with("file.json", "{}");
        Path file = directory.resolve("file.json");
        assertThat(new Schemas(file).faults())
                .containsExactly("'directory' is '" + file + "', which is not a directory");
    }

    private static EventValidator open(Map<String, String> config) {
        return new JsonSchemaValidatorProvider()
                .create(PluginConfig.of("validator 'jsonschema'", config, new TckContext()));
    }

    @Test
    @DisplayName("VAL-2 schemas refer to each other: by file, by folder and by $id")
    void schemasReferToEachOther() {
        schemas.with("defs/id.json", "{`$defs`: {`key`: {`type`: `string`}}}")
                .with("defs/more/money.json", "{`$id`: `urn:acme:money`, `type`: `integer`}")
                .with("a.b.json", "{`properties`: {`id`: {`$ref`: `defs/id.json#/$defs/key`}}}")
                .with(
                        "a.c.json",
                        "{`$ref`: `a.b.json`, `properties`: {`p`: {`$ref`: `urn:acme:money`}}}");
        assertThat(schemas.problems("a.c", Map.of("id", 1, "p", "x")))
                .containsExactlyInAnyOrder(
                        "at '/id' integer found, string expected (a.c.json)",
                        "at '/p' string found, integer expected (a.c.json)");
    }

    @Test
    @DisplayName("VAL-2 passes over hidden files, and files that are no schemas by their name")
    void passesOverOtherFiles() {
        schemas.with("a.b.json", "true")
                .with(".hidden.json", "nonsense")
                .with("..data/a.b.json", "nonsense")
                .with("README.md", "nonsense");
        assertThat(schemas.faults()).isEmpty();
    }

    @Test
    @DisplayName("VAL-2 reads the schemas once: later changes of the directory do not matter")
    void readsSchemasOnce() throws IOException {
        schemas.with("a.b.json", "{`$ref`: `defs/x.json`}").with("defs/x.json", "{`type`: `null`}");
        try (EventValidator validator = schemas.open()) {
            Files.delete(directory.resolve("defs/x.json"));
            schemas.clear();
            assertThat(validator.validate(Event.of("a.b", 1))).hasSize(1);
            assertThat(validator.validate(Event.of("a.b", null))).isEmpty();
        }
    }
}
