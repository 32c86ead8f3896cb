// SPDX-License-Identifier: Apache-2.0
package dev.jitney.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.EventBus;
import dev.jitney.EventBusBuilder;
import dev.jitney.ReplayReport;
import dev.jitney.event.Event;
import dev.jitney.event.Selection;
import dev.jitney.event.Severity;
import dev.jitney.spi.AlertStore;
import dev.jitney.spi.AlertStore.Alert;
import dev.jitney.spi.AlertStore.Filter;
import dev.jitney.spi.AlertStore.State;
import dev.jitney.spi.AlertStoreProvider;
import dev.jitney.spi.ConfigException;
import dev.jitney.spi.HandlerProvider;
import dev.jitney.spi.Masker;
import dev.jitney.tck.WordMasker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Alerts from an event to its end, on a bus. */
@Timeout(60)
class AlertsOfABusTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir private Path directory;

    private EventBusBuilder builder() {
        Map<String, String> place = Map.of("directory", directory.toString());
        return EventBus.builder("shop")
                .plugin(AlertStoreProvider.class, "file", place)
                .plugin(HandlerProvider.class, "alerts", Map.of());
    }

    private static Event event(Severity severity, Object payload) {
        return Event.builder("disk.full")
                .source("host")
                .severity(severity)
                .payload(payload)
                .build();
    }

    @Test
    @DisplayName("ALR-1 the example of the README")
    void theExample() throws Exception {
        // README
        EventBus bus =
                EventBus.builder("shop")
                        .plugin(
                                AlertStoreProvider.class,
                                "file",
                                Map.of("directory", directory.toString()))
                        .plugin(HandlerProvider.class, "alerts", Map.of())
                        .build();

        Event full =
                Event.builder("disk.full").severity(Severity.CRITICAL).payload("9 % left").build();
        bus.publish(full).join(Duration.ofSeconds(5));

        AlertStore alerts = bus.alerts();
        for (Alert alert : alerts.list(Filter.open(), 10)) {
            alerts.acknowledge(alert.id(), "alice", "ordering a disk", Instant.now());
        }
        // README end
        assertThat(alerts.get(full.id()).state()).isEqualTo(State.ACKNOWLEDGED);
        assertThat(alerts.get(full.id()).message()).isEqualTo("9 % left");
        bus.close();
    }

    @Test
    @DisplayName("ALR-1 events of WARNING or worse raise alerts, once each")
    void badEventsRaiseAlerts() throws Exception {
        try (EventBus bus = builder().build()) {
            Event info = event(Severity.INFO, "fine");
            Event warning = event(Severity.WARNING, Map.of("message", "9 % left", "disk", 1));
            Event critical = event(Severity.CRITICAL, Map.of("disk", 1));
            for (Event event : List.of(info, warning, critical)) {
                bus.publishAndJoin(event, LONG);
            }
            assertThat(bus.alerts().list(Filter.all(), 10))
                    .extracting(Alert::id)
                    .containsExactly(critical.id(), warning.id());
            assertThat(bus.alerts().get(warning.id()).message()).isEqualTo("9 % left");
            assertThat(bus.alerts().get(critical.id()).message()).isEqualTo("{\"disk\":1}");
            assertThat(bus.alerts().get(critical.id()).topic()).isEqualTo("disk.full");
        }
    }

    /** Masks what stands under one name. */
    private record NameMasker(String name) implements Masker {

        @Override
        public String mask(String text) {
            return text;
        }

        @Override
        public String maskValue(String under, String value) {
            return under.equals(name) ? "[REDACTED]" : value;
        }

        @Override
        public String maskJson(String json) {
            return json;
        }
    }

    @Test
    @DisplayName("ALR-1 RED-1 a message is masked if its name is one of a secret")
    void aMessageIsMaskedByItsName() throws Exception {
        try (EventBus bus = builder().masker(new NameMasker("message")).build()) {
            Event event = event(Severity.CRITICAL, Map.of("message", "sesame"));
            bus.publishAndJoin(event, LONG);
            assertThat(bus.alerts().get(event.id()).message()).isEqualTo("[REDACTED]");
        }
    }

    @Test
    @DisplayName("ALR-1 a message is not cut inside of a character")
    void aMessageIsCutBetweenCharacters() throws Exception {
        try (EventBus bus = builder().build()) {
            Event event = event(Severity.CRITICAL, "x".repeat(498) + "\ud83d\ude00\ud83d\ude00");
            bus.publishAndJoin(event, LONG);
            assertThat(bus.alerts().get(event.id()).message()).isEqualTo("x".repeat(498) + "…");
        }
    }

    @Test
    @DisplayName("ALR-1 HIS-4 a replay neither reopens nor doubles an alert")
    void aReplayChangesNothing() throws Exception {
        try (EventBus bus = builder().build()) {
            Event resolved = event(Severity.CRITICAL, "a");
            Event fresh = event(Severity.WARNING, "b");
            Event removed = event(Severity.WARNING, "c");
            for (Event event : List.of(resolved, fresh, removed)) {
                bus.publishAndJoin(event, LONG);
            }
            bus.alerts().resolve(resolved.id(), "alice", "done", Instant.EPOCH);
            bus.alerts().remove(removed.id());
            List<Alert> before = bus.alerts().list(Filter.all(), 10);
            // The handler wants none of them.
            assertThat(bus.replay(Selection.all())).isEqualTo(new ReplayReport(0, 0, true));
            assertThat(bus.alerts().list(Filter.all(), 10)).isEqualTo(before).hasSize(2);
        }
    }

    @Test
    @DisplayName("ALR-1 alerts survive a restart, and a tool without a bus reads and changes them")
    void alertsSurviveARestart() throws Exception {
        Event event = event(Severity.CRITICAL, "a");
        try (EventBus bus = builder().build()) {
            bus.publishAndJoin(event, LONG);
            bus.alerts().acknowledge(event.id(), "alice", "", Instant.EPOCH);
        }
        try (AlertStore tool = Stores.open(directory)) {
            tool.resolve(event.id(), "bob", "by hand", Instant.EPOCH);
        }
        try (EventBus bus = builder().build()) {
            assertThat(bus.alerts().get(event.id()).state()).isEqualTo(State.RESOLVED);
            bus.publishAndJoin(event, LONG);
            assertThat(bus.alerts().list(Filter.open(), 10)).isEmpty();
        }
    }

    @Test
    @DisplayName("ALR-1 RED-1 what an alert shows is masked, and short")
    void messagesAreMasked() throws Exception {
        try (EventBus bus = builder().masker(new WordMasker("secret", "[REDACTED]")).build()) {
            Event text = event(Severity.WARNING, "the secret is out");
            Event json = event(Severity.WARNING, Map.of("word", "secret"));
            Event longOne = event(Severity.WARNING, "x".repeat(501));
            Event nothing = event(Severity.WARNING, " ");
            Event odd = event(Severity.WARNING, new Object());
            Event bytes = event(Severity.WARNING, new byte[] {1});
            for (Event event : List.of(text, json, longOne, nothing, odd, bytes)) {
                bus.publishAndJoin(event, LONG);
            }
            assertThat(bus.alerts().list(Filter.all(), 10))
                    .extracting(Alert::message)
                    .containsExactly(
                            "disk.full",
                            "disk.full",
                            "disk.full",
                            "x".repeat(499) + "…",
                            "{\"word\":\"[REDACTED]\"}",
                            "the [REDACTED] is out");
        }
    }

    @Test
    @DisplayName("ALR-1 takes only what its options select")
    void followsItsOptions() throws Exception {
        Map<String, String> options = Map.of("severity", "critical", "topics", "disk.*, net.*");
        Map<String, String> place = Map.of("directory", directory.toString());
        try (EventBus bus =
                EventBus.builder("shop")
                        .plugin(AlertStoreProvider.class, "file", place)
                        .plugin(HandlerProvider.class, "alerts", options)
                        .build()) {
            bus.publishAndJoin(event(Severity.WARNING, 1), LONG);
            bus.publishAndJoin(event(Severity.CRITICAL, 1).withTopic("cpu.hot"), LONG);
            bus.publishAndJoin(event(Severity.CRITICAL, 1).withTopic("net.down"), LONG);
            assertThat(bus.alerts().list(Filter.all(), 10))
                    .extracting(Alert::topic)
                    .containsExactly("net.down");
        }
    }

    @Test
    @DisplayName("ALR-1 ERR-6 an alert that cannot be kept is a dead letter, and delivery goes on")
    void aFailureLosesNothing() throws Exception {
        try (EventBus bus = builder().build()) {
            Files.writeString(directory.resolve("alerts.jsonl"), "{\"format\":2}\n");
            bus.publishAndJoin(event(Severity.CRITICAL, 1), LONG);
            bus.publishAndJoin(event(Severity.INFO, 1), LONG);
            assertThat(bus.awaitIdle(LONG)).isTrue();
            // The event, and the one that tells of the failure, which is where it ends.
            assertThat(bus.deadLetters().stats().byTopic())
                    .isEqualTo(Map.of("disk.full", 1L, "system.handler_error", 1L));
        }
    }

    @Test
    @DisplayName("ALR-1 without an alert store the bus does not start, and says what to do")
    void needsAnAlertStore() {
        EventBusBuilder builder =
                EventBus.builder("shop").plugin(HandlerProvider.class, "alerts", Map.of());
        assertThatThrownBy(builder::build)
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Configuration of handler 'alerts' has a problem: the bus has no alert"
                                + " store, ask for one with"
                                + " EventBusBuilder.plugin(AlertStoreProvider.class, \"file\", …).");
    }
}
