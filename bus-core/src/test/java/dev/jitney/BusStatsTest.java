// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.BusStats.HandlerStats;
import dev.jitney.BusStats.Latency;
import dev.jitney.BusStats.TopicStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BusStatsTest {

    @Test
    @DisplayName("LIF-4 a picture does not change when the lists that it was made of do")
    void picture() {
        List<TopicStats> topics = new ArrayList<>(List.of(new TopicStats("a", 1, 1, 0, 0, 0, 0)));
        List<HandlerStats> handlers =
                new ArrayList<>(List.of(new HandlerStats("s1", "mailer", 1, 0, Latency.NONE)));
        TopicStats others = new TopicStats(BusStats.OTHER, 0, 0, 0, 0, 0, 0);
        BusStats stats = new BusStats(1, 0, 0, 1, 1, 0, 0, 0, 0, topics, others, handlers);
        topics.clear();
        handlers.clear();
        assertThat(stats.topics()).hasSize(1);
        assertThat(stats.handlers().get(0).latency().max()).isEqualTo(Duration.ZERO);
        assertThatThrownBy(() -> stats.topics().clear())
                .isInstanceOf(UnsupportedOperationException.class);
        assertThat(stats.otherTopics().topic()).isEqualTo("other");
    }

    @Test
    @DisplayName("LIF-4 of handlers that return at once a sample is timed, and stands for all")
    void sample() {
        try (EventBus bus = EventBus.builder("sampled").dispatch(Dispatch.DIRECT).build()) {
            bus.subscribe("a", event -> {});
            for (int i = 0; i < 64; i++) {
                bus.publish("a", i);
            }
            assertThat(only(bus).latency().count()).isEqualTo(64);
            for (int i = 64; i < 10_000; i++) {
                bus.publish("a", i);
            }
            assertThat(only(bus).handled()).isEqualTo(10_000);
            // One in 64, and whatever the machine held up for 2 ms or longer.
            assertThat(only(bus).latency().count()).isBetween(9_900L, 10_200L);
        }
    }

    @Test
    @DisplayName("LIF-4 each run is timed that suspends, or whose limit is short")
    void exactly() throws InterruptedException {
        SubscribeOptions shortLimit =
                SubscribeOptions.builder().timeout(Duration.ofMillis(999)).build();
        try (EventBus bus = EventBus.builder("timed").build()) {
            bus.subscribe("a", shortLimit, event -> {});
            bus.subscribeAsync("b", event -> CompletableFuture.completedFuture(null));
            for (String topic : List.of("a", "b")) {
                for (int i = 0; i < 200; i++) {
                    bus.publish(topic, i);
                }
            }
            assertThat(bus.awaitIdle(Duration.ofSeconds(20))).isTrue();
            assertThat(bus.stats().handlers()).hasSize(2);
            assertThat(bus.stats().handlers())
                    .allSatisfy(it -> assertThat(it.latency().count()).isEqualTo(200));
        }
    }

    private static HandlerStats only(EventBus bus) {
        return bus.stats().handlers().get(0);
    }
}
