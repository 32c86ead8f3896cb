// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Modifier;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @Topic("user.login")
    record Login(String name) {}

    @Topic("user..login")
    record Wrong(String name) {}

    record Untold(String name) {}

    private final EventClock clock = EventClock.of(InstantSource.fixed(NOW));
    private final Event event = Event.builder("a.b").clock(clock).payload("p").build();

    @Test
    @DisplayName(
            "EVT-1 EVT-5 a header more changes nothing else, and is what a builder makes of it")
    void aHeaderMore() {
        String[][] headers = {
            {"trace", "1"}, {"trace", "2"}, {"X-Odd", "a"}, {"trace", "\n"}, {"trace", "3"}
        };
        Event fresh = Event.published(clock, "a.b", "p", "bus", null, null);
        for (Event first : List.of(event, fresh, event.withSubject("s").withHeader("other", "o"))) {
            Event changed = first;
            for (String[] header : headers) {
                Event built = changed.toBuilder().header(header[0], header[1]).build();
                changed = changed.withHeader(header[0], header[1]);
                assertThat(changed).isEqualTo(built);
                assertThat(changed.headers().keySet())
                        .containsExactlyElementsOf(built.headers().keySet());
                assertThat(changed.id()).isEqualTo(first.id());
                assertThat(changed.time()).isEqualTo(first.time());
                assertThat(changed.correlationId()).isEqualTo(first.correlationId());
            }
            assertThat(first.header("trace")).isNull();
            Event last = changed;
            assertThatThrownBy(() -> last.extensions().put("a", "b"))
                    .isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    @DisplayName("EVT-1 changing one gives a copy with the same id; the first stays as it was")
    void changingGivesACopy() {
        Event changed =
                event.withSource("s")
                        .withTopic("c")
                        .withKey("k")
                        .withSeverity(Severity.WARNING)
                        .withCorrelationId("co")
                        .withCausationId("ca")
                        .withSubject("su")
                        .withDataSchema("urn:d")
                        .withContentType("text/plain")
                        .withVersion("2")
                        .withTime(NOW.plusSeconds(9))
                        .withHeader("h", "v")
                        .withPayload(null);

        assertThat(changed.id()).isEqualTo(event.id());
        assertThat(changed.source()).isEqualTo("s");
        assertThat(changed.topic()).isEqualTo("c");
        assertThat(changed.key()).isEqualTo("k");
        assertThat(changed.severity()).isEqualTo(Severity.WARNING);
        assertThat(changed.correlationId()).isEqualTo("co");
        assertThat(changed.causationId()).isEqualTo("ca");
        assertThat(changed.subject()).isEqualTo("su");
        assertThat(changed.dataSchema()).isEqualTo("urn:d");
        assertThat(changed.contentType()).isEqualTo("text/plain");
        assertThat(changed.version()).isEqualTo("2");
        assertThat(changed.time()).isEqualTo(NOW.plusSeconds(9));
        assertThat(changed.header("h")).isEqualTo("v");
        assertThat(changed.payload()).isNull();
        assertThat(changed.hasPayload()).isTrue();
        assertThat(event)
                .isEqualTo(Event.builder("a.b").id(event.id()).time(NOW).payload("p").build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"MAX", "MIN", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"})
    @DisplayName("EVT-1 an event may be of any time, and so may what knows its duplicates")
    void ofAnyTime(String text) {
        Instant time =
                text.equals("MAX")
                        ? Instant.MAX
                        : text.equals("MIN") ? Instant.MIN : Instant.parse(text);
        Event changed = event.withTime(time);
        assertThat(changed.time()).isEqualTo(time);
        assertThat(changed.duplicateKey().time()).isEqualTo(time);
        long millis =
                time.equals(Instant.MAX)
                        ? Long.MAX_VALUE
                        : time.equals(Instant.MIN) ? Long.MIN_VALUE : time.toEpochMilli();
        assertThat(changed.timeMillis()).isEqualTo(millis);
    }

    @Test
    @DisplayName("EVT-1 an event is shown, also where its payload cannot be")
    void isShown() {
        Object mute =
                new Object() {
                    @Override
                    @SuppressWarnings("NullAway") // That is the mistake.
                    public String toString() {
                        return null;
                    }
                };
        Object broken =
                new Object() {
                    @Override
                    public String toString() {
                        throw new LinkageError("no texts");
                    }
                };
        assertThat(event.withPayload(mute).toString()).endsWith("payload=null]");
        assertThat(event.withPayload(broken).toString())
                .contains("payload=dev.jitney.event.EventTest$")
                .endsWith(" (it cannot be read)]");
    }

    @Test
    @DisplayName("EVT-1 no field of an event can be changed, and the maps it gives out neither")
    void isImmutable() {
        assertThat(Event.class.getDeclaredFields())
                .filteredOn(field -> !Modifier.isStatic(field.getModifiers()))
                .filteredOn(field -> !Modifier.isFinal(field.getModifiers()))
                .extracting("name")
                .containsExactly("derivedId");
        Event full = event.withHeader("x", "1").withHeader("X", "2");
        assertThatThrownBy(() -> full.headers().put("a", "b"))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> full.extensions().put("a", "b"))
                .isInstanceOf(UnsupportedOperationException.class);
        Event.Builder builder = full.toBuilder();
        Event before = builder.build();
        builder.header("late", "1").header("Late", "1");
        assertThat(before.headers()).isEqualTo(Map.of("x", "1", "X", "2"));
    }

    @Test
    @DisplayName("EVT-1 renew gives a new id and time and keeps the rest")
    void renews() {
        Event full = event.withSource("s").withKey("k").withHeader("h", "v").withCorrelationId("c");

        Event renewed = full.renew(clock);

        assertThat(renewed.id()).isNotEqualTo(full.id());
        assertThat(renewed.time()).isAfter(full.time());
        assertThat(renewed.withId(full.id()).withTime(full.time())).isEqualTo(full);
        assertThat(event.renew().id()).isNotEqualTo(event.id());
    }

    @Test
    @DisplayName("EVT-1 publishing fills in what is not set, on a copy")
    void publishingFillsIn() {
        Event filled = event.published("bus", null, null);

        assertThat(filled.source()).isEqualTo("bus");
        assertThat(filled.correlationId()).isEqualTo(event.id());
        assertThat(filled.causationId()).isNull();
        assertThat(event.source()).isNull();
        assertThat(event.correlationId()).isNull();
        assertThat(event.published("bus", "c", "d").correlationId()).isEqualTo("c");
        assertThat(event.published("bus", "c", "d").causationId()).isEqualTo("d");
        assertThat(filled.published("other", "c2", "d2").source()).isEqualTo("bus");
        assertThat(filled.published("other", "c2", "d2").correlationId()).isEqualTo(event.id());
        assertThat(filled).isEqualTo(event.withSource("bus").withCorrelationId(event.id()));
        assertThat(filled.withKey("k").correlationId()).isEqualTo(event.id());
    }

    @Test
    @DisplayName("EVT-1 equal by value, bytes by content")
    void isEqualByValue() {
        Event bytes = event.withPayload(new byte[] {1, 2});

        assertThat(bytes).isEqualTo(event.withPayload(new byte[] {1, 2}));
        assertThat(bytes).hasSameHashCodeAs(event.withPayload(new byte[] {1, 2}));
        assertThat(bytes).isNotEqualTo(event.withPayload(new byte[] {1, 3}));
        assertThat(event).isNotEqualTo(event.withKey("k")).isNotEqualTo(event.withSource("s"));
        assertThat(event.toBuilder().noPayload().build()).isNotEqualTo(event.withPayload(null));
        assertThat(event.withSource("s"))
                .hasToString(
                        "Event[topic=a.b, id="
                                + event.id()
                                + ", source=s, time=2026-03-01T12:00:00Z, payload=p]");
        assertThat(bytes.toString()).endsWith("payload=2 bytes]");
    }

    @Test
    @DisplayName("EVT-1 a half-filled event cannot be made")
    void refusesHalfFilled() {
        assertThatThrownBy(() -> Event.builder("a").id(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The id of an event is ''. Give at least one character.");
        assertThatThrownBy(() -> event.withSource(""))
                .hasMessage("The source of an event is ''. Give at least one character.");
        assertThatThrownBy(() -> Event.builder("a..b").build())
                .isInstanceOf(InvalidTopicException.class)
                .hasMessage("Topic 'a..b' is not valid: empty segment at position 2.");
        assertThatThrownBy(() -> Event.of("", 1)).isInstanceOf(InvalidTopicException.class);
    }

    @Test
    @DisplayName("EVT-2 one event reads the clock once")
    void readsTheClockOnce() {
        AtomicInteger reads = new AtomicInteger();
        EventClock counting =
                EventClock.of(
                        () -> {
                            reads.incrementAndGet();
                            return NOW;
                        });

        Event made = Event.builder("a").clock(counting).payload(1).build();
        made.id();
        made.time();

        assertThat(reads).hasValue(1);
    }

    @Test
    @DisplayName("EVT-1 a time that a long of nanoseconds cannot hold is kept as it is")
    void keepsAnyTime() {
        for (String time : List.of("-2000-01-01T00:00:00.000000001Z", "9999-01-01T00:00:00Z")) {
            Instant instant = Instant.parse(time);
            assertThat(event.withTime(instant).time()).isEqualTo(instant);
        }
        Instant before = Instant.parse("1969-12-31T23:59:59.999999999Z");
        assertThat(event.withTime(before).time()).isEqualTo(before);
    }

    @Test
    @DisplayName(
            "EVT-3 equal facts have one content id on every machine, a constant of this format")
    void contentIdFollowsFromTheFact() {
        Event fact = event.withSource("s").withPayload(Map.of("b", 1, "a", "ü"));

        assertThat(fact.contentId()).isEqualTo("7be2f341-e579-5936-87d0-360f1522ef70");
        assertThat(fact.renew().withKey("k").contentId()).isEqualTo(fact.contentId());
        assertThat(fact.withPayload(JsonPayload.of("{\"a\":\"\\u00fc\", \"b\":1.0}")).contentId())
                .isEqualTo(fact.contentId());
        assertThat(fact.withPayload(JsonPayload.of("{\"a\":\"ü\",\"b\":10e-1}")).contentId())
                .isEqualTo(fact.contentId());
    }

    @Test
    @DisplayName("EVT-3 other facts have other content ids, down to the last digit of 64 bits")
    void contentIdTellsFactsApart() {
        Event fact = event.withSource("s");
        List<Event> facts =
                List.of(
                        fact,
                        fact.withTopic("a.c"),
                        fact.withSource("t"),
                        fact.withPayload(null),
                        fact.toBuilder().noPayload().build(),
                        fact.withPayload(Long.MAX_VALUE),
                        fact.withPayload(Long.MAX_VALUE - 1),
                        fact.withPayload(new byte[] {1}),
                        fact.withPayload("AQ=="),
                        fact.withPayload(List.of()),
                        fact.withPayload(JsonPayload.of("0.1")),
                        fact.withPayload(JsonPayload.of("0.10000000000000000001")));

        assertThat(facts).extracting(Event::contentId).doesNotHaveDuplicates();
        assertThat(facts)
                .extracting(Event::contentId)
                .allMatch(id -> java.util.UUID.fromString(id).version() == 5);
    }

    @Test
    @DisplayName("EVT-3 without a source there is no content id")
    void contentIdNeedsASource() {
        assertThatThrownBy(event::contentId)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "Event 'a.b' has no source, so it has no content id. Give it one with"
                                + " withSource.");
    }

    @Test
    @DisplayName("EVT-5 a header that can be an extension is one; all are headers")
    void sortsHeaders() {
        Event full =
                event.toBuilder()
                        .header("trace", "t")
                        .header("Trace", "T")
                        .header("id", "x")
                        .header("severity", "x")
                        .header("c1", "\u0085")
                        .header("abcdefghijklmnopqrst", "20")
                        .header("abcdefghijklmnopqrstu", "21")
                        .extension("n", 7)
                        .extension("flag", false)
                        .extension("bin", new byte[] {1})
                        .extension("uri", URI.create("x:y"))
                        .build();

        assertThat(full.extensions())
                .isEqualTo(
                        Map.of(
                                "trace", "t",
                                "abcdefghijklmnopqrst", "20",
                                "n", 7,
                                "flag", false,
                                "bin", "AQ==",
                                "uri", "x:y"));
        assertThat(full.headers()).hasSize(11).containsEntry("n", "7").containsEntry("Trace", "T");
        assertThat(full.header("flag")).isEqualTo("false");
        assertThat(full.header("none")).isNull();
        assertThat(full.withHeader("trace", "\n").extensions()).doesNotContainKey("trace");
        assertThat(full.withHeader("trace", "\n").header("trace")).isEqualTo("\n");
    }

    @Test
    @DisplayName("EVT-5 an extension by the name of a field of ours is that field when it fits")
    void ownExtensionsAreFields() {
        Event full =
                event.toBuilder()
                        .extension("partitionkey", "k")
                        .extension("severity", "Critical")
                        .extension("correlationid", "c")
                        .extension("causationid", "d")
                        .extension("dataversion", "9")
                        .build();

        assertThat(full.extensions()).isEmpty();
        assertThat(full.key()).isEqualTo("k");
        assertThat(full.severity()).isEqualTo(Severity.CRITICAL);
        assertThat(full.version()).isEqualTo("9");
        assertThat(event.toBuilder().extension("severity", "bad").build().extensions())
                .isEqualTo(Map.of("severity", "bad"));
        assertThatThrownBy(() -> event.toBuilder().extension("time", "x"))
                .hasMessage(
                        "Extension 'time' is not valid. Use letters a to z and digits, and no"
                                + " attribute of CloudEvents; header(name, value) takes any name.");
        assertThatThrownBy(() -> event.toBuilder().extension("x", 1.5))
                .hasMessage(
                        "Extension 'x' is a java.lang.Double. Use a String, Boolean, Integer,"
                                + " byte[], URI, Instant or OffsetDateTime.");
    }

    @Test
    @DisplayName("EVT-7 the topic comes from the payload's class")
    void topicOfTheClass() {
        assertThat(Event.of(new Login("z")).topic()).isEqualTo("user.login");
        assertThat(Event.builder(new Login("z")).build().payload()).isEqualTo(new Login("z"));
        assertThatThrownBy(() -> Event.of(new Untold("z")))
                .isInstanceOf(InvalidTopicException.class)
                .hasMessage(
                        "Class dev.jitney.event.EventTest$Untold has no @Topic. Add one, or give"
                                + " the topic: Event.of(topic, payload).");
        assertThatThrownBy(() -> Event.of(new Wrong("z")))
                .hasMessage("Topic 'user..login' is not valid: empty segment at position 5.");
    }

    @Test
    @DisplayName("EVT-7 the object itself when it is one; else both types are named")
    void givesThePayloadBack() {
        Login login = new Login("z");

        assertThat(Event.of(login).payload(Login.class)).isSameAs(login);
        assertThat(Event.of("a", 7).payload(int.class)).isEqualTo(7);
        assertThat(event.withPayload(null).payload(Login.class)).isNull();
        assertThatThrownBy(() -> Event.of("a", 7).payload(Login.class))
                .isInstanceOf(PayloadException.class)
                .hasMessage(
                        "Event 'a': the payload is a java.lang.Integer, not a"
                                + " dev.jitney.event.EventTest$Login.");
    }

    @Test
    @DisplayName("EVT-1 PUB-4 an event and its copy that was read as text are duplicates")
    void duplicates() {
        for (int i = 0; i < 1_000; i++) {
            Event event = Event.of("a", 1).withSource("s");
            Event fresh = Event.published(EventClock.system(), "a", 1, "s", null, null);
            for (Event one : List.of(event, fresh)) {
                Event read = one.withId(one.id()).withPayload("other");
                assertThat(read.isDuplicateOf(one)).isTrue();
                assertThat(one.isDuplicateOf(read)).isTrue();
                assertThat(read.duplicateHash()).isEqualTo(one.duplicateHash());
                assertThat(one.isDuplicateOf(one)).isTrue();
            }
            assertThat(fresh.isDuplicateOf(event)).isFalse();
        }
    }

    @Test
    @DisplayName("EVT-1 PUB-4 another source, another id or none makes another event")
    void noDuplicates() {
        Event event = Event.published(EventClock.system(), "a", 1, "s", null, null);
        assertThat(event.withSource("t").isDuplicateOf(event)).isFalse();
        assertThat(event.withId("1").isDuplicateOf(event)).isFalse();
        Event unpublished = Event.of("a", 1);
        assertThat(unpublished.withSource("s").isDuplicateOf(unpublished)).isFalse();
        assertThat(unpublished.withPayload(2).isDuplicateOf(unpublished)).isTrue();
    }

    @Test
    @DisplayName("EVT-1 any text is an id, also one that begins like one of ours")
    void hostileIds() {
        String ours = Event.of("a", 1).id();
        for (int at = 0; at < ours.length(); at++) {
            for (char c : "0g-~\u00e9\uffff ".toCharArray()) {
                String id = ours.substring(0, at) + c + ours.substring(at + 1);
                Event one = Event.of("a", 1).withId(id);
                Event other = Event.of("b", 2).withId(id);
                assertThat(one.duplicateHash()).isEqualTo(other.duplicateHash());
                assertThat(one.isDuplicateOf(other)).isTrue();
            }
        }
    }

    @Test
    @DisplayName(
            "EVT-2 the time in milliseconds is that of the time, also before 1970 and for an exact one")
    void timeMillis() {
        Event fresh = Event.of("a", 1);
        assertThat(fresh.timeMillis()).isEqualTo(fresh.time().toEpochMilli());
        for (String time : List.of("1969-12-31T23:59:59.9991Z", "+12000-01-01T00:00:00.000999Z")) {
            Instant given = Instant.parse(time);
            assertThat(fresh.withTime(given).timeMillis()).isEqualTo(given.toEpochMilli());
        }
    }
}
