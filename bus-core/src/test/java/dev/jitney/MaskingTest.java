// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.engine.memory.MemoryDeadLetterSink;
import dev.jitney.event.DeadLetter;
import dev.jitney.event.Event;
import dev.jitney.event.StoredEvent;
import dev.jitney.logs.Logs;
import dev.jitney.spi.DeadLetterSink.Filter;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.Masker;
import dev.jitney.spi.ReadOptions;
import dev.jitney.tck.WordMasker;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.event.Level;

/** What the engine masks by itself, and what it keeps as it was. */
@ExtendWith(NoLeaks.class)
class MaskingTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Masker STARS = new WordMasker("hunter2", "***");

    private final List<Object> handled = new CopyOnWriteArrayList<>();
    private final MemoryDeadLetterSink letters = new MemoryDeadLetterSink(10);

    @BeforeEach
    void prepare() {
        Logs.clear();
    }

    private EventBusBuilder builder(Masker masker) {
        return EventBus.builder("masked").masker(masker).store("memory:").deadLetters(letters);
    }

    private void publish(EventBus bus) throws InterruptedException {
        bus.subscribe(
                "user.login",
                event -> {
                    handled.add(event.payload());
                    throw new IllegalStateException(
                            "hunter2 is refused", new IllegalArgumentException("no hunter2"));
                });
        Event event =
                Event.builder("user.login")
                        .payload(Map.of("password", "hunter2"))
                        .header("x-note", "it is hunter2")
                        .build();
        bus.publishAndJoin(event, LONG);
    }

    private static List<String> stored(EventStore store) {
        List<String> lines = new ArrayList<>();
        try (EventReader reader = store.read(ReadOptions.forward())) {
            for (StoredEvent one = reader.next(); one != null; one = reader.next()) {
                lines.add(one.event().payload() + " " + one.event().headers());
            }
        }
        return lines;
    }

    @Test
    @DisplayName("RED-1 handlers, the store and dead letters keep the original")
    void whatIsKeptIsTheOriginal() throws Exception {
        try (EventBus bus = builder(STARS).build()) {
            publish(bus);
            assertThat(handled).containsExactly(Map.of("password", "hunter2"));
            assertThat(stored(bus.store()).get(0)).contains("hunter2").doesNotContain("***");
            DeadLetter letter = bus.deadLetters().list(Filter.all(), 10).get(0);
            assertThat(letter.errorMessage()).isEqualTo("hunter2 is refused");
            assertThat(letter.event().header("x-note")).isEqualTo("it is hunter2");
        }
    }

    @Test
    @DisplayName("RED-1 with maskStored the store and dead letters have masked copies")
    void whatIsKeptIsMaskedIfAsked() throws Exception {
        try (EventBus bus = builder(STARS).maskStored(true).build()) {
            publish(bus);
            assertThat(handled).containsExactly(Map.of("password", "hunter2"));
            assertThat(stored(bus.store()).get(0)).contains("***").doesNotContain("hunter2");
            DeadLetter letter = bus.deadLetters().list(Filter.all(), 10).get(0);
            assertThat(letter.errorMessage()).isEqualTo("*** is refused");
            assertThat(letter.errorClass()).isEqualTo("java.lang.IllegalStateException");
            assertThat(letter.stack()).contains("no ***").doesNotContain("hunter2");
            assertThat(letter.event().header("x-note")).isEqualTo("it is ***");
            assertThat(letter.handler()).isNotEmpty();
            assertThat(letter.attempts()).isEqualTo(1);

            assertThat(bus.deadLetters().retry(letter.id()).toCompletableFuture().join()).isFalse();
            DeadLetter again = bus.deadLetters().list(Filter.all(), 10).get(0);
            assertThat(again.retries()).isEqualTo(1);
            assertThat(again.errorMessage()).isEqualTo("*** is refused");
            assertThat(handled.get(1)).hasToString("{\"password\":\"***\"}");
        }
    }

    @Test
    @DisplayName(
            "RED-1 with maskStored an event that cannot be masked is refused, not stored as it is")
    void whatCannotBeMaskedIsRefused() {
        try (EventBus bus = builder(STARS).maskStored(true).build()) {
            assertThatThrownBy(() -> bus.publish("a.b", new Object()))
                    .isInstanceOf(EventFormatException.class);
            assertThat(stored(bus.store())).isEmpty();
            DeadLetter letter = bus.deadLetters().list(Filter.all(), 10).get(0);
            assertThat(letter.event().payload()).isEqualTo("[REDACTED]");
        }
    }

    @Test
    @DisplayName(
            "RED-1 what is logged of a failure is masked, with its causes, and keeps its stack")
    void failuresAreLoggedMasked() throws Exception {
        try (EventBus bus = builder(STARS).build()) {
            publish(bus);
        }
        Logs.Line line =
                Logs.lines().stream()
                        .filter(one -> one.message().startsWith("Handler '"))
                        .findFirst()
                        .orElseThrow();
        StringWriter trace = new StringWriter();
        line.cause().printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString())
                .startsWith("java.lang.IllegalStateException: *** is refused")
                .contains("Caused by: java.lang.IllegalArgumentException: no ***")
                .contains("at dev.jitney.MaskingTest.")
                .doesNotContain("hunter2");
        assertThat(Logs.lines().toString()).doesNotContain("hunter2");
    }

    @Test
    @DisplayName(
            "RED-1 failures of actions on the end of an event or a subscription are logged masked")
    void failuresOfActionsAreLoggedMasked() throws Exception {
        try (EventBus bus = builder(STARS).build()) {
            bus.subscribe("a.b", event -> {})
                    .onClosed(
                            () -> {
                                throw new IllegalStateException("hunter2 at the end");
                            });
            bus.publish("a.b", 1)
                    .whenCompleted(
                            done -> {
                                throw new IllegalStateException("hunter2 is done");
                            });
            assertThat(bus.awaitIdle(LONG)).isTrue();
        }
        assertThat(Logs.lines())
                .extracting(line -> String.valueOf(line.cause()))
                .contains(
                        "java.lang.IllegalStateException: *** at the end",
                        "java.lang.IllegalStateException: *** is done");
    }

    @Test
    @DisplayName("RED-1 a failure without a secret is logged as itself")
    void plainFailuresAreLoggedAsTheyAre() throws Exception {
        IllegalStateException plain = new IllegalStateException("no stock");
        try (EventBus bus = builder(STARS).build()) {
            bus.subscribe(
                    "a.b",
                    event -> {
                        throw plain;
                    });
            bus.publishAndJoin(Event.of("a.b", 1), LONG);
        }
        assertThat(Logs.lines()).anyMatch(line -> line.cause() == plain);
    }

    @Test
    @DisplayName(
            "RED-1 a masker that throws hides everything, is logged without the text, and harms nothing")
    void aMaskerThatThrowsHidesEverything() throws Exception {
        Masker broken =
                new WordMasker("hunter2", "***") {
                    @Override
                    public String mask(String text) {
                        throw new IllegalStateException("cannot mask " + text);
                    }
                };
        try (EventBus bus = builder(broken).maskStored(true).build()) {
            publish(bus);
            assertThat(handled).hasSize(1);
            assertThat(stored(bus.store()).toString()).doesNotContain("hunter2");
            assertThat(bus.logTree()).doesNotContain("hunter2");
        }
        assertThat(Logs.messages(Level.WARN))
                .contains(
                        "The masker has failed in 'mask': java.lang.IllegalStateException: java.lang.IllegalStateException.");
        assertThat(Logs.lines().toString()).doesNotContain("hunter2");
    }
}
