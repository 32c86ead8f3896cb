// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.JsonPayload;
import dev.jitney.event.PayloadException;
import dev.jitney.event.Severity;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.LineBuffer;
import dev.jitney.spi.PayloadCodec;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PayloadTest {

    private final EventFormat format = Formats.eventFormat();

    record Item(String sku, int count) {}

    record Page<T>(List<T> items, Optional<T> next) {}

    record Order(
            UUID id,
            long number,
            double weight,
            boolean paid,
            char grade,
            BigDecimal total,
            BigInteger big,
            Instant at,
            LocalDate due,
            Duration within,
            URI link,
            Severity severity,
            List<Item> items,
            Map<String, Item> named,
            Set<Integer> numbers,
            Item[] array,
            byte[] bytes,
            Page<Item> page,
            Optional<String> note,
            @Nullable Item nothing) {}

    record Positive(int value) {
        Positive {
            if (value <= 0) {
                throw new IllegalArgumentException("value must be positive");
            }
        }
    }

    record Empty() {}

    private static Order order() {
        return new Order(
                new UUID(1, 2),
                Long.MAX_VALUE,
                0.1,
                true,
                'x',
                new BigDecimal("12345678901234567890.10"),
                BigInteger.TEN.pow(40),
                Instant.parse("2026-03-01T12:00:00.5Z"),
                LocalDate.of(2026, 3, 1),
                Duration.ofSeconds(90),
                URI.create("x:y"),
                Severity.WARNING,
                List.of(new Item("a", 1)),
                Map.of("k", new Item("b", 2)),
                Set.of(5),
                new Item[] {new Item("c", 3)},
                new byte[] {1, 2},
                new Page<>(List.of(new Item("d", 4)), Optional.of(new Item("e", 5))),
                Optional.empty(),
                null);
    }

    private Event roundTrip(@Nullable Object payload) {
        return format.decode(format.encode(Event.of("a", payload).withSource("s")));
    }

    @Test
    @DisplayName("EVT-7 a record with all the JDK's types comes back equal")
    void carriesRecords() {
        Order order = order();

        Order read = roundTrip(order).payload(Order.class);

        assertThat(read).usingRecursiveComparison().isEqualTo(order);
        assertThat(roundTrip(new Empty()).payload(Empty.class)).isEqualTo(new Empty());
        assertThat(roundTrip(new Positive(3)).payload(Positive.class)).isEqualTo(new Positive(3));
    }

    @Test
    @DisplayName("EVT-7 the JDK's own types come back")
    void carriesTheJdksTypes() {
        assertThat(roundTrip("text").payload(String.class)).isEqualTo("text");
        assertThat(roundTrip(5).payload(Integer.class)).isEqualTo(5);
        assertThat(roundTrip(5).payload(long.class)).isEqualTo(5L);
        assertThat(roundTrip(5).payload(double.class)).isEqualTo(5.0);
        assertThat(roundTrip(true).payload(Boolean.class)).isTrue();
        assertThat((Object) roundTrip(Map.of("a", List.of(1))).payload(Map.class))
                .isEqualTo(Map.of("a", List.of(1L)));
        assertThat(roundTrip(new int[] {1, 2}).payload(int[].class)).containsExactly(1, 2);
        assertThat((Object) roundTrip(List.of(1, "b")).payload(List.class))
                .isEqualTo(List.of(1L, "b"));
        assertThat(roundTrip(new int[0]).payload(Object.class)).isEqualTo(List.of());
        assertThat(roundTrip(Map.of(Severity.INFO, 1, 7, 2)).payload(JsonPayload.class))
                .isNotNull();
        assertThat(roundTrip(null).payload(Order.class)).isNull();
        assertThat(JsonPayload.of("null").as(int.class)).isNull();
        assertThat(JsonPayload.of("null").as(Integer.class)).isNull();
    }

    @Test
    @DisplayName("EVT-7 type arguments are honoured")
    void honoursTypeArguments() throws NoSuchFieldException {
        class Types {
            @Nullable Map<Integer, List<Page<Item>>> field;
        }
        Type type = Types.class.getDeclaredField("field").getGenericType();
        Map<Integer, List<Page<Item>>> value =
                Map.of(3, List.of(new Page<>(List.of(new Item("a", 1)), Optional.empty())));

        assertThat(roundTrip(value).payloadAs(type)).isEqualTo(value);
    }

    @Test
    @DisplayName("EVT-7 a wrong type says where, what is there and what was expected")
    void saysWhatIsWrong() {
        wrong("{\"sku\":7,\"count\":1}", Item.class, "'sku' is a number, expected a string");
        wrong(
                "{\"sku\":\"a\",\"count\":\"1\"}",
                Item.class,
                "'count' is a string, expected a number");
        wrong("{\"sku\":\"a\",\"count\":1.5}", Item.class, "'count' is 1.5, which is no Integer");
        wrong(
                "{\"sku\":\"a\",\"count\":3000000000}",
                Item.class,
                "'count' is 3000000000, which is no Integer");
        wrong("{\"sku\":\"a\"}", Item.class, "'count' is missing, expected a int");
        wrong("{\"sku\":\"a\",\"count\":null}", Item.class, "'count' is null, expected a int");
        wrong("[]", Item.class, "it is an array, expected an object");
        wrong(
                "{\"value\":0}",
                Positive.class,
                "it is refused by its constructor: value must be positive");
        wrong(
                "{\"items\":[{},{\"x\":1}],\"next\":7}",
                List.class,
                "it is an object, expected an array");
        wrong(
                "[{\"sku\":\"a\",\"count\":1},{\"sku\":\"b\"}]",
                Item[].class,
                "'[1].count' is missing, expected a int");
        wrong("\"x\"", UUID.class, "it is 'x', expected a UUID");
        wrong("\"bad\"", Severity.class, "it is 'bad', expected one of INFO, WARNING, CRITICAL");
        wrong("1e400", Long.class, "it is 1E+400, which is no Long");
        wrong("{}", Thread.class, "it cannot be read as a java.lang.Thread");
        wrong(
                "{}",
                PayloadTest.class,
                "it is asked for as a dev.jitney.engine.wire.PayloadTest, for which there is no"
                        + " codec. Use a record, a @Serializable class, a Map, or add a PayloadCodec");
    }

    private void wrong(String json, Class<?> type, String reason) {
        Event event = roundTrip(JsonPayload.of(json));
        assertThatThrownBy(() -> event.payload(type))
                .isInstanceOf(PayloadException.class)
                .hasMessage(
                        "Event 'a': The payload is not a "
                                + type.getTypeName()
                                + ": "
                                + reason
                                + ".");
    }

    @Test
    @DisplayName(
            "EVT-4 what JSON cannot say is refused when it is written, and the buffer is as before")
    void refusesWhatJsonCannotSay() {
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);
        Map<Object, Object> twice = new LinkedHashMap<>();
        twice.put("1", 1);
        twice.put(1, 1);
        Map<Object, Object> odd = new HashMap<>();
        odd.put(null, 1);
        refused(Double.NaN, "The payload is NaN, which JSON cannot say.");
        refused(
                Map.of("a", List.of(1, Float.NEGATIVE_INFINITY)),
                "'a[1]' is -Infinity, which JSON cannot say.");
        refused(
                new Item("\ud800", 1),
                "'sku' cannot be written: A text holds half of a surrogate pair"
                        + " at character 0, which UTF-8 cannot carry.");
        refused(twice, "The payload has two keys that are written '1'.");
        refused(
                odd,
                "The payload has a key of type null. Use String, Number, Boolean, enum, UUID, URI"
                        + " or java.time.");
        refused(
                new BigDecimal("1e200000"),
                "The payload is a number of more than 1000 characters or a"
                        + " larger exponent than is allowed.");
        refused(
                BigInteger.ONE.shiftLeft(5000),
                "The payload is a number of more than 1000 characters or"
                        + " a larger exponent than is allowed.");
        refused(
                new Object(),
                "The payload is a java.lang.Object, for which there is no codec. Use a"
                        + " record, a @Serializable class, a Map, or add a PayloadCodec.");
        LineBuffer out = new LineBuffer(8);
        assertThatThrownBy(() -> format.encode(Event.of("a", cycle).withSource("s"), out))
                .hasMessageContaining("is nested deeper than 512 levels.");
        assertThatThrownBy(() -> format.encode(Event.of("a", 1)))
                .isInstanceOf(EventFormatException.class)
                .hasMessage(
                        "Event 'a' cannot be written. It has no source, which the wire form needs."
                                + " Publish it, or give it one with withSource.");
        assertThatThrownBy(
                        () ->
                                format.encode(
                                        Event.of("a", Map.of())
                                                .withSource("s")
                                                .withContentType("text/plain")))
                .hasMessage(
                        "Event 'a' cannot be written. Its content type 'text/plain' is not JSON, so"
                                + " its payload must be a String or a byte[], but is"
                                + " java.util.ImmutableCollections$MapN.");
    }

    private void refused(Object payload, String reason) {
        LineBuffer out = new LineBuffer(8);
        out.write('x');
        assertThatThrownBy(() -> format.encode(Event.of("a", payload).withSource("s"), out))
                .isInstanceOf(EventFormatException.class)
                .hasMessage("Event 'a' cannot be written. " + reason);
        assertThat(out.toString()).isEqualTo("x");
    }

    @Test
    @DisplayName("EVT-7 the payload as JSON text")
    void givesThePayloadAsJson() {
        assertThat(format.payloadJson(Event.of("a", new Item("ü", 1))))
                .isEqualTo("{\"sku\":\"ü\",\"count\":1}");
        assertThat(format.payloadJson(Event.of("a", null))).isEqualTo("null");
        assertThatThrownBy(() -> format.payloadJson(Event.builder("a").build()))
                .isInstanceOf(EventFormatException.class)
                .hasMessage("Event 'a' has no payload.");
    }

    @Test
    @DisplayName(
            "EVT-4 JSON made elsewhere is checked and loses its white space, line breaks first")
    void checksJson() {
        assertThat(JsonPayload.of(" {\n \"a b\" : [ 1 , 2 ] }\r\n")).hasToString("{\"a b\":[1,2]}");
        assertThatThrownBy(() -> JsonPayload.of("{\"a\":1,}"))
                .isInstanceOf(PayloadException.class)
                .hasMessage(
                        "The payload is not JSON. Expected a key in double quotes at byte 7, found"
                                + " '}'.");
        assertThat(format.payload("[ 1 ]")).isEqualTo(JsonPayload.of("[1]"));
        assertThatThrownBy(() -> JsonPayload.of("\"a\udc00\""))
                .isInstanceOf(PayloadException.class)
                .hasMessage(
                        "The payload is not JSON. It holds half of a surrogate pair at character"
                                + " 2.");
        byte[] torn = "1\n2".getBytes(StandardCharsets.UTF_8);
        JsonPayload wrong = JsonPayload.ofChecked(torn, new StandardPayloadMapper());
        assertThatThrownBy(() -> format.encode(Event.of("a", wrong).withSource("s")))
                .hasMessage(
                        "Event 'a' cannot be written. The payload was written as wrong JSON:"
                                + " Expected the end of the line at byte 2, found '2'.");
    }

    @Test
    @DisplayName("EVT-7 a given codec comes before the built-in ones, at the top and inside")
    void asksGivenCodecsFirst() {
        PayloadCodec codec =
                new PayloadCodec() {
                    @Override
                    public boolean supports(Class<?> type) {
                        return type == Item.class;
                    }

                    @Override
                    public byte[] encode(Object value) {
                        Item item = (Item) value;
                        return ("[ \"" + item.sku() + "\",\n" + item.count() + "]")
                                .getBytes(StandardCharsets.UTF_8);
                    }

                    @Override
                    public Object decode(byte[] json, Type type) {
                        String[] parts =
                                new String(json, StandardCharsets.UTF_8).split("[\\[\",\\]]+");
                        return new Item(parts[1], Integer.parseInt(parts[2]));
                    }
                };
        EventFormat own = Formats.eventFormat(codec);
        Page<Item> page = new Page<>(List.of(new Item("b", 2)), Optional.of(new Item("c", 3)));

        assertThat(own.payloadJson(Event.of("a", new Item("b", 2)))).isEqualTo("[\"b\",2]");
        assertThat(own.payloadJson(Event.of("a", page)))
                .isEqualTo("{\"items\":[[\"b\",2]],\"next\":[\"c\",3]}");
        Event read = own.decode(own.encode(Event.of("a", new Item("b", 2)).withSource("s")));
        assertThat(read.payload(Item.class)).isEqualTo(new Item("b", 2));
        assertThat(read.payload(Item[].class.getComponentType())).isEqualTo(new Item("b", 2));
        assertThat(own.payload("[\"b\",2]").as(Item.class)).isEqualTo(new Item("b", 2));
    }

    @Test
    @DisplayName("EVT-7 a codec that fails or writes wrong JSON is named by its failure")
    void reportsWrongCodecs() {
        PayloadCodec codec =
                new PayloadCodec() {
                    @Override
                    public boolean supports(Class<?> type) {
                        return true;
                    }

                    @Override
                    public byte[] encode(Object value) {
                        return "{\"a\":1,\"a\":2}".getBytes(StandardCharsets.UTF_8);
                    }

                    @Override
                    public Object decode(byte[] json, Type type) {
                        throw new UnsupportedOperationException("not today");
                    }
                };
        EventFormat own = Formats.eventFormat(codec);

        assertThatThrownBy(() -> own.payloadJson(Event.of("a", new Empty())))
                .hasMessage(
                        "Event 'a' has a payload that cannot be written. The payload was written as"
                                + " wrong JSON: Key 'a' at byte 7 is there twice.");
        Event read = own.decode(own.encode(Event.of("a", Arrays.asList(1)).withSource("s")));
        assertThatThrownBy(() -> read.payload(Empty.class))
                .hasRootCauseMessage("not today")
                .hasMessage(
                        "Event 'a': The payload is not a dev.jitney.engine.wire.PayloadTest$Empty:"
                                + " it cannot be read: not today.");
    }
}
