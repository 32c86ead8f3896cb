// SPDX-License-Identifier: Apache-2.0
package dev.jitney.handler.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.EventBus;
import dev.jitney.EventBusBuilder;
import dev.jitney.event.Event;
import dev.jitney.event.Severity;
import dev.jitney.spi.HandlerProvider;
import dev.jitney.spi.Masker;
import dev.jitney.tck.WordMasker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** With java.util.logging behind SLF4J, which is part of every JDK. */
class LogHandlerTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final Logger LOGGER = Logger.getLogger("dev.jitney.log.shop");

    /** Of the engine, which logs the failures that a test brings about. */
    private static final Logger ENGINE = Logger.getLogger("dev.jitney.bus");

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Handler recorder =
            new Handler() {
                @Override
                public void publish(LogRecord line) {
                    lines.add(line.getLevel() + " " + line.getMessage());
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    @BeforeEach
    void record() {
        LOGGER.setUseParentHandlers(false);
        ENGINE.setUseParentHandlers(false);
        LOGGER.addHandler(recorder);
    }

    @AfterEach
    void stop() {
        LOGGER.removeHandler(recorder);
        ENGINE.setUseParentHandlers(true);
    }

    private static EventBusBuilder builder(Map<String, String> config) {
        return EventBus.builder("shop")
                .discoverPlugins()
                .plugin(HandlerProvider.class, "log", config);
    }

    private static Event event(String topic, Object payload) {
        return Event.builder(topic).id("e-1").time(TIME).payload(payload).build();
    }

    private static void publish(EventBusBuilder builder, Event... events)
            throws InterruptedException {
        try (EventBus bus = builder.duplicateWindow(0).build()) {
            for (Event event : events) {
                assertThat(bus.publishAndJoin(event, LONG).outcome().ok()).isTrue();
            }
        }
    }

    @Test
    @DisplayName("S0-19 logs each event in columns, at the level of its severity")
    void logsEachEvent() throws Exception {
        publish(
                builder(Map.of()),
                event("order.placed", Map.of("n", 1)),
                event("order.late", "two days").withSeverity(Severity.WARNING),
                event("order.lost", new byte[3]).withSeverity(Severity.CRITICAL));
        assertThat(lines)
                .containsExactly(
                        "INFO [2026-01-02T03:04:05Z] INFO     shop             order.placed             e-1 {\"n\":1}",
                        "WARNING [2026-01-02T03:04:05Z] WARNING  shop             order.late               e-1 two days",
                        "SEVERE [2026-01-02T03:04:05Z] CRITICAL shop             order.lost               e-1 3 bytes");
    }

    @Test
    @DisplayName("As JSON, without payloads, at one level, of some topics")
    void formsAndLevels() throws Exception {
        publish(
                builder(Map.of("format", "json", "topics", "a.*, b.c", "level", "error")),
                event("a.b", 1),
                event("c.d", 2));
        publish(builder(Map.of("format", "head")), event("a.b", "quiet"));
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0))
                .startsWith("SEVERE {\"id\":\"e-1\",\"source\":\"shop\"")
                .endsWith("\"data\":1}");
        assertThat(lines.get(1)).endsWith(" e-1");
    }

    @Test
    @DisplayName("RED-1 what is logged is masked")
    void masks() throws Exception {
        Masker stars = new WordMasker("hunter2", "***");
        for (String form : List.of("line", "json", "head")) {
            publish(
                    builder(Map.of("format", form)).masker(stars),
                    event("a.b", "hunter2").withHeader("x-note", "hunter2"),
                    event("a.b", Map.of("p", "hunter2")));
        }
        assertThat(lines).hasSize(6).allSatisfy(line -> assertThat(line).doesNotContain("hunter2"));
    }

    @Test
    @DisplayName("An event is one line, whatever stands in it, and no longer than was said")
    void anEventIsOneLine() throws Exception {
        publish(
                builder(Map.of("max-length", "100")),
                event("a.b", "one\ntwo\u001b[2J\u202e"),
                event("a.b", "x".repeat(500)),
                event("a.b", new Object()),
                event("a.b", "\n".repeat(10)));
        assertThat(lines.get(0)).endsWith(" e-1 one\\u000atwo\\u001b[2J\\u202e");
        assertThat(lines.get(1)).hasSize("INFO ".length() + 101).endsWith("x…");
        assertThat(lines.get(2)).endsWith("(a java.lang.Object)");
        assertThat(lines.get(3)).as("cut, though its own text is short").endsWith("\\u000a…");
    }

    @Test
    @DisplayName("A line is cut between characters, and half a character is shown as what it is")
    void cutsBetweenCharacters() throws Exception {
        publish(
                builder(Map.of("max-length", "100")),
                event("a.b", "\ud83d\ude00".repeat(100)),
                event("a.b", "x" + "\ud83d\ude00".repeat(100)),
                event("a.b", "half \ud83d, a tag \udb40\udc41"));
        for (String line : lines.subList(0, 2)) {
            assertThat(line).endsWith("\ud83d\ude00…");
            assertThat(line.codePoints()).noneMatch(c -> c >= 0xd800 && c <= 0xdfff);
        }
        assertThat(lines.get(2)).endsWith(" e-1 half \\ud83d, a tag \\udb40\\udc41");
    }

    @Test
    @DisplayName("It logs what the bus says of failures, and that feeds nothing")
    void logsSystemEvents() throws Exception {
        try (EventBus bus = builder(Map.of()).build()) {
            bus.subscribe(
                    "a.b",
                    event -> {
                        throw new IllegalStateException("no stock");
                    });
            bus.publishAndJoin(event("a.b", 1), LONG);
            assertThat(bus.awaitIdle(LONG)).isTrue();
        }
        assertThat(lines).hasSize(2);
        assertThat(lines.get(1)).contains("system.handler_error").contains("no stock");
    }

    @Test
    @DisplayName("All problems of its configuration come at once")
    void allProblemsAtOnce() {
        assertThatThrownBy(
                        () ->
                                builder(
                                                Map.of(
                                                        "level",
                                                        "loud",
                                                        "format",
                                                        "xml",
                                                        "max-length",
                                                        "1",
                                                        "logger",
                                                        " ",
                                                        "topic",
                                                        "a"))
                                        .build())
                .hasMessage(
                        "Configuration of handler 'log' has 5 problems: 'logger' is empty; 'level' is 'loud', expected severity, trace, debug, info, warn or error; 'format' is 'xml', expected line, json or head; 'max-length' is 1, expected 100 to 1000000; 'topic' is not a known key, did you mean 'topics'?");
    }

    @Test
    @DisplayName("The README lists every option")
    void theReadmeListsEveryOption() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        for (String option : List.of("format", "level", "logger", "max-length", "topics")) {
            assertThat(readme).contains("| `" + option + "` |");
        }
        assertThatThrownBy(() -> builder(Map.of("zzzzzz", "")).build())
                .hasMessageEndingWith(
                        "'zzzzzz' is not a known key, expected format, level, logger, max-length or topics.");
    }
}
