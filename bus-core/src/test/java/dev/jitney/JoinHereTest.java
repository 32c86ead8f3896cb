// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whoever waits for an event may be faster than the thread that was sent to it. */
@ExtendWith(NoLeaks.class)
class JoinHereTest {

    private static final int CALLERS = 4;
    private static final int EVENTS = 2_000;

    private final EventBus bus = EventBus.builder("orders").build();
    private final Set<Thread> ranOn = ConcurrentHashMap.newKeySet();

    @AfterEach
    void close() {
        bus.close();
    }

    @Test
    @DisplayName(
            "ORD-10 a caller runs the event that it waits for although a thread is on its way to it")
    void fasterThanTheThread() {
        bus.subscribe("t", event -> ranOn.add(Thread.currentThread()));
        Await.until(
                "the caller is faster",
                () -> {
                    join(bus.publish("t", 1));
                    return ranOn.contains(Thread.currentThread());
                });
    }

    @Test
    @DisplayName(
            "ORD-10 NST-2 a handler runs the child that it waits for although a thread is on its"
                    + " way to it")
    void fasterInside() {
        try (EventBus other = EventBus.builder("others").build()) {
            other.subscribe(
                    "child",
                    event ->
                            ranOn.add(
                                    (Thread) event.payload() == Thread.currentThread()
                                            ? Thread.currentThread()
                                            : new Thread("another")));
            bus.subscribe("t", event -> join(other.publish("child", Thread.currentThread())));
            Await.until(
                    "the handler is faster",
                    () -> {
                        ranOn.clear();
                        join(bus.publish("t", 1));
                        return !ranOn.iterator().next().getName().equals("another");
                    });
        }
    }

    @Test
    @DisplayName(
            "ORD-10 ORD-1 callers and threads that race for events run each once, one at a time, in"
                    + " the order of each caller")
    void race() throws Exception {
        Overlap overlap = new Overlap();
        List<List<Integer>> seen = new ArrayList<>();
        List<Callable<Void>> callers = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            List<Integer> own = new ArrayList<>();
            seen.add(own);
            String topic = "t" + caller;
            // Every other caller waits for its second event only, so that there is one to be run
            // before it.
            int each = 1 + caller % 2;
            bus.subscribe(topic, event -> overlap.within(() -> own.add((Integer) event.payload())));
            callers.add(
                    () -> {
                        for (int i = 0; i < EVENTS; i++) {
                            Publication last = bus.publish(topic, i);
                            if (i % each == each - 1) join(last);
                        }
                        return null;
                    });
        }
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        try {
            for (Future<Void> caller : threads.invokeAll(callers)) caller.get();
        } finally {
            threads.shutdown();
            assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(bus.awaitIdle(Duration.ofSeconds(20))).isTrue();
        assertThat(overlap.most()).isEqualTo(1);
        for (List<Integer> own : seen) {
            assertThat(own).hasSize(EVENTS).isSorted().doesNotHaveDuplicates();
        }
    }

    private static void join(Publication publication) {
        try {
            assertThat(publication.join(Duration.ZERO)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
