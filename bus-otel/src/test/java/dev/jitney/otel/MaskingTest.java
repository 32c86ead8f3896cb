// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.EventBus;
import dev.jitney.Handler;
import dev.jitney.spi.InterceptorProvider;
import dev.jitney.tck.WordMasker;
import io.opentelemetry.api.GlobalOpenTelemetry;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a bus hides from its log it hides from spans as well. */
class MaskingTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String SECRET = "tom@example.org";

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        GlobalOpenTelemetry.resetForTest();
        rig.close();
    }

    private static void fail(EventBus bus, String topic) throws Exception {
        bus.subscribe(
                topic,
                (Handler)
                        event -> {
                            throw new IllegalStateException("no account of " + SECRET);
                        });
        assertThat(bus.publish(topic, 1).join(PATIENCE)).isTrue();
    }

    /** All that the spans of a topic's handlers say, as one text. */
    private String told(String topic) {
        StringBuilder told = new StringBuilder();
        rig.spans().stream()
                .filter(span -> span.getName().equals("process " + topic))
                .forEach(span -> told.append(span.getStatus()).append(span.getEvents()));
        return told.toString();
    }

    @Test
    @DisplayName("RED-1 telemetry of several buses masks failures as each of them does")
    void ofEachBus() throws Exception {
        BusTelemetry telemetry = BusTelemetry.of(rig.openTelemetry);
        try (EventBus one =
                        telemetry
                                .install(EventBus.builder("one"))
                                .masker(new WordMasker(SECRET, "***"))
                                .build();
                EventBus two =
                        telemetry
                                .install(
                                        EventBus.builder("two")
                                                .masker(new WordMasker(SECRET, "---")))
                                .build();
                EventBus open = telemetry.install(EventBus.builder("open")).build()) {
            fail(one, "one");
            fail(two, "two");
            fail(open, "open");
        }
        assertThat(told("one")).contains("no account of ***").doesNotContain(SECRET, "---");
        assertThat(told("two")).contains("no account of ---").doesNotContain(SECRET, "***");
        assertThat(told("open")).contains("no account of " + SECRET);
    }

    @Test
    @DisplayName("RED-1 a masker that the telemetry was given is used in place of the bus's")
    void given() throws Exception {
        BusTelemetry telemetry =
                BusTelemetry.builder(rig.openTelemetry)
                        .masker(new WordMasker(SECRET, "its own"))
                        .build();
        try (EventBus bus =
                telemetry
                        .install(EventBus.builder("one"))
                        .masker(new WordMasker(SECRET, "***"))
                        .build()) {
            fail(bus, "one");
        }
        assertThat(told("one")).contains("no account of its own").doesNotContain(SECRET, "***");
    }

    @Test
    @DisplayName("RED-1 opened by name it masks as the bus does")
    void byName() throws Exception {
        GlobalOpenTelemetry.set(rig.openTelemetry);
        try (EventBus bus =
                EventBus.builder("one")
                        .discoverPlugins()
                        .plugin(InterceptorProvider.class, "otel", Map.of())
                        .masker(new WordMasker(SECRET, "***"))
                        .build()) {
            fail(bus, "one");
        }
        assertThat(told("one")).contains("no account of ***").doesNotContain(SECRET);
    }
}
