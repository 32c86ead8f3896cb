// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.Event;
import dev.jitney.event.TopicPattern;
import dev.jitney.spi.DeliveryInfo;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.Interceptor.Phase;
import dev.jitney.spi.PublicationInfo;
import dev.jitney.spi.PublicationInfo.Origin;
import dev.jitney.spi.ValidationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class InterceptorsTest extends Chains {

    /** Fails in every hook. */
    private final class Broken extends Recorder {

        Broken(String name) {
            super(name, Phase.NORMAL, calls);
        }

        @Override
        void note(String hook) {
            throw new IllegalStateException("no " + hook.split(" ")[0]);
        }

        // So that there is something to fail in further on.
        @Override
        public PublicationInfo.@Nullable Observer observe(Event event, Origin origin) {
            return this;
        }

        @Override
        public DeliveryInfo.@Nullable Observer observe(DeliveryInfo delivery) {
            return this;
        }
    }

    private record Subscription(String id, String name, TopicPattern pattern, int priority)
            implements Interceptor.SubscriptionInfo {}

    @Test
    @DisplayName("ICP-1 interceptors run by phase, then by name, then as they were given")
    void runsInOneOrder() {
        Interceptors chain =
                chain(
                        new Recorder("b", Phase.LATE, calls),
                        new Recorder("d", Phase.NORMAL, calls),
                        new Recorder("c", Phase.NORMAL, calls),
                        new Recorder("z", Phase.EARLY, calls),
                        new Recorder("a", Phase.LATE, calls));
        assertThat(chain.list())
                .extracting(Interceptor::name)
                .containsExactly("z", "c", "d", "a", "b");
        Event changed = observer(chain).beforePublish(EVENT);
        assertThat(changed.header("path")).isEqualTo("zcdab");
    }

    @Test
    @DisplayName(
            "ICP-1 every hook reaches every interceptor once, in order; leaving is the reverse")
    void everyHookReachesEveryInterceptorOnce() throws Exception {
        PublicationInfo.Observer observer =
                observer(
                        chain(
                                new Recorder("b", Phase.NORMAL, calls),
                                new Recorder("a", Phase.NORMAL, calls)));
        expect("observe PUBLISHED");
        Publication publication = new Publication(observer.beforePublish(EVENT));
        expect("beforePublish");
        observer.pending(publication);
        expect("pending");
        observer.published(publication);
        expect("published");
        observer.started(publication);
        expect("started");
        Delivery delivery = new Delivery(EVENT);
        DeliveryInfo.Observer own = observer.observe(delivery);
        expect("observe delivery");
        assertThat(own).isNotNull();
        own.handlerPending(delivery);
        expect("handlerPending");
        own.handlerStarted(delivery);
        expect("handlerStarted");
        own.attemptStarted(delivery);
        expect("attemptStarted");
        AutoCloseable scope = own.enter(delivery);
        expect("enter");
        assertThat(scope).isNotNull();
        scope.close();
        assertThat(calls).containsExactly("b leave", "a leave");
        calls.clear();
        own.attemptEnded(delivery);
        expect("attemptEnded");
        own.retryScheduled(delivery, Duration.ofSeconds(2));
        expect("retryScheduled PT2S");
        own.slow(delivery);
        expect("slow");
        own.deadLettered(letter());
        expect("deadLettered REJECTED");
        own.handlerCompleted(delivery);
        expect("handlerCompleted");
        observer.deadLettered(letter());
        expect("deadLettered REJECTED");
        observer.completed(publication);
        expect("completed HANDLED");
        observer.refused(EVENT, new IllegalStateException());
        expect("refused");
        assertThat(diary.lines).isEmpty();
    }

    private void expect(String hook) {
        assertThat(calls).containsExactly("a " + hook, "b " + hook);
        calls.clear();
    }

    private static DeadLetter letter() {
        return DeadLetter.builder(EVENT, DeadLetter.Reason.REJECTED).build();
    }

    @Test
    @DisplayName("ICP-1 subscriptions are told to all in order")
    void tellsOfSubscriptions() {
        Interceptors chain =
                chain(
                        new Recorder("b", Phase.NORMAL, calls),
                        new Recorder("a", Phase.NORMAL, calls));
        Subscription subscription = new Subscription("1", "mail", TopicPattern.ALL, 100);
        chain.subscriptionAdded(subscription);
        expect("added mail");
        chain.subscriptionRemoved(subscription);
        expect("removed mail");
    }

    @Test
    @DisplayName("ICP-1 a refusal ends the round; those behind are not asked")
    void aRefusalIsThrownOn() {
        ValidationException refusal = ValidationException.of("b", EVENT, "it is odd");
        Interceptor refusing =
                new Recorder("b", Phase.NORMAL, calls) {
                    @Override
                    public Event beforePublish(Event event) {
                        throw refusal;
                    }
                };
        PublicationInfo.Observer observer =
                observer(
                        chain(
                                new Recorder("a", Phase.NORMAL, calls),
                                refusing,
                                new Recorder("c", Phase.NORMAL, calls)));
        calls.clear();
        assertThatThrownBy(() -> observer.beforePublish(EVENT)).isSameAs(refusal);
        assertThat(calls).containsExactly("a beforePublish");
        calls.clear();
        observer.refused(EVENT, refusal);
        assertThat(calls).containsExactly("a refused", "b refused", "c refused");
        assertThat(diary.lines).as("a refusal is no failure").isEmpty();
    }

    @Test
    @DisplayName("ERR-6 one that fails in every hook changes nothing for the others")
    void oneThatFailsChangesNothing() throws Exception {
        Interceptors chain =
                chain(
                        new Recorder("a", Phase.NORMAL, calls),
                        new Broken("b"),
                        new Recorder("c", Phase.NORMAL, calls));
        PublicationInfo.Observer observer = observer(chain);
        Event changed = observer.beforePublish(EVENT);
        assertThat(changed.header("path")).isEqualTo("ac");
        Publication publication = new Publication(changed);
        Delivery delivery = new Delivery(changed);
        List<Consumer<PublicationInfo.Observer>> hooks =
                List.of(
                        each -> each.refused(EVENT, new IllegalStateException()),
                        each -> each.pending(publication),
                        each -> each.published(publication),
                        each -> each.started(publication),
                        each -> each.completed(publication),
                        each -> each.deadLettered(letter()));
        for (Consumer<PublicationInfo.Observer> hook : hooks) {
            calls.clear();
            hook.accept(observer);
            assertThat(calls).hasSize(2);
        }
        DeliveryInfo.Observer own = observer.observe(delivery);
        assertThat(own).isNotNull();
        List<Consumer<DeliveryInfo.Observer>> inner =
                List.of(
                        each -> each.handlerPending(delivery),
                        each -> each.handlerStarted(delivery),
                        each -> each.attemptStarted(delivery),
                        each -> each.attemptEnded(delivery),
                        each -> each.retryScheduled(delivery, Duration.ZERO),
                        each -> each.slow(delivery),
                        each -> each.deadLettered(letter()),
                        each -> each.handlerCompleted(delivery));
        for (Consumer<DeliveryInfo.Observer> hook : inner) {
            calls.clear();
            hook.accept(own);
            assertThat(calls).hasSize(2);
        }
        calls.clear();
        AutoCloseable scope = own.enter(delivery);
        assertThat(scope).isNotNull();
        scope.close();
        assertThat(calls).containsExactly("a enter", "c enter", "c leave", "a leave");
        chain.subscriptionAdded(new Subscription("1", "m", TopicPattern.ALL, 1));
        chain.subscriptionRemoved(new Subscription("1", "m", TopicPattern.ALL, 1));
        assertThat(diary.lines)
                .containsExactly(
                        "The interceptor 'b' has failed in 'beforePublish':"
                                + " java.lang.IllegalStateException: no beforePublish.");
        assertThat(diary.failed).as("every hook has failed").hasSize(18);
    }

    @Test
    @DisplayName("ERR-6 an event that was lost by an interceptor goes on as it was")
    void anEventThatWasLostGoesOn() {
        Interceptor swallowing =
                new Recorder("a", Phase.NORMAL, calls) {
                    @Override
                    @SuppressWarnings("NullAway") // breaking the rule is the point
                    public Event beforePublish(Event event) {
                        return null;
                    }
                };
        Interceptors chain = chain(swallowing);
        assertThat(chain.hooks().beforePublish(observer(chain), EVENT)).isSameAs(EVENT);
        Interceptors two = chain(swallowing, new Recorder("b", Phase.NORMAL, calls));
        assertThat(two.hooks().beforePublish(observer(two), EVENT).header("path")).isEqualTo("b");
        assertThat(diary.failed).hasSize(2);
        assertThat(diary.lines)
                .containsExactly(
                        "The interceptor 'a' has failed in 'beforePublish':"
                                + " java.lang.NullPointerException: beforePublish returned null"
                                + " instead of an event.");
    }

    @Test
    @DisplayName("ERR-6 what was opened is closed, though observing or closing fails")
    void closesWhatWasOpened() throws Exception {
        Interceptor closing =
                new Recorder("b", Phase.NORMAL, calls) {
                    @Override
                    public AutoCloseable enter(DeliveryInfo delivery) {
                        return () -> {
                            throw new java.io.IOException("stuck");
                        };
                    }
                };
        Interceptor blind =
                new Recorder("c", Phase.NORMAL, calls) {
                    @Override
                    public PublicationInfo.@Nullable Observer observe(Event event, Origin origin) {
                        throw new IllegalStateException("blind");
                    }
                };
        PublicationInfo.Observer observer =
                observer(
                        chain(
                                new Recorder("a", Phase.NORMAL, calls),
                                closing,
                                blind,
                                new Recorder("d", Phase.NORMAL, calls)));
        DeliveryInfo.Observer own = observer.observe(new Delivery(EVENT));
        assertThat(own).isNotNull();
        calls.clear();
        AutoCloseable scope = own.enter(new Delivery(EVENT));
        assertThat(scope).isNotNull();
        scope.close();
        assertThat(calls).containsExactly("a enter", "d enter", "d leave", "a leave");
        assertThat(diary.lines)
                .containsExactly(
                        "The interceptor 'c' has failed in 'observe':"
                                + " java.lang.IllegalStateException: blind.",
                        "The interceptor 'b' has failed in 'close of enter': java.io.IOException:"
                                + " stuck.");
    }

    @Test
    @DisplayName("ICP-1 where nobody follows there is nothing to call")
    void nobodyFollows() {
        assertThat(chain().isEmpty()).isTrue();
        assertThat(chain().observe(EVENT, Origin.PUBLISHED)).isNull();
        Interceptor uninterested =
                new Recorder("a", Phase.NORMAL, calls) {
                    @Override
                    public PublicationInfo.@Nullable Observer observe(Event event, Origin origin) {
                        return null;
                    }
                };
        Interceptor noDeliveries =
                new Recorder("b", Phase.NORMAL, calls) {
                    @Override
                    public DeliveryInfo.@Nullable Observer observe(DeliveryInfo delivery) {
                        return null;
                    }
                };
        Interceptor noScope =
                new Recorder("c", Phase.NORMAL, calls) {
                    @Override
                    public @Nullable AutoCloseable enter(DeliveryInfo delivery) {
                        return null;
                    }
                };
        assertThat(chain(uninterested).isEmpty()).isFalse();
        assertThat(chain(uninterested).observe(EVENT, Origin.REMOTE)).isNull();
        assertThat(observer(chain(noDeliveries)).observe(new Delivery(EVENT))).isNull();
        DeliveryInfo.Observer own = observer(chain(noScope)).observe(new Delivery(EVENT));
        assertThat(own).isNotNull();
        assertThat(own.enter(new Delivery(EVENT))).isNull();
        calls.clear();
        observer(chain(uninterested, new Recorder("d", Phase.NORMAL, calls)))
                .started(new Publication(EVENT));
        assertThat(calls).containsExactly("d observe PUBLISHED", "d started");
    }

    @Test
    @DisplayName("ICP-1 an interceptor may follow each event and delivery with state of its own")
    void mayKeepStatePerEvent() {
        List<String> seen = new ArrayList<>();
        Interceptor counting =
                new Interceptor() {
                    @Override
                    public String name() {
                        return "counting";
                    }

                    @Override
                    public PublicationInfo.Observer observe(Event event, Origin origin) {
                        return new PublicationInfo.Observer() {
                            private int deliveries;

                            @Override
                            public DeliveryInfo.Observer observe(DeliveryInfo delivery) {
                                int number = ++deliveries;
                                return new DeliveryInfo.Observer() {
                                    @Override
                                    public void handlerCompleted(DeliveryInfo ended) {
                                        seen.add(event.id() + "/" + number);
                                    }
                                };
                            }
                        };
                    }
                };
        Interceptors chain = chain(counting);
        for (String id : List.of("x", "y")) {
            Event event = EVENT.withId(id);
            PublicationInfo.Observer observer = chain.observe(event, Origin.PUBLISHED);
            assertThat(observer).isNotNull();
            for (int i = 0; i < 2; i++) {
                DeliveryInfo.Observer own = observer.observe(new Delivery(event));
                assertThat(own).isNotNull();
                own.handlerCompleted(new Delivery(event));
            }
        }
        assertThat(seen).containsExactly("x/1", "x/2", "y/1", "y/2");
    }
}
