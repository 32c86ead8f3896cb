// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.EventBus;
import dev.jitney.Handler;
import dev.jitney.SubscribeOptions;
import dev.jitney.event.Event;
import dev.jitney.otel.BusTelemetry.Linking;
import dev.jitney.otel.BusTelemetry.Mode;
import dev.jitney.spi.Position;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A trace that begins in one process and goes on in another, through the file store. */
@Timeout(120)
class TwoProcessesTest {

    @TempDir private Path scratch;

    /** The other process: publishes within a span and says what the span's context was. */
    static final class Publisher {

        private Publisher() {}

        public static void main(String[] args) throws Exception {
            try (Rig rig = new Rig()) {
                EventBus bus =
                        rig.bus("publisher", one -> one.discoverPlugins().store("file:" + args[0]));
                rig.within("checkout", () -> bus.publish("order.placed", "tea"));
                SpanData send = rig.spans().get(1);
                String context = TraceHeaders.format(send.getSpanContext());
                Files.writeString(Path.of(args[1]), send.getName() + " " + context);
            }
        }
    }

    private String[] publishElsewhere(Path store) throws Exception {
        Path said = scratch.resolve("said");
        Process other =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Publisher.class.getName(),
                                store.toString(),
                                said.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(scratch.resolve("output").toFile())
                        .start();
        try {
            assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            other.destroyForcibly();
        }
        assertThat(other.exitValue()).as(Files.readString(scratch.resolve("output"))).isZero();
        return Files.readString(said).split(" ");
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName(
            "DSU-2 a handler in another process is tied to the publish: one trace id, right link")
    void anotherProcess(Linking linking) throws Exception {
        Path store = scratch.resolve("store");
        String[] sent = publishElsewhere(store);
        SpanContext send = TraceHeaders.parse(sent[2], null);
        assertThat(sent[0] + " " + sent[1]).isEqualTo("send order.placed");
        AtomicReference<Event> seen = new AtomicReference<>();
        try (Rig rig = new Rig()) {
            EventBus bus =
                    rig.bus(
                            "mailer",
                            Mode.MESSAGING,
                            linking,
                            one -> one.discoverPlugins().store("file:" + store));
            CountDownLatch handled = new CountDownLatch(1);
            bus.subscribe(
                    "order.*",
                    SubscribeOptions.builder()
                            .name("mail")
                            .durable("mailer", Position.start())
                            .build(),
                    (Handler)
                            event -> {
                                seen.set(event);
                                handled.countDown();
                            });
            assertThat(handled.await(30, TimeUnit.SECONDS)).isTrue();
            List<SpanData> spans = rig.spans();
            assertThat(spans).hasSize(1);
            check(spans.get(0), linking, send);
        }
        assertThat(seen.get().extensions()).containsEntry("traceparent", sent[2]);
        assertThat(seen.get().correlationId()).isEqualTo(send.getTraceId());
    }

    private static void check(SpanData process, Linking linking, SpanContext send) {
        assertThat(process.getName()).isEqualTo("process order.placed");
        assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(process.getAttributes().asMap())
                .containsEntry(Names.CONVERSATION_ID, send.getTraceId())
                .containsEntry(Names.ORIGIN, "durable")
                .containsEntry(Names.BUS, "mailer");
        if (linking == Linking.PARENT) {
            assertThat(process.getParentSpanContext()).isEqualTo(send);
            assertThat(process.getLinks()).isEmpty();
        } else {
            assertThat(process.getParentSpanContext().isValid()).isFalse();
            assertThat(process.getLinks())
                    .singleElement()
                    .satisfies(link -> assertThat(link.getSpanContext()).isEqualTo(send));
        }
    }
}
