// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.Dispatch;
import dev.jitney.EventBus;
import dev.jitney.Handler;
import dev.jitney.SubscribeOptions;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What samplers see, whatever was sampled before: builders of spans are used again. */
@Timeout(60)
class SamplersTest {

    private static final Attributes SEND = TopicSpans.attributes("order.placed", mode(), "send");
    private static final Attributes PROCESS =
            TopicSpans.attributes("order.placed", mode(), "process").toBuilder()
                    .put(Names.SUBSCRIPTION, "mail")
                    .build();

    private static BusTelemetry.Mode mode() {
        return BusTelemetry.Mode.MESSAGING;
    }

    /** Samples some, and writes down what it was asked. */
    private static final class Some implements Sampler {

        final Map<String, Set<Map<?, ?>>> asked = new ConcurrentHashMap<>();
        final Set<SpanKind> kinds = ConcurrentHashMap.newKeySet();
        private final AtomicInteger count = new AtomicInteger();

        @Override
        public SamplingResult shouldSample(
                Context parent,
                String traceId,
                String name,
                SpanKind kind,
                Attributes attributes,
                List<LinkData> links) {
            asked.computeIfAbsent(name, any -> ConcurrentHashMap.newKeySet())
                    .add(Map.copyOf(attributes.asMap()));
            kinds.add(kind);
            // Runs of both, of changing lengths.
            int n = count.incrementAndGet();
            return Integer.bitCount(n * 0x9E3779B9) % 3 == 0
                    ? SamplingResult.recordAndSample()
                    : SamplingResult.drop();
        }

        @Override
        public String getDescription() {
            return "some";
        }
    }

    @Test
    @DisplayName(
            "a sampler sees all attributes of each span, and spans have theirs, on many threads")
    void attributes() throws Exception {
        Some sampler = new Some();
        try (Rig rig = new Rig(sampler)) {
            EventBus bus = rig.bus("orders", one -> one.dispatch(Dispatch.DIRECT));
            bus.subscribe(
                    "order.*",
                    SubscribeOptions.builder().name("mail").build(),
                    (Handler)
                            event ->
                                    assertThat(Span.current().getSpanContext().isValid()).isTrue());
            List<Thread> publishers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                publishers.add(new Thread(() -> publish(bus)));
            }
            publishers.forEach(Thread::start);
            for (Thread publisher : publishers) {
                publisher.join();
            }
            assertThat(sampler.asked)
                    .isEqualTo(
                            Map.of(
                                    "send order.placed", Set.of(SEND.asMap()),
                                    "process order.placed", Set.of(PROCESS.asMap())));
            assertThat(sampler.kinds)
                    .containsExactlyInAnyOrder(SpanKind.PRODUCER, SpanKind.CONSUMER);
            List<SpanData> spans = rig.spans();
            assertThat(spans).hasSizeBetween(500, 3_500);
            assertThat(spans).allSatisfy(SamplersTest::whole);
        }
    }

    private static void publish(EventBus bus) {
        for (int i = 0; i < 500; i++) {
            bus.publish("order.placed", i);
        }
    }

    private static void whole(SpanData span) {
        boolean send = span.getKind() == SpanKind.PRODUCER;
        assertThat(span.getAttributes().asMap())
                .containsAllEntriesOf((send ? SEND : PROCESS).asMap());
        assertThat(span.getParentSpanContext().isValid()).isFalse();
        assertThat(span.getTotalRecordedLinks()).isEqualTo(send ? 0 : 1);
    }
}
