// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LateHeaderTest {

    private final EventClock clock =
            EventClock.of(InstantSource.fixed(Instant.parse("2026-03-01T12:00:00Z")));
    private final Event plain = Event.builder("a.b").clock(clock).payload("p").build();
    private final AtomicInteger made = new AtomicInteger();

    private Supplier<String> text(String value) {
        return () -> {
            made.incrementAndGet();
            return value;
        };
    }

    @ParameterizedTest
    @DisplayName("EVT-1 EVT-5 a late header is what a header of its text is")
    @CsvSource({"trace, 1", "X-Odd, a", "trace, 'a\u0085'", "subject, s", "other, new"})
    void isAsAHeader(String name, String value) {
        Event full = plain.withSubject("s").withHeader("other", "o").withHeader("X", "y");
        for (Event first : List.of(plain, full)) {
            Event now = first.withHeader(name, value);
            Event late = first.withLateHeader(name, text(value));
            assertThat(late).isEqualTo(now).hasSameHashCodeAs(now);
            assertThat(now).isEqualTo(first.withLateHeader(name, text(value)));
            assertThat(late.extensions()).isEqualTo(now.extensions());
            assertThat(late.headers()).isEqualTo(now.headers());
            assertThat(late.header(name)).isEqualTo(value);
            assertThat(late.subject()).isEqualTo(now.subject());
            assertThat(late.toBuilder().build()).isEqualTo(now);
            assertThat(late.withTopic("c")).isEqualTo(now.withTopic("c"));
            assertThat(late.renew(clock).headers()).isEqualTo(now.headers());
            assertThat(first.header(name)).isNotEqualTo(value);
        }
    }

    @Test
    @DisplayName("EVT-1 its text is made when somebody looks at headers, and kept")
    void isMadeLate() {
        Event late = plain.withLateHeader("trace", text("1"));
        Event published = late.published("bus", null, null);
        assertThat(published.time()).isEqualTo(plain.time());
        assertThat(published.version()).isEqualTo("1");
        assertThat(published.contentType()).isNull();
        assertThat(published.isDuplicateOf(late.published("bus", "c", null))).isTrue();
        assertThat(made).hasValue(0);
        assertThat(published.header("trace")).isEqualTo("1");
        assertThat(late.headers()).isEqualTo(Map.of("trace", "1"));
        assertThat(published.extensions()).isEqualTo(Map.<String, Object>of("trace", "1"));
        assertThat(made).hasValue(1);
    }

    @Test
    @DisplayName("EVT-1 another header keeps a late one or takes its place")
    void goesWithOthers() {
        Event late = plain.withLateHeader("trace", text("1"));
        assertThat(late.withHeader("more", "2").headers())
                .isEqualTo(Map.of("trace", "1", "more", "2"));
        assertThat(late.withLateHeader("more", text("2")).headers())
                .isEqualTo(Map.of("trace", "1", "more", "2"));
        assertThat(late.withLateHeader("trace", text("3")).header("trace")).isEqualTo("3");
        assertThat(late.withHeader("trace", "3").header("trace")).isEqualTo("3");
        assertThat(late.header("trace")).isEqualTo("1");
    }

    @Test
    @DisplayName("EVT-1 what a text throws goes to whoever looks, each time")
    void mayFail() {
        Event late =
                plain.withLateHeader(
                        "trace",
                        () -> {
                            throw new IllegalStateException("no text");
                        });
        assertThat(late.topic()).isEqualTo("a.b");
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> late.header("trace"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no text");
        }
    }
}
