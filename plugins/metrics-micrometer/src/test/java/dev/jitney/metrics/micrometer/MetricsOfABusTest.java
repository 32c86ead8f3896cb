// SPDX-License-Identifier: Apache-2.0
package dev.jitney.metrics.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.BusStats;
import dev.jitney.EventBus;
import dev.jitney.Handler;
import dev.jitney.spi.BusMetric;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a bus measures is what it says of itself. */
class MetricsOfABusTest {

    private static final int THREADS = 8;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** What each thread does with its number and the number of the event. */
    private interface Work {
        void run(int thread, int i) throws Exception;
    }

    private static void inParallel(int each, Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            CountDownLatch begin = new CountDownLatch(1);
            List<Future<?>> running = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int thread = t;
                running.add(
                        threads.submit(
                                () -> {
                                    begin.await();
                                    for (int i = 0; i < each; i++) {
                                        work.run(thread, i);
                                    }
                                    return null;
                                }));
            }
            begin.countDown();
            for (Future<?> one : running) {
                one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void comparesToStats(int events) throws Exception {
        MicrometerMetrics metrics = MicrometerMetrics.prometheus();
        try (EventBus bus = EventBus.builder("orders").metrics(metrics).build()) {
            bus.subscribe("order.*", (Handler) event -> {});
            bus.subscribe("order.placed", (Handler) event -> {});
            bus.subscribe("order.bad", event -> event.payload(String.class));
            String[] topics = {"order.placed", "order.paid", "order.bad", "nobody.cares"};
            inParallel(
                    events / THREADS,
                    (thread, i) -> {
                        // Every hundredth fails on a payload that is no text.
                        String topic = i % 100 == 0 ? topics[2] : topics[i % 2 == 0 ? 0 : i % 4];
                        bus.publish(topic, i);
                    });
            assertThat(bus.awaitIdle(PATIENCE)).isTrue();
            equalsStats(PrometheusText.parse(metrics.scrape()), bus.stats(), events);
        } finally {
            metrics.close();
        }
    }

    private static void equalsStats(PrometheusText text, BusStats stats, int events) {
        assertThat(stats.published()).isGreaterThanOrEqualTo(events);
        assertThat(stats.failed()).isEqualTo(events / 100);
        assertThat(text.sum("bus_events_published_total")).isEqualTo(stats.published());
        assertThat(text.sum("bus_events_handled_total")).isEqualTo(stats.handled());
        assertThat(text.sum("bus_events_failed_total")).isEqualTo(stats.failed());
        assertThat(text.sum("bus_deadletters_added_total")).isEqualTo(stats.deadLetters());
        assertThat(text.sum("bus_events_unhandled_total"))
                .isEqualTo(stats.published() - stats.handled() - stats.failed());
        assertThat(text.value("bus_events_pending", "bus", "orders")).isZero();
        assertThat(text.value("bus_events_inflight", "bus", "orders")).isZero();
        assertThat(text.value("bus_subscriptions", "bus", "orders"))
                .isEqualTo(stats.subscriptions());
        assertThat(text.value("bus_publish_latency_seconds_count", "bus", "orders"))
                .isEqualTo(stats.published());
        for (BusStats.TopicStats topic : stats.topics()) {
            String[] labels = {"bus", "orders", "topic", topic.topic()};
            assertThat(text.value("bus_events_published_total", labels))
                    .as(topic.topic())
                    .isEqualTo(topic.published());
            if (topic.handled() > 0) {
                assertThat(text.value("bus_events_handled_total", labels))
                        .isEqualTo(topic.handled());
            }
        }
        assertThat(stats.handlers()).hasSize(3);
        for (BusStats.HandlerStats handler : stats.handlers()) {
            String[] labels = {"bus", "orders", "subscription", handler.subscription()};
            assertThat(text.value("bus_handlers_latency_seconds_count", labels))
                    .isEqualTo(handler.handled() + handler.failed());
            if (handler.handled() > 0) {
                assertThat(text.value("bus_handlers_completed_total", labels))
                        .isEqualTo(handler.handled());
            }
            if (handler.failed() > 0) {
                assertThat(text.value("bus_handlers_failed_total", labels))
                        .isEqualTo(handler.failed());
            }
        }
    }

    @Test
    @DisplayName("MET-4 LIF-4 after 40 000 events from 8 threads all values equal bus.stats()")
    void valuesEqualStats() throws Exception {
        comparesToStats(40_000);
    }

    @Test
    @Tag("stress")
    @DisplayName("MET-4 LIF-4 after 1 000 000 events from 8 threads all values equal bus.stats()")
    void valuesEqualStatsAfterAMillionEvents() throws Exception {
        comparesToStats(1_000_000);
    }

    private static void boundsTopics(int topics) throws Exception {
        MicrometerMetrics metrics = MicrometerMetrics.prometheus();
        try (EventBus bus = EventBus.builder("orders").metrics(metrics).build()) {
            bus.subscribe("*", (Handler) event -> {});
            inParallel(
                    topics / THREADS,
                    (thread, i) -> bus.publish("order.t" + (i * THREADS + thread), i));
            assertThat(bus.awaitIdle(PATIENCE)).isTrue();
            PrometheusText text = PrometheusText.parse(metrics.scrape());
            // A few more where threads race for the last of the thousand.
            assertThat(text.count("bus_events_published_total")).isBetween(1_001L, 1_010L);
            assertThat(text.count("bus_events_handled_total")).isBetween(1_001L, 1_010L);
            assertThat(text.sum("bus_events_published_total")).isEqualTo(topics);
            assertThat(text.value("bus_events_published_total", "bus", "orders", "topic", "other"))
                    .isBetween(topics - 1_010.0, topics - 1_000.0);
            assertThat(text.size()).isLessThan(2_100);
        } finally {
            metrics.close();
        }
    }

    @Test
    @DisplayName("MET-2 16 000 topics make about a thousand series, and no event is uncounted")
    void manyTopicsMakeAThousandSeries() throws Exception {
        boundsTopics(16_000);
    }

    @Test
    @Tag("stress")
    @DisplayName("MET-2 1 000 000 topics make about a thousand series")
    void aMillionTopicsMakeAThousandSeries() throws Exception {
        boundsTopics(1_000_000);
    }

    @Test
    @DisplayName("ERR-6 a registry that fails harms no delivery")
    void aRegistryThatFailsHarmsNoDelivery() throws Exception {
        SimpleMeterRegistry broken = new SimpleMeterRegistry();
        broken.config()
                .meterFilter(
                        new MeterFilter() {
                            @Override
                            public Meter.Id map(Meter.Id id) {
                                throw new IllegalStateException("The test lets this fail.");
                            }
                        });
        CountDownLatch handled = new CountDownLatch(2);
        try (EventBus bus =
                EventBus.builder("orders").metrics(MicrometerMetrics.of(broken)).build()) {
            bus.subscribe("*", (Handler) event -> handled.countDown());
            bus.publish("order.placed", 1);
            bus.publish("order.placed", 2);
            assertThat(handled.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    @DisplayName("MET-5 an application's own registry has every metric under its name")
    void anApplicationsRegistryHasTheMetrics() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        MicrometerMetrics metrics = MicrometerMetrics.of(registry);
        try (EventBus bus = EventBus.builder("orders").metrics(metrics).build()) {
            bus.publish("order.placed", 1);
            assertThat(bus.awaitIdle(PATIENCE)).isTrue();
        }
        assertThat(
                        registry.get(BusMetric.PUBLISHED.metricName())
                                .tags("bus", "orders", "topic", "order.placed")
                                .counter()
                                .count())
                .isEqualTo(1);
        metrics.close();
        assertThat(registry.getMeters()).isEmpty();
        assertThat(registry.isClosed()).isFalse();
    }
}
