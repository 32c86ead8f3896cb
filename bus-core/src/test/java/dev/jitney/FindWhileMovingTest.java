// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One looks for all events again and again, while they go from where they wait to where they run,
 * to where they are kept, and to other buses. Each that was published before is to be found,
 * wherever it is.
 */
@ExtendWith(NoLeaks.class)
class FindWhileMovingTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int RECENT = 40;

    /** What becomes of the events. */
    enum Way {
        ONE_HANDLER {
            @Override
            void prepare(EventBus bus, EventBus other) {
                bus.subscribe("t", event -> {});
            }
        },
        TOGETHER {
            @Override
            void prepare(EventBus bus, EventBus other) {
                for (int i = 0; i < 3; i++) {
                    bus.subscribe("t", event -> fails(5));
                }
            }
        },
        RETRIED {
            @Override
            void prepare(EventBus bus, EventBus other) {
                RetryPolicy policy =
                        RetryPolicy.builder().attempts(3).fixed(Duration.ofMillis(1)).build();
                bus.subscribe(
                        "t", SubscribeOptions.builder().retry(policy).build(), event -> fails(3));
            }
        },
        FORWARDED {
            @Override
            void prepare(EventBus bus, EventBus other) {
                other.subscribe("t", event -> sleeps(7, 1));
                bus.forwardTo(other, "t");
            }
        },
        LIMITED {
            @Override
            void prepare(EventBus bus, EventBus other) {
                bus.subscribe(
                        "t",
                        SubscribeOptions.builder().timeout(Duration.ofMillis(2)).build(),
                        event -> sleeps(11, 20));
            }
        },
        LATER {
            @Override
            void prepare(EventBus bus, EventBus other) {
                bus.subscribeAsync("t", event -> CompletableFuture.supplyAsync(() -> 1));
            }
        };

        private final AtomicInteger calls = new AtomicInteger();

        abstract void prepare(EventBus bus, EventBus other);

        void fails(int every) throws Exception {
            if (calls.incrementAndGet() % every == 0) {
                throw new Exception("every " + every);
            }
        }

        void sleeps(int every, long millis) throws InterruptedException {
            if (calls.incrementAndGet() % every == 0) {
                Thread.sleep(millis);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ONE_HANDLER, SERIAL",
        "ONE_HANDLER, KEYED",
        "TOGETHER, PARALLEL",
        "RETRIED, SERIAL",
        "FORWARDED, SERIAL",
        "LIMITED, PARALLEL"
    })
    @DisplayName("HIS-1 every event that was published is found, wherever it is meanwhile")
    void found(Way way, Ordering ordering) throws Exception {
        moving(way, ordering, 400);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    @Tag("stress")
    @DisplayName(
            "HIS-1 every event that was published is found, wherever it is meanwhile, for long")
    void foundForLong(Way way) throws Exception {
        for (Ordering ordering : Ordering.values()) {
            moving(way, ordering, 5_000);
        }
    }

    private static void moving(Way way, Ordering ordering, int events) throws Exception {
        // Room for the letters of handlers that failed, too.
        EventBusBuilder builder =
                EventBus.builder("orders").historyLimit(10 * events).ordering(ordering);
        if (way == Way.TOGETHER) {
            builder.handlerOrder(HandlerOrder.PARALLEL);
        }
        try (EventBus other = EventBus.builder("other").build();
                EventBus bus = builder.build()) {
            way.prepare(bus, other);
            ConcurrentLinkedDeque<Publication> recent = new ConcurrentLinkedDeque<>();
            CompletableFuture<Void> publishing =
                    CompletableFuture.allOf(
                            CompletableFuture.runAsync(() -> publish(bus, events, recent)),
                            CompletableFuture.runAsync(() -> publish(bus, events, recent)));
            while (!publishing.isDone()) {
                List<Publication> before = new ArrayList<>(recent);
                Set<Publication> found = Collections.newSetFromMap(new IdentityHashMap<>());
                found.addAll(all(bus));
                assertThat(found).containsAll(before);
            }
            publishing.get();
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(all(bus)).hasSize(2 * events);
        }
    }

    private static List<Publication> all(EventBus bus) {
        return bus.filter(FindOptions.of("t"), Integer.MAX_VALUE);
    }

    private static void publish(
            EventBus bus, int events, ConcurrentLinkedDeque<Publication> recent) {
        Random random = new Random(events);
        for (int i = 0; i < events; i++) {
            recent.add(bus.publish(Event.builder("t").payload(i).key("k" + i % 3).build()));
            if (recent.size() > RECENT) {
                recent.poll();
            }
            if (random.nextInt(4) == 0) {
                Thread.yield();
            }
        }
    }
}
