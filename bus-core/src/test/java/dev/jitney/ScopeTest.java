// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import dev.jitney.event.Severity;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class ScopeTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final EventBus bus = EventBus.builder("orders").build();
    private final List<Object> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        bus.close();
    }

    private Publication handled(Object payload) throws InterruptedException {
        Publication publication = bus.publish("t", payload);
        assertThat(publication.join(LONG)).isTrue();
        return publication;
    }

    @Test
    @DisplayName("SUB-6 LIF-2 a scope of a closed bus takes no subscriptions, and says so")
    void scopeOfClosedBus() {
        Scope scope = bus.scope();
        assertThat(scope.active()).isTrue();
        bus.close();
        assertThat(scope.active()).isFalse();
        assertThatThrownBy(() -> scope.subscribe("t", event -> seen.add(event)))
                .isInstanceOf(BusClosedException.class);
    }

    @Test
    @DisplayName("SUB-6 a scope closes all its subscriptions with it")
    void scope() throws Exception {
        Scope scope = bus.scope();
        Subscription kept = bus.subscribe("t", event -> seen.add("kept"));
        scope.subscribe("t", event -> seen.add("one"));
        scope.subscribeReplying("t", SubscribeOptions.defaults(), event -> seen.add("two"));
        scope.subscribeAsync(
                "t",
                SubscribeOptions.defaults(),
                event -> CompletableFuture.completedFuture(seen.add("three")));
        Subscription added = scope.add(bus.subscribe("t", event -> seen.add("four")));
        handled(1);
        assertThat(seen).containsExactly("kept", "one", "two", "three", "four");
        scope.close();
        scope.close();
        assertThat(scope.active()).isFalse();
        assertThat(added.active()).isFalse();
        assertThat(bus.subscriptions()).extracting(Subscription::id).containsExactly(kept.id());
        handled(2);
        assertThat(seen).hasSize(6);
        Subscription late = scope.subscribe("t", event -> seen.add("late"));
        assertThat(late.active()).isFalse();
    }

    @Test
    @DisplayName("SUB-6 a scope forgets subscriptions that were closed by themselves")
    void forgets() {
        try (Scope scope = bus.scope()) {
            WeakReference<Object> held = openAndClose(scope);
            for (int i = 0; i < 200; i++) {
                scope.subscribe("t", event -> {}).close();
            }
            collected(held);
        }
    }

    private static WeakReference<Object> openAndClose(Scope scope) {
        Object big = new Object();
        scope.subscribe("t", event -> big.hashCode()).close();
        return new WeakReference<>(big);
    }

    private static void collected(WeakReference<Object> held) {
        Await.until(
                "the handler is collected",
                () -> {
                    System.gc();
                    return held.refersTo(null);
                });
    }

    @Test
    @DisplayName(
            "SUB-6 a closed scope and a closed subscription keep no handler alive, used or not")
    void handlersAreFreed() throws Exception {
        Scope scope = bus.scope();
        WeakReference<Object> inScope = subscribeHolding(scope);
        Publication publication = handled(1);
        scope.close();
        collected(inScope);
        assertThat(scope.active()).isFalse();
        assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED);
        assertThat(publication.handlerResults()).hasSize(1);
    }

    private static WeakReference<Object> subscribeHolding(Scope scope) {
        Object big = new Object();
        scope.subscribe("t", event -> big.hashCode());
        return new WeakReference<>(big);
    }

    @Test
    @DisplayName("SUB-6 once and times end with their last event, which they still handle")
    void times() throws Exception {
        Subscription once =
                bus.subscribe(
                        "t",
                        SubscribeOptions.builder().once().build(),
                        event -> seen.add("once " + event.payload()));
        Subscription twice =
                bus.subscribe(
                        "t",
                        SubscribeOptions.builder().times(2).build(),
                        event -> seen.add("twice " + event.payload()));
        assertThat(once.active()).isTrue();
        for (int i = 1; i <= 3; i++) {
            handled(i);
        }
        assertThat(seen).containsExactly("once 1", "twice 1", "twice 2");
        assertThat(once.active() || twice.active()).isFalse();
        assertThat(bus.subscriptions()).isEmpty();
        assertThatThrownBy(() -> SubscribeOptions.builder().times(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Times '0' is not valid. Use 1 or more.");
    }

    @Test
    @DisplayName("SUB-6 once counts only events that the subscription wants")
    void onceWanted() throws Exception {
        bus.subscribe(
                "t",
                SubscribeOptions.builder()
                        .once()
                        .severityAtLeast(Severity.WARNING)
                        .predicate(event -> !event.payload().equals(2))
                        .build(),
                event -> seen.add(event.payload()));
        for (int i = 1; i <= 4; i++) {
            Severity severity = i == 1 ? Severity.INFO : Severity.CRITICAL;
            bus.publish(Event.of("t", i).withSeverity(severity));
        }
        assertThat(bus.awaitIdle(LONG)).isTrue();
        assertThat(seen).containsExactly(3);
    }

    @Test
    @DisplayName("SUB-6 times holds when events run beside each other")
    void timesInParallel() throws Exception {
        try (EventBus parallel = EventBus.builder("parallel").ordering(Ordering.PARALLEL).build()) {
            parallel.subscribe(
                    "t", SubscribeOptions.builder().times(100).build(), event -> seen.add(1));
            for (int i = 0; i < 1_000; i++) {
                parallel.publish("t", i);
            }
            assertThat(parallel.awaitIdle(LONG)).isTrue();
            assertThat(seen).hasSize(100);
        }
    }

    @Test
    @DisplayName("SUB-6 until ends with the event that meets it, with once and times too")
    void until() throws Exception {
        Subscription until =
                bus.subscribe(
                        "t",
                        SubscribeOptions.builder().until(e -> e.payload().equals(2)).build(),
                        event -> seen.add("until " + event.payload()));
        bus.subscribe(
                "t",
                SubscribeOptions.builder().once().until(e -> e.payload().equals(2)).build(),
                event -> seen.add("both " + event.payload()));
        for (int i = 1; i <= 3; i++) {
            handled(i);
        }
        assertThat(seen).containsExactly("until 1", "both 1", "until 2");
        assertThat(until.active()).isFalse();
    }

    @Test
    @DisplayName(
            "SUB-6 SUB-2 a condition that fails is its handler's failure, and the subscription stays")
    void failingCondition() throws Exception {
        Subscription subscription =
                bus.subscribe(
                        "t",
                        SubscribeOptions.builder()
                                .until(
                                        event -> {
                                            throw new IllegalStateException("no");
                                        })
                                .build(),
                        event -> seen.add("never"));
        Publication publication = handled(1);
        assertThat(publication.handlerResults().get(0).error()).hasMessage("no");
        assertThat(subscription.active()).isTrue();
        assertThat(subscription.failed()).isEqualTo(1);
        assertThat(seen).isEmpty();
    }

    @Test
    @DisplayName("SUB-5 subscribing and closing while thousands of events flow is safe")
    void churn() throws Exception {
        try (EventBus busy = EventBus.builder("busy").ordering(Ordering.PARALLEL).build()) {
            Subscription always = busy.subscribe("*", event -> {});
            Thread[] threads = new Thread[3];
            for (int i = 0; i < threads.length; i++) {
                String pattern = i == 0 ? "*" : "t.x" + i;
                threads[i] =
                        new Thread(
                                () -> {
                                    for (int n = 0; n < 500; n++) {
                                        busy.subscribe(pattern, event -> {}).close();
                                    }
                                });
                threads[i].start();
            }
            for (int i = 0; i < 5_000; i++) {
                busy.publish("t.x" + i % 5, i);
            }
            for (Thread thread : threads) {
                thread.join(20_000);
            }
            assertThat(busy.awaitIdle(LONG)).isTrue();
            assertThat(always.handled()).isEqualTo(5_000);
            assertThat(busy.subscriptions()).hasSize(1);
        }
    }

    @Test
    @DisplayName("SUB-5 a handler may subscribe and close, itself too, while its event is handled")
    void insideAHandler() throws Exception {
        bus.subscribe(
                "t",
                event -> {
                    bus.subscriptions().forEach(Subscription::close);
                    bus.subscribe("t", late -> seen.add("late " + late.payload()));
                });
        bus.subscribe("t", event -> seen.add("second " + event.payload()));
        handled(1);
        handled(2);
        assertThat(seen).containsExactly("second 1", "late 2");
    }

    @Test
    @DisplayName("SUB-7 the options of a subscription are all heeded")
    void options() throws Exception {
        Subscription subscription =
                bus.subscribe(
                        "t",
                        SubscribeOptions.builder()
                                .name("all")
                                .priority(7)
                                .timeout(Duration.ofSeconds(3))
                                .slowThreshold(Duration.ofSeconds(1))
                                .retry(RetryPolicy.immediate(2))
                                .predicate(event -> event.payload().equals(1))
                                .severity(Severity.INFO)
                                .blocking()
                                .build(),
                        event -> {
                            throw new IllegalStateException("no");
                        });
        assertThat(subscription.name()).isEqualTo("all");
        assertThat(subscription.priority()).isEqualTo(7);
        assertThat(handled(1).handlerResults().get(0).attempts()).isEqualTo(2);
        assertThat(handled(2).outcome()).isEqualTo(Outcome.NO_HANDLER);
        assertThat(subscription.retried()).isEqualTo(1);
    }
}
