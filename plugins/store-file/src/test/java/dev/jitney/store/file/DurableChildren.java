// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.EventBus;
import dev.jitney.Ordering;
import dev.jitney.SubscribeOptions;
import dev.jitney.Subscription;
import dev.jitney.event.Event;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.Position;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** What the other processes of the tests of durable subscriptions do. */
final class DurableChildren {

    static final String TOPIC = "work.item";
    static final String CURSOR = "work";

    private DurableChildren() {}

    /** The event with this number, on one of eight keys; in a fresh store also its offset. */
    static Event item(int number) {
        return Event.builder(TOPIC)
                .source("test")
                .key("k" + number % 8)
                .payload(Integer.toString(number))
                .build();
    }

    static SubscribeOptions durable() {
        return SubscribeOptions.builder()
                .name("worker")
                .durable(CURSOR, Position.start())
                .timeout(Duration.ZERO)
                .blocking()
                .build();
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    /**
     * Handles what there is on keyed lanes and says the number of each event that it has handled;
     * whether it stands by or is active; and, told anything, that it has closed. Arguments:
     * directory, and the number of an event that it never gets done with, or -1.
     */
    static final class Worker {
        public static void main(String[] args) throws IOException, InterruptedException {
            int stuck = Integer.parseInt(args[1]);
            try (EventStore store = StoreChildren.open(Path.of(args[0]));
                    EventBus bus =
                            EventBus.builder("worker")
                                    .store(store)
                                    .ordering(Ordering.KEYED)
                                    .lanes(8)
                                    .build()) {
                Subscription worker =
                        bus.subscribe(TOPIC, durable(), event -> handle(event, stuck));
                say(worker.standby() ? "STANDBY" : "ACTIVE");
                if (worker.standby()) {
                    Thread waiting = new Thread(() -> awaitActive(worker));
                    waiting.setDaemon(true);
                    waiting.start();
                }
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                        .readLine();
            }
            say("CLOSED");
        }

        private static void handle(Event event, int stuck) throws InterruptedException {
            String number = event.payload(String.class);
            if (Integer.parseInt(number) == stuck) {
                say("STUCK " + number);
                new CountDownLatch(1).await();
            }
            say("HANDLED " + number);
        }

        private static void awaitActive(Subscription worker) {
            while (worker.standby()) {
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            }
            say("ACTIVE");
        }
    }
}
