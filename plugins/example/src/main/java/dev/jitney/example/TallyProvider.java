// SPDX-License-Identifier: Apache-2.0
package dev.jitney.example;

import dev.jitney.event.Event;
import dev.jitney.event.TopicPattern;
import dev.jitney.event.Topics;
import dev.jitney.spi.EventHandler;
import dev.jitney.spi.HandlerProvider;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Makes handlers that count events and publish {@code tally.reached} for each round number. */
public final class TallyProvider implements HandlerProvider {

    /** The payload of {@code tally.reached}. */
    public record Reached(long events) {}

    @Override
    public String name() {
        return "tally";
    }

    @Override
    public EventHandler create(PluginConfig config) {
        long every = config.number("every", 100, 1, 1_000_000);
        config.check(); // throws all problems at once, unknown keys among them
        return new Tally(every, new AtomicLong(), config.context());
    }

    private record Tally(long every, AtomicLong seen, PluginContext bus) implements EventHandler {

        @Override
        public String name() {
            return "tally";
        }

        @Override
        public List<TopicPattern> patterns() {
            return List.of(TopicPattern.ALL);
        }

        @Override
        public boolean wants(Event event) { // not its own events, or it would feed itself
            return !event.topic().startsWith("tally.") && !Topics.isSystem(event.topic());
        }

        @Override
        public void handle(Event event) {
            long now = seen.incrementAndGet();
            if (now % every == 0) {
                bus.publish(Event.of("tally.reached", new Reached(now)));
            }
        }
    }
}
