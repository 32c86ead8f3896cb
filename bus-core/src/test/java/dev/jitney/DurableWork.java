// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.spi.Cursor;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** A store in memory, buses whose durable subscriptions share a cursor of it, and what they saw. */
@ExtendWith(NoLeaks.class)
abstract class DurableWork {

    static final Duration LONG = Duration.ofSeconds(20);

    final EventStore store = EventBus.builder("store").store("memory:").openStore();
    final OwnTime time = new OwnTime();
    final List<Object> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void closeStore() {
        store.close();
    }

    EventBus bus(String name) {
        return EventBus.builder(name).store(store).build();
    }

    /** Returns a bus on a store whose time moves with {@link #passUntil} only. */
    EventBus timed(EventStore store) {
        return EventBus.builder("one").store(store).clock(time).build();
    }

    /** As {@link Await#until}, with a second of the timed bus between two looks. */
    void passUntil(String what, BooleanSupplier condition) {
        Await.until(
                what,
                () -> {
                    time.advance(Duration.ofSeconds(1));
                    return condition.getAsBoolean();
                });
    }

    static SubscribeOptions durable() {
        return SubscribeOptions.builder().durable("work").build();
    }

    static SubscribeOptions fromTheStart() {
        return SubscribeOptions.builder().durable("work", Position.start()).build();
    }

    Cursor cursor() {
        return store.cursors().find("work");
    }

    /** Whether nobody has this cursor. */
    boolean claimable(String name) {
        var claim = store.cursors().claim(name);
        if (claim != null) {
            claim.close();
        }
        return claim != null;
    }

    void awaitSeen(int events) {
        Await.until(events + " events have come", () -> seen.size() >= events);
    }

    static List<Object> numbers(int from, int to) {
        return new ArrayList<>(IntStream.range(from, to).boxed().toList());
    }
}
