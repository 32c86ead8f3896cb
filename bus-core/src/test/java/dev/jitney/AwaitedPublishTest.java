// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Publishing and waiting in one, which handlers do most. */
@ExtendWith(NoLeaks.class)
class AwaitedPublishTest {

    private static final PublishOptions DEFAULTS = PublishOptions.defaults();

    private final EventBus bus = EventBus.builder("orders").build();
    private final EventBus other = EventBus.builder("others").build();
    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
    private final AtomicReference<@Nullable Thread> parent = new AtomicReference<>();

    @AfterEach
    void close() {
        bus.close();
        other.close();
    }

    private void publishAndAwait(EventBus on, String topic) {
        assertThat(
                        on.tryPublishAwaited(
                                Event.of(topic, 1),
                                DEFAULTS,
                                done -> seen.add("after " + topic + " " + done.outcome())))
                .isNotNull();
    }

    /** Notes whether the child runs on its parent's thread. */
    private void noteWhere(Event child) {
        boolean here = Thread.currentThread() == parent.get();
        seen.add(here ? "child here" : "child elsewhere");
    }

    private Publication join(String topic) throws InterruptedException {
        return bus.publishAndJoin(topic, 1, Duration.ofSeconds(20));
    }

    @Test
    @DisplayName("ORD-10 who waits outside of handlers runs them, and goes on before the call ends")
    void outside() {
        bus.subscribe("t", event -> seen.add("t on " + Thread.currentThread().getName()));
        publishAndAwait(bus, "t");
        assertThat(seen)
                .containsExactly(
                        "t on " + Thread.currentThread().getName(), "after t " + Outcome.HANDLED);
    }

    @Test
    @DisplayName("NST-2 a handler's child runs on the handler's thread, ahead of what is queued")
    void inside() throws InterruptedException {
        for (EventBus child : List.of(bus, other)) {
            seen.clear();
            Subscription queued = child.subscribe("queued", event -> seen.add("queued"));
            Subscription children = child.subscribe("child", this::noteWhere);
            Subscription parents =
                    bus.subscribe(
                            "t",
                            event -> {
                                parent.set(Thread.currentThread());
                                if (child == bus) bus.publish("queued", 1);
                                publishAndAwait(child, "child");
                                seen.add("end");
                            });
            Publication publication = join("t");
            assertThat(child.awaitIdle(Duration.ofSeconds(20))).isTrue();
            assertThat(seen)
                    .startsWith("child here", "after child " + Outcome.HANDLED, "end")
                    .hasSize(child == bus ? 4 : 3);
            assertThat(publication.handlerResults().get(0).published())
                    .hasSize(child == bus ? 2 : 1);
            List.of(queued, children, parents).forEach(Subscription::close);
        }
    }

    @Test
    @DisplayName("NST-2 publishAndJoin in a handler queues no event and asks for no thread")
    void joinInside() throws InterruptedException {
        other.subscribe("child", this::noteWhere);
        bus.subscribe(
                "t",
                event -> {
                    parent.set(Thread.currentThread());
                    for (int i = 0; i < 100; i++) {
                        other.publishAndJoin("child", i, Duration.ofSeconds(20));
                    }
                });
        assertThat(join("t").outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(seen).hasSize(100).containsOnly("child here");
    }

    @Test
    @DisplayName("NST-2 the lane is lent while the child runs: what that awaits on it runs at once")
    void lent() throws InterruptedException {
        bus.subscribe("grandchild", event -> seen.add("grandchild"));
        other.subscribe(
                "child",
                event -> {
                    bus.publishAndJoin("grandchild", 1, Duration.ofSeconds(20));
                    seen.add("child");
                });
        bus.subscribe("t", event -> publishAndAwait(other, "child"));
        assertThat(join("t").outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(seen).containsExactly("grandchild", "child", "after child " + Outcome.HANDLED);
    }

    @Test
    @DisplayName("NST-2 who gives the wait up goes on before the child has ended")
    void givenUp() throws Exception {
        CompletableFuture<String> child = new CompletableFuture<>();
        other.subscribeAsync("child", event -> child);
        CountDownLatch end = new CountDownLatch(1);
        bus.subscribeDelivery(
                "t",
                SubscribeOptions.defaults(),
                delivery -> {
                    Publication.Waiting waiting =
                            other.tryPublishAwaited(
                                    Event.of("child", 1), DEFAULTS, done -> seen.add("never"));
                    waiting.giveUp(
                            () -> {
                                seen.add("given up");
                                delivery.complete(null);
                                end.countDown();
                            });
                });
        Publication publication = bus.publish("t", 1);
        assertThat(end.await(20, TimeUnit.SECONDS)).isTrue();
        child.complete("late");
        Await.completed(publication);
        assertThat(other.awaitIdle(Duration.ofSeconds(20))).isTrue();
        assertThat(seen).containsExactly("given up");
    }

    @Test
    @DisplayName("PUB-7 nothing has happened where there is no room")
    void noRoom() throws Exception {
        Gate gate = new Gate();
        try (EventBus full = EventBus.builder("full").pendingLimit(1).build()) {
            full.subscribe("t", event -> gate.pass());
            full.publish("t", 1);
            gate.awaitReached();
            full.publish("t", 2);
            assertThat(
                            full.tryPublishAwaited(
                                    Event.of("t", 3), DEFAULTS, done -> seen.add("never")))
                    .isNull();
            bus.subscribe(
                    "t",
                    event ->
                            seen.add(
                                    "in a handler "
                                            + full.tryPublishAwaited(
                                                    Event.of("t", 4),
                                                    DEFAULTS,
                                                    done -> seen.add("never"))));
            join("t");
            gate.open();
        }
        assertThat(seen).containsExactly("in a handler null");
    }

    @Test
    @DisplayName("PUB-4 NST-2 a duplicate ends with the first one, in a handler too")
    void duplicate() throws InterruptedException {
        Event event = Event.of("child", 1);
        other.subscribe("child", given -> seen.add("child"));
        bus.subscribe(
                "t",
                given -> {
                    for (int i = 0; i < 2; i++) {
                        other.tryPublishAwaited(
                                event, DEFAULTS, done -> seen.add("" + done.outcome()));
                    }
                });
        join("t");
        assertThat(seen).containsExactly("child", "" + Outcome.HANDLED, "" + Outcome.DUPLICATE);
    }

    @Test
    @DisplayName("LIF-2 a closed bus refuses the child, and the handler goes on with its lane")
    void closed() throws InterruptedException {
        other.close();
        bus.subscribe(
                "t",
                event -> {
                    assertThatThrownBy(() -> publishAndAwait(other, "child"))
                            .isInstanceOf(BusClosedException.class);
                    assertThatThrownBy(() -> other.publishAndJoin("child", 1, Duration.ZERO))
                            .isInstanceOf(BusClosedException.class);
                    seen.add("goes on");
                });
        assertThat(join("t").outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(join("t").outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(seen).containsExactly("goes on", "goes on");
    }
}
