// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.InvalidTopicException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class LiveEventsTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final EventBus bus = EventBus.builder("orders").build();

    @AfterEach
    void close() {
        bus.close();
    }

    private static class Recorder implements Flow.Subscriber<Event> {

        private final long demand;
        private final List<Object> seen = new CopyOnWriteArrayList<>();
        private final AtomicReference<Flow.@Nullable Subscription> subscription =
                new AtomicReference<>();
        private final AtomicReference<@Nullable Object> end = new AtomicReference<>();

        private Recorder(long demand) {
            this.demand = demand;
        }

        private Flow.Subscription subscription() {
            return java.util.Objects.requireNonNull(subscription.get());
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription.set(given);
            if (demand != 0) {
                given.request(demand);
            }
        }

        @Override
        public void onNext(Event event) {
            seen.add(event.payload());
        }

        @Override
        public void onError(Throwable error) {
            end.set(error);
        }

        @Override
        public void onComplete() {
            end.set("complete");
        }
    }

    private void publish(int from, int to) throws InterruptedException {
        for (int i = from; i < to; i++) {
            bus.publish("a.b", i);
        }
        assertThat(bus.awaitIdle(LONG)).isTrue();
    }

    @Test
    @DisplayName("SUB-8 a live view gives what is handled from now on, and completes with the bus")
    void live() throws Exception {
        publish(0, 2);
        Recorder recorder = new Recorder(Long.MAX_VALUE);
        bus.liveEvents("a.*").subscribe(recorder);
        bus.publish("other", "other");
        publish(2, 5);
        Await.until("all have come", () -> recorder.seen.size() == 3);
        assertThat(recorder.seen).containsExactly(2, 3, 4);
        publish(5, 100);
        bus.close();
        Await.until("the end has come", () -> recorder.end.get() != null);
        assertThat(recorder.end.get()).isEqualTo("complete");
        assertThat(recorder.seen).as("nothing is lost by closing").hasSize(98);
    }

    @Test
    @DisplayName("SUB-8 a slow subscriber loses the oldest, with a count, and slows no handler")
    void slow() throws Exception {
        LiveEvents view = bus.liveEvents("*");
        Recorder slow = new Recorder(0);
        view.subscribe(slow);
        publish(0, 3_000);
        slow.subscription().request(Long.MAX_VALUE);
        Await.until("the rest has come", () -> slow.seen.size() + view.lost() == 3_000);
        assertThat(view.lost()).isBetween(1L, 3_000L - 1_024L);
        assertThat(slow.seen).last().isEqualTo(2_999);
    }

    @Test
    @DisplayName("SUB-8 no event comes without demand")
    void demand() throws Exception {
        Recorder recorder = new Recorder(2);
        bus.liveEvents("*").subscribe(recorder);
        publish(0, 10);
        Await.until("two have come", () -> recorder.seen.size() == 2);
        recorder.subscription().request(3);
        Await.until("five have come", () -> recorder.seen.size() == 5);
        recorder.subscription().cancel();
        recorder.subscription().request(5);
        publish(10, 20);
        bus.close();
        assertThat(recorder.seen).containsExactly(0, 1, 2, 3, 4);
        assertThat(recorder.end.get()).as("a cancelled subscriber hears no more").isNull();
    }

    @Test
    @DisplayName("SUB-8 what nobody has asked for when the bus closes is lost, and counted")
    void closedWithoutDemand() throws Exception {
        LiveEvents view = bus.liveEvents("*");
        Recorder all = new Recorder(Long.MAX_VALUE);
        Recorder two = new Recorder(2);
        Recorder none = new Recorder(0);
        view.subscribe(all);
        view.subscribe(two);
        view.subscribe(none);
        publish(0, 10);
        bus.close();
        for (Recorder one : List.of(all, two, none)) {
            Await.until("the end has come", () -> one.end.get() != null);
            assertThat(one.end.get()).isEqualTo("complete");
        }
        assertThat(all.seen).hasSize(10);
        assertThat(two.seen).containsExactly(0, 1);
        assertThat(none.seen).isEmpty();
        assertThat(view.lost()).isEqualTo(8 + 10);
    }

    @Test
    @DisplayName("SUB-8 a request of nothing is an error")
    void requestOfNothing() {
        Recorder recorder = new Recorder(-1);
        bus.liveEvents("*").subscribe(recorder);
        Await.until("the error has come", () -> recorder.end.get() != null);
        assertThat((Throwable) recorder.end.get())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Request of -1 events refused. Ask for 1 or more.");
    }

    @Test
    @DisplayName("SUB-8 a subscriber that fails is left alone and disturbs no one")
    void failing() throws Exception {
        LiveEvents view = bus.liveEvents("*");
        Recorder good = new Recorder(Long.MAX_VALUE);
        view.subscribe(
                new Flow.Subscriber<>() {
                    @Override
                    public void onSubscribe(Flow.Subscription given) {
                        given.request(1);
                    }

                    @Override
                    public void onNext(Event event) {
                        throw new IllegalStateException("no");
                    }

                    @Override
                    public void onError(Throwable error) {}

                    @Override
                    public void onComplete() {}
                });
        view.subscribe(good);
        publish(0, 3);
        Await.until("all have come", () -> good.seen.size() == 3);
    }

    @Test
    @DisplayName("SUB-8 one that fails as it is subscribed is kept by nothing")
    void failingAtOnce() throws Exception {
        LiveEvents view = bus.liveEvents("*");
        WeakReference<Object> failed = new WeakReference<>(failingToSubscribe(view));
        Await.until(
                "it is let go of",
                () -> {
                    System.gc();
                    return failed.get() == null;
                });
        publish(0, 1);
        assertThat(view.lost()).isZero();
    }

    private static Object failingToSubscribe(LiveEvents view) {
        Recorder refusing =
                new Recorder(1) {
                    @Override
                    public void onSubscribe(Flow.Subscription given) {
                        throw new IllegalStateException("no");
                    }
                };
        assertThatThrownBy(() -> view.subscribe(refusing)).hasMessage("no");
        return refusing;
    }

    @Test
    @DisplayName("SUB-8 subscribing to a view of a closed bus completes at once")
    void afterClose() {
        LiveEvents view = bus.liveEvents("*");
        bus.close();
        Recorder recorder = new Recorder(1);
        view.subscribe(recorder);
        assertThat(recorder.end.get()).isEqualTo("complete");
    }

    @Test
    @DisplayName("SUB-8 what is no pattern is refused")
    void badPattern() {
        assertThatThrownBy(() -> bus.liveEvents("a b")).isInstanceOf(InvalidTopicException.class);
    }
}
