// SPDX-License-Identifier: Apache-2.0
package dev.jitney.codec.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.jitney.EventBusBuilder;
import dev.jitney.codec.jackson.Shop.Anything;
import dev.jitney.codec.jackson.Shop.Card;
import dev.jitney.codec.jackson.Shop.Cash;
import dev.jitney.codec.jackson.Shop.Customer;
import dev.jitney.codec.jackson.Shop.Extensible;
import dev.jitney.codec.jackson.Shop.Line;
import dev.jitney.codec.jackson.Shop.Order;
import dev.jitney.codec.jackson.Shop.Payment;
import dev.jitney.codec.jackson.Shop.Times;
import dev.jitney.event.Event;
import dev.jitney.event.PayloadException;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.PayloadCodec;
import dev.jitney.spi.PluginConfig;
import dev.jitney.tck.TckContext;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JacksonCodecTest {

    private static PayloadCodec codec(Map<String, String> config) {
        return new JacksonCodecProvider()
                .create(PluginConfig.of("codec 'jackson'", config, new TckContext()));
    }

    /** The wire form of a bus that has the codec. */
    private static EventFormat format(Map<String, String> config) {
        return EventBusBuilder.create("shop").payloadCodec(codec(config)).eventFormat();
    }

    private static String json(Object payload, Map<String, String> config) {
        return format(config).payloadJson(Event.of("a", payload));
    }

    private static String json(Object payload) {
        return json(payload, Map.of());
    }

    private static <T> T read(String json, Class<T> type) {
        return format(Map.of()).payload(json.replace('`', '"')).as(type);
    }

    @Test
    @DisplayName("EVT-7 writes a record as the bus does without the plugin")
    void writesRecordsAsTheBusDoes() {
        EventFormat plain = EventBusBuilder.create("shop").eventFormat();
        assertThat(json(Shop.order()))
                .isEqualTo(plain.payloadJson(Event.of("a", Shop.order())))
                .isEqualTo(
                        """
                        {"id":"o-1","note":"quick","lines":[{"article":"tea","count":2},\
                        {"article":"Käse \\"x\\"","count":0}],"kind":"HOT","total":19.90}""");
    }

    private record Clocks(LocalTime time, LocalDateTime local, OffsetDateTime offset, Date date) {}

    private record Odd(char[] letters) {
        public String getSize() {
            return "s";
        }
    }

    @Test
    @DisplayName("EVT-7 what a record's JSON has that it has not without the plugin")
    void whatIsNotAsWithoutThePlugin() {
        LocalDateTime local = LocalDateTime.parse("2026-01-02T03:04:00.000000100");
        Clocks clocks =
                new Clocks(
                        LocalTime.NOON,
                        local,
                        OffsetDateTime.parse("2026-01-02T03:04Z"),
                        Date.from(Instant.EPOCH));
        assertThat(json(clocks))
                .isEqualTo(
                        "{\"time\":\"12:00:00\",\"local\":\"2026-01-02T03:04:00.0000001\","
                                + "\"offset\":\"2026-01-02T03:04:00Z\","
                                + "\"date\":\"1970-01-01T00:00:00.000+00:00\"}");
        assertThat(json(new Odd(new char[] {'a', 'b'})))
                .isEqualTo("{\"letters\":\"ab\",\"size\":\"s\"}");
    }

    @Test
    @DisplayName("EVT-7 times are texts that keep zone and nanoseconds")
    void timesAreTexts() {
        String json = json(Shop.times());
        assertThat(json)
                .isEqualTo(
                        """
                        {"instant":"2026-02-28T23:59:59.123456789Z",\
                        "offset":"2026-02-28T23:59:59+05:30",\
                        "zoned":"2026-02-28T23:59:59+01:00[Europe/Berlin]",\
                        "date":"2026-02-28","span":"PT1M30.000000005S"}""");
        assertThat(read(json, Times.class)).isEqualTo(Shop.times());
        ZonedDateTime utc = ZonedDateTime.parse("2026-02-28T23:59:59Z[UTC]");
        Times inUtc = new Times(null, null, utc, null, null);
        assertThat(read(json(inUtc), Times.class)).isEqualTo(inUtc);
    }

    @Test
    @DisplayName("EVT-7 optional fields may be missing, null or there; nulls may be left out")
    void optionalFieldsMayBeMissing() {
        assertThat(read("{`id`:`x`}", Order.class).note()).isEmpty();
        assertThat(read("{`note`:null}", Order.class).note()).isEmpty();
        assertThat(read("{`note`:`n`}", Order.class).note()).contains("n");
        Order sparse = read("{`id`:`x`}", Order.class);
        assertThat(json(sparse))
                .isEqualTo(
                        "{\"id\":\"x\",\"note\":null,\"lines\":null,\"kind\":null,\"total\":null}");
        assertThat(json(sparse, Map.of("nulls", "omit"))).isEqualTo("{\"id\":\"x\"}");
    }

    @Test
    @DisplayName("EVT-7 unknown fields are kept where a class has a place for them")
    void keepsUnknownFields() {
        String newer = "{\"id\":\"x\",\"added\":{\"by\":[1,2.50,null]}}";
        Extensible known = read(newer, Extensible.class);
        assertThat(known.rest()).containsOnlyKeys("added");
        assertThat(json(known)).isEqualTo(newer);
        String pojo = "{\"customer-name\":\"Ada\",\"added\":12345678901234567890}";
        Customer customer = read(pojo, Customer.class);
        assertThat(customer.getName()).isEqualTo("Ada");
        assertThat(json(customer)).isEqualTo(pojo);
    }

    @Test
    @DisplayName("EVT-7 unknown fields of other classes are passed over, or refused if told so")
    void passesOverUnknownFields() {
        String newer = "[{`article`:`tea`,`count`:1,`added`:`hunter2`}]";
        assertThat(read(newer, Line[].class)).containsExactly(new Line("tea", 1));
        EventFormat strict = format(Map.of("unknown-keys", "refuse"));
        assertThatThrownBy(() -> strict.payload(newer.replace('`', '"')).as(Line[].class))
                .isInstanceOf(PayloadException.class)
                .hasMessage(
                        "The payload is not a %s[]: '[0]' cannot be read: 'added' is not a known key of Line."
                                .formatted(Line.class.getName()));
    }

    @Test
    @DisplayName("EVT-7 sealed hierarchies are told apart by a name in the JSON")
    void readsHierarchies() {
        assertThat(json(new Cash(5))).isEqualTo("{\"kind\":\"cash\",\"cents\":5}");
        assertThat(read("{`kind`:`card`,`number`:`7`}", Payment.class)).isEqualTo(new Card("7"));
        assertThat(read("[{`kind`:`cash`,`cents`:5}]", Payment[].class))
                .containsExactly(new Cash(5));
        assertThatThrownBy(() -> read("{`kind`:`java.lang.Runtime`}", Payment.class))
                .isInstanceOf(PayloadException.class);
        String named = "{`value`:{`@class`:`" + Cash.class.getName() + "`,`cents`:5}}";
        assertThatThrownBy(() -> read(named, Anything.class))
                .as("a class name in the JSON")
                .isInstanceOf(PayloadException.class);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            textBlock =
                    """
                    {`lines`:[{`count`:`hunter2`}]}  | 'lines[0].count' is a string, expected int
                    {`lines`:[{`count`:`7`}]}        | 'lines[0].count' is a string, expected int
                    {`lines`:[{`count`:1.5}]}        | 'lines[0].count' is a number, expected int
                    {`lines`:[{`count`:9999999999}]} | 'lines[0].count' is a number too large for int
                    {`lines`:[{`count`:{}}]}         | 'lines[0].count' is an object, expected int
                    {`lines`:[{`count`:null}]}       | 'lines[0].count' is null, expected int
                    {`lines`:[{}]}                   | 'lines[0].count' is missing, expected int
                    {`lines`:{}}                     | 'lines' is an object, expected ArrayList
                    {`lines`:[[]]}                   | 'lines[0]' is an array, expected Line
                    {`id`:7}                         | 'id' is a number, expected String
                    {`id`:true}                      | 'id' is true, expected String
                    {`kind`:`hunter2`}               | 'kind' is a string, expected Kind
                    {`kind`:1}                       | 'kind' is a number, expected Kind
                    {`total`:`hunter2`}              | 'total' is a string, expected BigDecimal
                    []                               | is an array, expected Order
                    `hunter2`                        | is a string, expected Order
                    """)
    @DisplayName("EVT-7 says where, which type was asked for and which is there, and no value")
    void saysWhatIsThere(String json, String fault) {
        assertThatThrownBy(() -> read(json, Order.class))
                .isInstanceOf(PayloadException.class)
                .hasMessage(
                        "The payload is not a %s: it cannot be read: %s."
                                .formatted(Order.class.getName(), fault));
    }

    @Test
    @DisplayName("EVT-7 says what a class lacks")
    void saysWhatAClassLacks() {
        assertThat(json(new Shop.Closed(1))).isEqualTo("{\"size\":1}");
        assertThatThrownBy(() -> read("{`size`:1}", Shop.Closed.class))
                .hasMessage(
                        "The payload is not a "
                                + Shop.Closed.class.getName()
                                + ": it cannot be read: is an object, but Closed has no constructor"
                                + " that Jackson may call. Use a record, a constructor without"
                                + " parameters or @JsonCreator.");
        assertThatThrownBy(() -> json(new Hidden()))
                .isInstanceOf(EventFormatException.class)
                .hasMessage(
                        "Event 'a' has a payload that cannot be written. The payload cannot be"
                                + " written: is a "
                                + Hidden.class.getName()
                                + ", of which Jackson sees nothing to write. Add a getter or"
                                + " @JsonProperty.");
    }

    private static final class Hidden {}

    /** Holds itself, and so has no end. */
    private static final class Ring {
        public final List<Object> links = List.of(Map.of(), this);
    }

    private record Twice(int a) {
        @com.fasterxml.jackson.annotation.JsonAnyGetter
        Map<String, Object> rest() {
            return Map.of("a", 2);
        }
    }

    @Test
    @DisplayName("EVT-7 what JSON cannot say is refused, not written as something else")
    void refusesWhatJsonCannotSay() {
        String about = "Event 'a' has a payload that cannot be written. The payload ";
        assertThatThrownBy(() -> json(new Twice(1)))
                .hasMessage(about + "was written as wrong JSON: Key 'a' at byte 7 is there twice.");
        assertThatThrownBy(() -> json(new Line("half \ud800 pair", 1)))
                .hasMessage(
                        about
                                + "was written as wrong JSON: Half of a surrogate pair is escaped at"
                                + " byte 17. Write both halves.");
        record Share(double value) {}
        assertThatThrownBy(() -> json(new Share(Double.NaN)))
                .hasMessageStartingWith(about + "was written as wrong JSON: Expected a value at");
        assertThatThrownBy(() -> json(new Ring()))
                .hasMessageStartingWith(
                        about
                                + "cannot be written: 'links[1].links[1].links[1].links[1].links[1]…'"
                                + " Document nesting depth (1001)");
    }

    @Test
    @DisplayName("EVT-7 is in charge of all classes, or of those of some packages")
    void isInChargeOfPackages() {
        assertThat(codec(Map.of()).supports(Order.class)).isTrue();
        PayloadCodec some = codec(Map.of("packages", "com.acme, dev.jitney.codec"));
        assertThat(some.supports(Order.class)).isTrue();
        PayloadCodec others = codec(Map.of("packages", "com.acme, dev.jitney.cod"));
        assertThat(others.supports(Order.class)).isFalse();
    }

    @Test
    @DisplayName("EVT-7 an application may bring a mapper of its own")
    void takesAMapperOfOnesOwn() {
        JsonMapper mapper =
                JsonMapper.builder()
                        .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
                        .build();
        EventFormat own =
                EventBusBuilder.create("shop").payloadCodec(JacksonCodec.of(mapper)).eventFormat();
        assertThat(own.payloadJson(Event.of("a", new Line("tea", 2))))
                .isEqualTo("{\"Article\":\"tea\",\"Count\":2}");
        assertThat(JacksonCodec.of(mapper, "com.acme").supports(Line.class)).isFalse();
    }

    @Test
    @DisplayName("EVT-7 says all that is wrong with its configuration")
    void saysWhatIsWrongWithItsConfiguration() {
        Map<String, String> config = new HashMap<>();
        config.put("packages", "com.acme,,com/acme");
        config.put("unknown-keys", "keep");
        config.put("nulls", "yes");
        config.put("modules", "all");
        config.put("package", "x");
        assertThatThrownBy(() -> codec(config))
                .hasMessage(
                        "Configuration of codec 'jackson' has 6 problems: 'packages' holds '',"
                                + " expected packages of Java, such as com.acme.order; 'packages'"
                                + " holds 'com/acme', expected packages of Java, such as"
                                + " com.acme.order; 'unknown-keys' is 'keep', expected ignore or"
                                + " refuse; 'nulls' is 'yes', expected write or omit; 'modules' is"
                                + " 'all', expected true or false; 'package' is not a known key, did"
                                + " you mean 'packages'?");
    }
}
