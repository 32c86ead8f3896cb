// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.EventBus;
import dev.jitney.Handler;
import dev.jitney.SubscribeOptions;
import dev.jitney.event.Outcome;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A limit that passes before the handler has got as far as its span. */
@Timeout(60)
class LateLimitTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Holds up the first handler's span as it begins, as a thread that gets no processor does. */
    private static final class HoldUp implements SpanProcessor {

        final Set<String> open = ConcurrentHashMap.newKeySet();
        final CountDownLatch go = new CountDownLatch(1);
        final CountDownLatch ended = new CountDownLatch(3);
        private final AtomicBoolean first = new AtomicBoolean(true);

        @Override
        public void onStart(Context parent, ReadWriteSpan span) {
            open.add(span.getSpanContext().getSpanId());
            boolean held = span.getName().startsWith("process") && first.getAndSet(false);
            while (held) {
                try {
                    go.await();
                    held = false;
                } catch (InterruptedException e) {
                    // The limit's: it finds no handler yet.
                }
            }
        }

        @Override
        public boolean isStartRequired() {
            return true;
        }

        @Override
        public void onEnd(ReadableSpan span) {
            open.remove(span.getSpanContext().getSpanId());
            ended.countDown();
        }

        @Override
        public boolean isEndRequired() {
            return true;
        }
    }

    @Test
    @DisplayName("TMO-2 a limit that passes while a handler's span begins leaves no span open")
    void limitWhileTheSpanBegins() throws Exception {
        HoldUp spans = new HoldUp();
        SdkTracerProvider tracers = SdkTracerProvider.builder().addSpanProcessor(spans).build();
        try (OpenTelemetrySdk openTelemetry =
                        OpenTelemetrySdk.builder().setTracerProvider(tracers).build();
                EventBus bus =
                        BusTelemetry.of(openTelemetry)
                                .install(EventBus.builder("orders"))
                                .build()) {
            bus.subscribe(
                    "order.*",
                    SubscribeOptions.builder().timeout(Duration.ofMillis(20)).build(),
                    (Handler) event -> {});
            var order = bus.publish("order.placed", 1);
            // Whoever waits may be the one that is held up.
            order.whenCompleted(completed -> spans.go.countDown());
            assertThat(order.join(PATIENCE)).isTrue();
            assertThat(order.outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
            assertThat(spans.ended.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(bus.awaitIdle(PATIENCE)).isTrue();
        }
        assertThat(spans.open).isEmpty();
    }
}
