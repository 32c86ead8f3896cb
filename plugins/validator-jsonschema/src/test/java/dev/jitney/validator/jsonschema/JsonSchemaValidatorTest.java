// SPDX-License-Identifier: Apache-2.0
package dev.jitney.validator.jsonschema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.jitney.event.Event;
import dev.jitney.event.JsonPayload;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.ValidationException.Problem;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSchemaValidatorTest {

    @TempDir Path directory;

    private Schemas schemas;

    record Line(String article, int count) {}

    record Order(String id, List<Line> lines) {}

    private static final String ORDER =
            """
            {
              `$schema`: `https://json-schema.org/draft/2020-12/schema`,
              `type`: `object`,
              `required`: [`id`, `lines`],
              `properties`: {
                `id`: {`type`: `string`, `pattern`: `^o-[0-9]+$`},
                `mail`: {`type`: `string`, `format`: `email`},
                `lines`: {
                  `type`: `array`,
                  `minItems`: 1,
                  `items`: {`properties`: {`count`: {`type`: `integer`, `minimum`: 1}}}
                }
              },
              `additionalProperties`: false
            }
            """;

    @BeforeEach
    void makeSchemas() {
        schemas = new Schemas(directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "`$schema`: `https://json-schema.org/draft/2020-12/schema`, "})
    @DisplayName("VAL-2 multipleOf goes by the number as it is written, however long it is")
    void multiplesAreExact(String draft) {
        schemas.with("a.two.json", "{%s`multipleOf`: 2}".formatted(draft));
        schemas.with("a.three.json", "{%s`multipleOf`: 3}".formatted(draft));
        schemas.with("a.cent.json", "{%s`multipleOf`: 0.01}".formatted(draft));
        String odd = "must be multiple of 2 (a.two.json)";
        assertThat(schemas.problems("a.two", JsonPayload.of("9007199254740993")))
                .singleElement(STRING)
                .contains(odd);
        assertThat(schemas.problems("a.two", JsonPayload.of("1" + "0".repeat(900) + "1")))
                .singleElement(STRING)
                .contains(odd);
        for (String three : List.of("1234567890123456789", "3e100000", "-9", "0", "0e-9", "6.0")) {
            assertThat(schemas.problems("a.three", JsonPayload.of(three))).as(three).isEmpty();
        }
        for (String cent : List.of("1e100000", "-1e99999", "19.99", "0.01", "1e-2", "0.0100")) {
            assertThat(schemas.problems("a.cent", JsonPayload.of(cent))).as(cent).isEmpty();
        }
        for (String less : List.of("1e-100000", "0.005", "19.999", "1e-3")) {
            assertThat(schemas.problems("a.cent", JsonPayload.of(less))).as(less).hasSize(1);
        }
        assertThat(schemas.problems("a.two", "text")).isEmpty();
    }

    @Test
    @DisplayName("VAL-2 multipleOf of an exponent costs no more than that of its digits")
    void multiplesAreFast() {
        BigDecimal cent = new BigDecimal("0.01");
        BigDecimal far = new BigDecimal(BigInteger.ONE, Integer.MIN_VALUE + 2);
        // Its two thousand million digits would not fit into memory.
        assertThat(MultipleOf.holds(far, cent)).isTrue();
        assertThat(MultipleOf.holds(far, new BigDecimal("7"))).isFalse();
    }

    @Test
    @DisplayName("VAL-2 lists every violation with its JSON pointer and the schema's file")
    void listsEveryViolation() {
        schemas.with("order.placed.json", ORDER);
        Map<String, Object> wrong =
                Map.of(
                        "id",
                        "7",
                        "mail",
                        "nobody",
                        "lines",
                        List.of(Map.of("count", 1), Map.of("count", 0), Map.of("count", "two")),
                        "paid/now",
                        true);
        assertThat(schemas.problems("order.placed", wrong))
                .containsExactlyInAnyOrder(
                        "at '/id' does not match the regex pattern ^o-[0-9]+$ (order.placed.json)",
                        "at '/mail' is not of the format 'email' (order.placed.json)",
                        "at '/lines/1/count' must have a minimum value of 1 (order.placed.json)",
                        "at '/lines/2/count' string found, integer expected (order.placed.json)",
                        "at '' property 'paid/now' is not defined in the schema and the schema does"
                                + " not allow additional properties (order.placed.json)");
        assertThat(schemas.problems("order.placed", Map.of()))
                .containsExactly(
                        "at '' required property 'id' not found (order.placed.json)",
                        "at '' required property 'lines' not found (order.placed.json)");
    }

    @Test
    @DisplayName("VAL-2 checks records, maps and JSON alike, as they are on the wire")
    void checksWhatIsOnTheWire() {
        schemas.with("order.placed.json", ORDER);
        Order good = new Order("o-1", List.of(new Line("tea", 2)));
        assertThat(schemas.problems("order.placed", good)).isEmpty();
        Object json = JsonPayload.of("{\"id\":\"o-1\",\"lines\":[{\"count\":2}]}");
        assertThat(schemas.problems("order.placed", json)).isEmpty();
        assertThat(schemas.problems("order.placed", new Order("o-1", List.of())))
                .containsExactly(
                        "at '/lines' must have at least 1 items but found 0 (order.placed.json)");
        assertThat(schemas.problems("order.placed", JsonPayload.of("[]")))
                .containsExactly("at '' array found, object expected (order.placed.json)");
    }

    @Test
    @DisplayName("VAL-2 takes no payload for null, and refuses what cannot be written as JSON")
    void takesNoPayloadForNull() {
        schemas.with("a.b.json", "{`type`: `object`}").with("a.c.json", "{`type`: `null`}");
        EventValidator validator = schemas.open();
        Problem isNull = Problem.at("", "null found, object expected (a.b.json)");
        assertThat(validator.validate(Event.builder("a.b").build())).containsExactly(isNull);
        assertThat(validator.validate(Event.of("a.b", null))).containsExactly(isNull);
        assertThat(validator.validate(Event.builder("a.c").build())).isEmpty();
        assertThat(schemas.problems("a.b", Map.of("x", Double.NaN)))
                .containsExactly(
                        "the payload cannot be written as JSON. 'x' is NaN, which JSON cannot say");
    }

    @Test
    @DisplayName("VAL-2 a topic has to fit its own schema and those of all patterns that match it")
    void fitsAllSchemasOfItsPatterns() {
        schemas.with("order.placed.json", "{`required`: [`a`]}")
                .with("order.+.json", "{`required`: [`b`]}")
                .with("*.json", "{`required`: [`c`]}")
                .with("+.placed.json", "{`required`: [`d`]}");
        assertThat(schemas.problems("order.placed", Map.of()))
                .containsExactly(
                        "at '' required property 'a' not found (order.placed.json)",
                        "at '' required property 'c' not found (*.json)",
                        "at '' required property 'd' not found (+.placed.json)",
                        "at '' required property 'b' not found (order.+.json)");
        assertThat(schemas.problems("order.line.added", Map.of("c", 1)))
                .containsExactly("at '' required property 'b' not found (order.+.json)");
        assertThat(schemas.problems("user", Map.of("c", 1))).isEmpty();
    }

    @Test
    @DisplayName("VAL-2 a topic without a schema is taken, or refused where one is required")
    void requiresASchema() {
        schemas.with("order.placed.json", "true");
        assertThat(schemas.problems("order.plaecd", 1)).isEmpty();
        schemas.set("require-schema", "true");
        assertThat(schemas.problems("order.placed", 1)).isEmpty();
        assertThat(schemas.problems("order.plaecd", 1))
                .containsExactly("no schema is for this topic, add one as order.plaecd.json");
    }

    @Test
    @DisplayName("VAL-2 warns of the same where it is told to warn")
    void warns() {
        schemas.with("a.b.json", "false").set("mode", "warn").set("require-schema", "true");
        EventValidator validator = schemas.open();
        for (String topic : List.of("a.b", "a.c")) {
            assertThat(validator.validate(Event.of(topic, 1)))
                    .hasSize(1)
                    .allMatch(Problem::warning);
        }
        assertThat(validator.validate(Event.of("a.b", new Object())))
                .hasSize(1)
                .allMatch(Problem::warning);
    }

    @Test
    @DisplayName("VAL-2 checks formats, unless told not to")
    void checksFormats() {
        schemas.with("a.b.json", "{`format`: `date-time`}");
        assertThat(schemas.problems("a.b", "2026-02-28T12:00:00Z")).isEmpty();
        assertThat(schemas.problems("a.b", "2026-02-30T12:00:00Z"))
                .containsExactly("at '' is not of the format 'date-time' (a.b.json)");
        schemas.set("formats", "false");
        assertThat(schemas.problems("a.b", "yesterday")).isEmpty();
    }

    @Test
    @DisplayName("VAL-2 speaks draft 2020-12: what earlier drafts lack is in force")
    void speaksDraft202012() {
        schemas.with("a.tuple.json", "{`prefixItems`: [{`type`: `string`}], `items`: false}")
                .with(
                        "a.rest.json",
                        "{`allOf`: [{`properties`: {`x`: {}}}], `unevaluatedProperties`: false}")
                .with("a.dep.json", "{`dependentRequired`: {`card`: [`name`]}}")
                .with(
                        "a.tree.json",
                        "{`$dynamicAnchor`: `node`, `properties`: {`kids`: {`items`: {`$dynamicRef`:"
                                + " `#node`}}, `v`: {`type`: `integer`}}}");
        assertThat(schemas.problems("a.tuple", List.of("x"))).isEmpty();
        assertThat(schemas.problems("a.tuple", List.of("x", 1))).hasSize(1);
        assertThat(schemas.problems("a.rest", Map.of("x", 1))).isEmpty();
        assertThat(schemas.problems("a.rest", Map.of("y", 1))).hasSize(1);
        assertThat(schemas.problems("a.dep", Map.of("card", 1))).hasSize(1);
        Map<String, Object> tree =
                Map.of("kids", List.of(Map.of("kids", List.of(Map.of("v", "x")))));
        assertThat(schemas.problems("a.tree", tree))
                .containsExactly(
                        "at '/kids/0/kids/0/v' string found, integer expected (a.tree.json)");
    }

    @Test
    @DisplayName("VAL-2 follows a schema that refers to itself as deep as a payload may be")
    void followsASchemaThatRefersToItself() {
        schemas.with("a.b.json", "{`type`: `object`, `properties`: {`kid`: {`$ref`: `#`}}}");
        String deep = "{\"kid\":".repeat(500) + "7" + "}".repeat(500);
        assertThat(schemas.problems("a.b", JsonPayload.of(deep)))
                .containsExactly(
                        "at '"
                                + "/kid".repeat(500)
                                + "' integer found, object expected (a.b.json)");
    }

    @Test
    @DisplayName("VAL-2 refuses what cannot be checked: a text that is too long for a pattern")
    void refusesWhatCannotBeChecked() {
        schemas.with("a.b.json", "{`pattern`: `^(a|b)*$`}");
        assertThat(schemas.problems("a.b", "ab")).isEmpty();
        assertThat(schemas.problems("a.b", "a".repeat(2_000_000)))
                .containsExactly(
                        "the payload cannot be checked, for it leads to a StackOverflowError"
                                + " (a.b.json)");
    }

    @Test
    @DisplayName("VAL-2 compares numbers by value, however large")
    void comparesNumbersByValue() {
        schemas.with(
                "a.b.json", "{`maximum`: 9007199254740993, `multipleOf`: 0.01, `type`: `number`}");
        assertThat(schemas.problems("a.b", 9007199254740993L)).isEmpty();
        assertThat(schemas.problems("a.b", 9007199254740994L)).hasSize(1);
        assertThat(schemas.problems("a.b", JsonPayload.of("19.99"))).isEmpty();
        assertThat(schemas.problems("a.b", JsonPayload.of("19.999"))).hasSize(1);
        assertThat(schemas.problems("a.b", BigInteger.TEN.pow(40))).hasSize(1);
        schemas.with("a.c.json", "{`maximum`: 0.1}");
        assertThat(schemas.problems("a.c", JsonPayload.of("0.1"))).isEmpty();
        assertThat(schemas.problems("a.c", JsonPayload.of("0.10000000000000000001"))).hasSize(1);
    }

    @Test
    @DisplayName("VAL-2 shows no value of the payload, in whatever language the machine is set to")
    void showsNoValue() {
        schemas.with(
                "a.b.json",
                "{`properties`: {`type`: {`type`: `integer`}, `enum`: {`enum`: [`x`]}, `const`:"
                        + " {`const`: `x`}, `pattern`: {`pattern`: `^x$`}, `max`: {`maxLength`: 2},"
                        + " `format`: {`format`: `uuid`}, `not`: {`not`: {}}, `one`: {`oneOf`: [true,"
                        + " true]}, `has`: {`contains`: {`const`: 1}}, `set`: {`uniqueItems`: true},"
                        + " `no`: false}}");
        Map<String, Object> payload =
                Map.ofEntries(
                        Map.entry("type", "hunter2"),
                        Map.entry("enum", "hunter2"),
                        Map.entry("const", "hunter2"),
                        Map.entry("pattern", "hunter2"),
                        Map.entry("max", "hunter2"),
                        Map.entry("format", "hunter2"),
                        Map.entry("not", "hunter2"),
                        Map.entry("one", "hunter2"),
                        Map.entry("has", List.of("hunter2")),
                        Map.entry("set", List.of("hunter2", "hunter2")),
                        Map.entry("no", "hunter2"));
        Locale before = Locale.getDefault();
        List<String> problems = schemas.problems("a.b", payload);
        try {
            Locale.setDefault(Locale.GERMANY);
            assertThat(schemas.problems("a.b", payload)).isEqualTo(problems);
        } finally {
            Locale.setDefault(before);
        }
        assertThat(problems).hasSize(11);
        assertThat(problems).noneMatch(problem -> problem.contains("hunter2"));
    }
}
