// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.Event;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.PublicationInfo;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class NoiseTest {

    private static final Duration WINDOW = Duration.ofSeconds(10);

    private final OwnTime time = new OwnTime();
    private final List<Object> ended = new CopyOnWriteArrayList<>();
    private final EventBus bus =
            EventBus.builder("orders")
                    .clock(time)
                    .noise(1, WINDOW)
                    .interceptor(new ThirdAfterFirst())
                    .build();

    /** Makes noise when the first silence has ended, on the thread that has found that out. */
    private final class ThirdAfterFirst implements Interceptor {

        @Override
        public String name() {
            return "third";
        }

        @Override
        public PublicationInfo.@Nullable Observer observe(
                Event event, PublicationInfo.Origin origin) {
            if (event.topic().equals("system.deduplicated")) {
                Map<?, ?> payload = event.payload(Map.class);
                if (payload.containsKey("suppressed")) {
                    ends(payload.get("topic"));
                }
            }
            return null;
        }
    }

    private void ends(Object topic) {
        if (topic.equals("first")) {
            silence("third");
        }
        ended.add(topic);
    }

    private void silence(String topic) {
        bus.publish(topic, 1);
        bus.publish(topic, 2);
    }

    @AfterEach
    void close() {
        bus.close();
    }

    @Test
    @DisplayName("DUP-2 a silence ends with its window, also if one begins as another has ended")
    void endsInTime() {
        silence("first");
        time.advance(WINDOW.dividedBy(2));
        silence("second");
        time.advance(WINDOW.dividedBy(2));
        Await.until("the first has ended", () -> ended.contains("first"));
        time.advance(WINDOW.dividedBy(2));
        Await.until("the second has ended", () -> ended.contains("second"));
    }
}
