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
}
