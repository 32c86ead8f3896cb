// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CorrelationContextTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";

    @AfterEach
    void nothingStaysBound() {
        assertThat(CorrelationContext.current()).isNull();
        CorrelationContext.restore(null);
    }

    @Test
    @DisplayName("CTX-2 an id is bound until its entry is closed, and entries nest")
    void nesting() {
        try (var outer = CorrelationContext.with("outer")) {
            assertThat(outer.id()).isEqualTo("outer");
            try (var inner = CorrelationContext.withNew()) {
                assertThat(CorrelationContext.current()).isEqualTo(inner.id());
                assertThat(UUID.fromString(inner.id()).version()).isEqualTo(7);
            }
            assertThat(CorrelationContext.current()).isEqualTo("outer");
        }
        assertThat(CorrelationContext.current()).isNull();
    }

    @Test
    @DisplayName("CTX-2 what was bound is restored when the action throws")
    void actions() throws Exception {
        var seen = new AtomicReference<String>();
        try (var outer = CorrelationContext.with("outer")) {
            CorrelationContext.runWith("a", () -> seen.set(CorrelationContext.current()));
            assertThat(seen).hasValue("a");
            String called = CorrelationContext.callWith("b", CorrelationContext::current);
            assertThat(called).isEqualTo("b");
            assertThatThrownBy(
                            () ->
                                    CorrelationContext.callWith(
                                            "c",
                                            () -> {
                                                throw new IOException("broken");
                                            }))
                    .isInstanceOf(IOException.class)
                    .hasMessage("broken");
            assertThat(CorrelationContext.current()).isEqualTo(outer.id());
        }
    }

    @Test
    @DisplayName("CTX-2 closing an entry again, or after the one around it, has no effect")
    void closingInAnyOrder() {
        var outer = CorrelationContext.with("outer");
        var middle = CorrelationContext.with("middle");
        var inner = CorrelationContext.with("inner");
        middle.close();
        assertThat(CorrelationContext.current()).isEqualTo("outer");
        inner.close();
        middle.close();
        assertThat(CorrelationContext.current()).isEqualTo("outer");
        outer.close();
        outer.close();
        assertThat(CorrelationContext.current()).isNull();
    }

    @Test
    @DisplayName("CTX-2 another thread neither sees an id nor closes its entry")
    void threads() throws Exception {
        String thread = Thread.currentThread().getName();
        try (var entry = CorrelationContext.with("here")) {
            var there =
                    CompletableFuture.supplyAsync(
                            () -> {
                                Thread.currentThread().setName("elsewhere");
                                assertThatThrownBy(entry::close)
                                        .isInstanceOf(IllegalStateException.class)
                                        .hasMessage(
                                                "Correlation 'here' was bound on thread '"
                                                        + thread
                                                        + "' and cannot be closed on thread 'elsewhere'."
                                                        + " Close it where it was opened;"
                                                        + " suspending code uses withCorrelation.");
                                return String.valueOf(CorrelationContext.current());
                            },
                            task -> new Thread(task).start());
            assertThat(there.get()).isEqualTo("null");
            assertThat(CorrelationContext.current()).isEqualTo("here");
        }
    }

    @Test
    @DisplayName("CTX-2 an empty id is refused, any other is taken as it is")
    void ids() {
        assertThatThrownBy(() -> CorrelationContext.with(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The correlation id is empty. Give one, or use withNew.");
        String odd = "x".repeat(500) + "\n";
        CorrelationContext.runWith(
                odd, () -> assertThat(CorrelationContext.current()).isEqualTo(odd));
    }

    @Test
    @DisplayName("CTX-4 who carries contexts installs an event's id, an id or none, and restores")
    void installing() {
        Event event = Event.of("order.placed", 1).withCorrelationId("story");
        try (var outer = CorrelationContext.with("outer")) {
            Object before = CorrelationContext.install(event);
            assertThat(CorrelationContext.current()).isEqualTo("story");
            try (var inner = CorrelationContext.with("inner")) {
                assertThat(CorrelationContext.current()).isEqualTo(inner.id());
            }
            assertThat(CorrelationContext.current()).isEqualTo("story");
            Object story = CorrelationContext.install((String) null);
            assertThat(CorrelationContext.current()).isNull();
            CorrelationContext.restore(story);
            assertThat(CorrelationContext.current()).isEqualTo("story");
            CorrelationContext.restore(before);
            assertThat(CorrelationContext.current()).isEqualTo(outer.id());
        }
    }

    @Test
    @DisplayName("CTX-4 what a handler leaves open does not leak out of it")
    void forgottenEntries() {
        Object before = CorrelationContext.install("handler");
        var forgotten = CorrelationContext.with("forgotten");
        CorrelationContext.restore(before);
        assertThat(CorrelationContext.current()).isNull();
        try (var next = CorrelationContext.with("next")) {
            forgotten.close();
            assertThat(CorrelationContext.current()).isEqualTo(next.id());
        }
    }

    @Test
    @DisplayName("CTX-4 an entry that was closed meanwhile does not come back")
    void closedWhileReplaced() {
        var outer = CorrelationContext.with("outer");
        var inner = CorrelationContext.with("inner");
        Object before = CorrelationContext.install("handler");
        inner.close();
        assertThat(CorrelationContext.current()).isEqualTo("handler");
        CorrelationContext.restore(before);
        assertThat(CorrelationContext.current()).isEqualTo("outer");
        Object again = CorrelationContext.install("handler");
        outer.close();
        CorrelationContext.restore(again);
        assertThat(CorrelationContext.install((String) null))
                .as("what a thread of a pool would keep for ever")
                .isNull();
    }

    @Test
    @DisplayName("CTX-4 the id of an event that was never published is none")
    void uncorrelatedEvent() {
        Object before = CorrelationContext.install(Event.of("order.placed", 1));
        assertThat(CorrelationContext.current()).isNull();
        assertThat(CorrelationContext.headersWithCorrelation()).isEmpty();
        CorrelationContext.restore(before);
    }

    @Test
    @DisplayName("CTX-3 the headers are asked in order, whatever their case and place in the map")
    void headerOrder() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("TraceParent", PARENT);
        headers.put("request-ID", "third");
        headers.put("x-request-id", "second");
        headers.put("X-CORRELATION-id", "first");
        headers.put("correlation-id", "not asked");
        assertThat(CorrelationContext.correlationIdFromHeaders(headers)).isEqualTo("first");
        headers.remove("X-CORRELATION-id");
        assertThat(CorrelationContext.correlationIdFromHeaders(headers)).isEqualTo("second");
        headers.remove("x-request-id");
        assertThat(CorrelationContext.correlationIdFromHeaders(headers)).isEqualTo("third");
        headers.remove("request-ID");
        assertThat(CorrelationContext.correlationIdFromHeaders(headers)).isEqualTo(TRACE);
        headers.remove("TraceParent");
        String made = CorrelationContext.correlationIdFromHeaders(headers);
        assertThat(UUID.fromString(made).version()).isEqualTo(7);
        assertThat(CorrelationContext.correlationIdFromHeaders(headers)).isNotEqualTo(made);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " \t ",
                "a\nb",
                "a\r\nSet-Cookie: b",
                "tail\n",
                "\u0000",
                "a\tb",
                "\u007f",
                "\u0085",
                "\ud800",
                "a\udc00b",
                "\uffff",
                "\ufdd0",
                "\ud83f\udffe"
            })
    @DisplayName("CTX-3 an id that is empty or has characters that cannot travel is passed over")
    void unusableIds(String id) {
        Map<String, String> headers = Map.of("X-Correlation-ID", id, "X-Request-ID", "next");
        assertThat(CorrelationContext.correlationIdFromHeaders(headers)).isEqualTo("next");
    }

    @Test
    @DisplayName("CTX-3 an id has at most 128 characters, blanks around it not counted")
    void longIds() {
        String longest = "é".repeat(128);
        Map<String, String> headers = new HashMap<>();
        headers.put("X-Correlation-ID", " \t" + longest + "  ");
        assertThat(CorrelationContext.correlationIdFromHeaders(headers)).isEqualTo(longest);
        headers.put("X-Correlation-ID", longest + "é");
        headers.put("Request-Id", "|a.b 😀");
        assertThat(CorrelationContext.correlationIdFromHeaders(headers)).isEqualTo("|a.b 😀");
    }

    @Test
    @DisplayName("CTX-3 of a header that is there twice the first usable one counts; nulls do not")
    void repeatedHeaders() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(null, "HTTP/1.1 200 OK");
        headers.put("X-CORRELATION-ID", null);
        headers.put("x-correlation-id", "a\nb");
        headers.put("X-Correlation-Id", "usable");
        headers.put("X-Correlation-ID", "later");
        assertThat(CorrelationContext.correlationIdFromHeaders(headers)).isEqualTo("usable");
        assertThat(CorrelationContext.correlationIdFromHeaders(Map.of())).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "0g-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e473-600f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
                "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, 00-x",
                "",
                "-",
            })
    @DisplayName("CTX-3 a traceparent that is not valid is not taken over")
    void invalidParents(String parent) {
        String id = CorrelationContext.correlationIdFromHeaders(Map.of("traceparent", parent));
        assertThat(id).isNotEqualToIgnoringCase(TRACE);
        assertThat(UUID.fromString(id).version()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00\t",
                "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff",
                "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what comes later",
            })
    @DisplayName("CTX-3 the trace id of a valid traceparent is, of a later version too")
    void validParents(String parent) {
        assertThat(CorrelationContext.correlationIdFromHeaders(Map.of("traceparent", parent)))
                .isEqualTo(TRACE);
    }

    @Test
    @DisplayName("CTX-3 the current id is handed on in a header, and read back")
    void handingOn() {
        assertThat(CorrelationContext.headersWithCorrelation()).isEmpty();
        try (var entry = CorrelationContext.with("story")) {
            Map<String, String> headers = CorrelationContext.headersWithCorrelation();
            assertThat(headers).isEqualTo(Map.of("X-Correlation-ID", entry.id()));
            assertThat(CorrelationContext.correlationIdFromHeaders(headers)).isEqualTo("story");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nSet-Cookie: b", "\u0000", "\ud800"})
    @DisplayName("CTX-3 an id from outside never smuggles a line into a header")
    void smuggling(String id) {
        Event foreign = Event.of("order.placed", 1).withCorrelationId(id);
        Object before = CorrelationContext.install(foreign);
        assertThat(CorrelationContext.headersWithCorrelation()).isEqualTo(Collections.emptyMap());
        CorrelationContext.restore(before);
    }
}
