// SPDX-License-Identifier: Apache-2.0
package dev.jitney.codec.jackson;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.jitney.event.JsonPayload;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Payloads of all sorts. */
final class Shop {

    private Shop() {}

    enum Kind {
        HOT,
        COLD
    }

    record Empty() {}

    record Line(String article, int count) {}

    record Order(String id, Optional<String> note, List<Line> lines, Kind kind, BigDecimal total) {}

    record Times(
            Instant instant,
            OffsetDateTime offset,
            ZonedDateTime zoned,
            LocalDate date,
            Duration span) {}

    record Envelope(JsonPayload body) {}

    /** Keeps the keys that a later version has added. */
    record Extensible(String id, @JsonAnySetter @JsonAnyGetter Map<String, Object> rest) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Card.class, name = "card"),
        @JsonSubTypes.Type(value = Cash.class, name = "cash")
    })
    sealed interface Payment permits Card, Cash {}

    /** What nobody should write: the JSON says which class is made of it. */
    record Anything(@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS) Object value) {}

    record Card(String number) implements Payment {}

    record Cash(int cents) implements Payment {}

    /** Has no constructor that Jackson may call. */
    static final class Closed {
        private final int size;

        Closed(int size) {
            this.size = size;
        }

        public int getSize() {
            return size;
        }
    }

    /** The sort of class that Java had before records. */
    static class Customer {
        private String name = "";
        private final Map<String, Object> rest = new TreeMap<>();

        @JsonProperty("customer-name")
        public String getName() {
            return name;
        }

        @JsonProperty("customer-name")
        public void setName(String name) {
            this.name = name;
        }

        @JsonAnyGetter
        public Map<String, Object> getRest() {
            return rest;
        }

        @JsonAnySetter
        public void putRest(String key, Object value) {
            rest.put(key, value);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Customer that
                    && name.equals(that.name)
                    && rest.equals(that.rest);
        }

        @Override
        public int hashCode() {
            return Objects.hash(name, rest);
        }
    }

    static Customer customer(String name, String key, Object value) {
        Customer customer = new Customer();
        customer.setName(name);
        customer.putRest(key, value);
        return customer;
    }

    static Order order() {
        return new Order(
                "o-1",
                Optional.of("quick"),
                List.of(new Line("tea", 2), new Line("Käse \"x\"", 0)),
                Kind.HOT,
                new BigDecimal("19.90"));
    }

    static Times times() {
        return new Times(
                Instant.parse("2026-02-28T23:59:59.123456789Z"),
                OffsetDateTime.parse("2026-02-28T23:59:59+05:30"),
                ZonedDateTime.parse("2026-02-28T23:59:59+01:00[Europe/Berlin]"),
                LocalDate.of(2026, 2, 28),
                Duration.ofSeconds(90, 5));
    }
}
