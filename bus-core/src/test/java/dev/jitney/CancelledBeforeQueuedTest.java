// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import dev.jitney.event.Outcome;
import dev.jitney.spi.Append;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.PublicationInfo;
import dev.jitney.spi.StoreUnavailableException;
import dev.jitney.tck.ForwardingEventStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A handler is ended while the event that it waits for is still on its way to its lane. */
class CancelledBeforeQueuedTest extends BusWithADiary {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final OwnTime ownTime = new OwnTime();
    private final CompletableFuture<Void> reached = new CompletableFuture<>();
    private final CompletableFuture<Void> open =
            new CompletableFuture<Void>().orTimeout(20, TimeUnit.SECONDS);
    private final CompletableFuture<Void> returned = new CompletableFuture<>();
    private final List<String> hooks = new CopyOnWriteArrayList<>();
    private final List<Publication> children = new CopyOnWriteArrayList<>();

    @Test
    @DisplayName(
            "TMO-4 PUB-3 ICP-1 an event that was cancelled is not refused by its store as well")
    void isNotRefusedToo() throws Exception {
        cancelsTheChild(
                bus -> {
                    children.add(bus.publishAndJoin("child", 1, Duration.ZERO));
                    returned.complete(null);
                });
    }

    @Test
    @DisplayName("TMO-4 PUB-3 its action is run once, and there is something to wait for")
    void goesOnOnce() throws Exception {
        Event child = Event.of("child", 1);
        cancelsTheChild(
                bus -> {
                    assertThat(
                                    bus.tryPublishAwaited(
                                            child, PublishOptions.defaults(), children::add))
                            .isNotNull();
                    returned.complete(null);
                });
    }

    @Test
    @DisplayName("ICP-1 interceptors learn of its end when they know that it was taken in")
    void endsAfterItWasTakenIn() throws Exception {
        try (EventBus bus = builder().interceptor(new HoldsUp()).clock(ownTime).build();
                EventBus other = EventBus.builder("other").build()) {
            bus.subscribe("child", event -> {});
            bus.subscribe(
                    "parent",
                    SubscribeOptions.builder().timeout(SECOND).build(),
                    event -> bus.publishAndJoin("child", 1, Duration.ZERO));
            Publication parent = bus.publish("parent", 1);
            reached.get(20, TimeUnit.SECONDS);
            ownTime.advance(SECOND);
            // What the threads of all buses had to do before is done then.
            for (int n = 0; n < 3; n++) {
                CompletableFuture<Void> handled = new CompletableFuture<>();
                Subscription once = other.subscribe("*", event -> handled.complete(null));
                other.publish("any", n);
                handled.get(20, TimeUnit.SECONDS);
                once.close();
            }
            open.complete(null);
            joined(parent);
            diary.await("child", "completed CANCELLED");
            assertThat(hooks).containsExactly("pending", "taken in", "completed");
        }
    }

    private interface Handling {
        void publishOn(EventBus bus) throws Exception;
    }

    private void cancelsTheChild(Handling handling) throws Exception {
        try (EventBus bus = builder().store(new RefusesTooLate()).clock(ownTime).build()) {
            bus.subscribe("child", event -> {});
            bus.subscribe(
                    "parent",
                    SubscribeOptions.builder().timeout(SECOND).build(),
                    event -> handling.publishOn(bus));
            Publication parent = bus.publish("parent", 1);
            reached.get(20, TimeUnit.SECONDS);
            ownTime.advance(SECOND);
            diary.await("child", "completed CANCELLED");
            open.complete(null);
            returned.get(20, TimeUnit.SECONDS);
            joined(parent);
            assertThat(children)
                    .extracting(Publication::outcome)
                    .containsExactly(Outcome.CANCELLED);
            assertThat(diary.published("child")).isEqualTo(1);
            assertThat(diary.of("child"))
                    .containsExactly(
                            "observe PUBLISHED", "beforePublish", "pending", "completed CANCELLED");
            countsAgain(bus);
        }
    }

    private void countsAgain(EventBus bus) throws Exception {
        assertThat(bus.awaitIdle(LONG)).isTrue();
        Gate later = new Gate();
        bus.subscribe("later", event -> later.pass());
        Publication one = bus.publish("later", 1);
        later.awaitReached();
        assertThat(bus.stats().inFlight()).isEqualTo(1);
        assertThat(bus.awaitIdle(Duration.ofMillis(1))).isFalse();
        later.open();
        joined(one);
    }

    /** An interceptor that takes its time to learn that the child was taken in. */
    private final class HoldsUp implements Interceptor {

        @Override
        public String name() {
            return "holds-up";
        }

        @Override
        public void pending(PublicationInfo publication) {
            if (publication.event().topic().equals("child")) {
                hooks.add("pending");
                reached.complete(null);
                open.join();
                hooks.add("taken in");
            }
        }

        @Override
        public void completed(PublicationInfo publication) {
            if (publication.event().topic().equals("child")) {
                hooks.add("completed");
            }
        }
    }

    /** A store that fails on the child when the gate opens. */
    private final class RefusesTooLate extends ForwardingEventStore {

        RefusesTooLate() {
            super(EventBusBuilder.create("refuses").store("memory:").openStore());
        }

        @Override
        public Append append(List<Event> batch, Level level) {
            if (batch.get(0).topic().equals("child")) {
                reached.complete(null);
                // Whatever interrupts the handler meanwhile.
                open.join();
                throw new StoreUnavailableException("The store is gone.");
            }
            return super.append(batch, level);
        }
    }
}
