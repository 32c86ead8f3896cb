// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.Event;
import dev.jitney.spi.DeliveryInfo;
import dev.jitney.spi.Interceptor.Phase;
import dev.jitney.spi.PublicationInfo;
import dev.jitney.spi.PublicationInfo.Origin;
import dev.jitney.spi.ValidationException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HooksTest extends Chains {

    private static final DeadLetter LETTER =
            DeadLetter.builder(EVENT, DeadLetter.Reason.REJECTED).build();

    private final Publication publication = new Publication(EVENT);
    private final Delivery delivery = new Delivery(EVENT);

    /** Fails in every hook but those that say who follows. */
    private final class Broken extends Recorder {

        Broken() {
            super("b", Phase.NORMAL, calls);
        }

        @Override
        void note(String hook) {
            calls.add(hook.split(" ")[0]);
            throw new IllegalStateException("no " + hook);
        }

        @Override
        public PublicationInfo.@Nullable Observer observe(Event event, Origin origin) {
            return this;
        }
    }

    private void callAll(Hooks hooks, PublicationInfo.Observer observer) {
        hooks.refused(observer, EVENT, new IllegalStateException());
        hooks.pending(observer, publication);
        hooks.published(observer, publication);
        hooks.started(observer, publication);
        hooks.completed(observer, publication);
        hooks.handlerPending(observer, delivery);
        hooks.handlerStarted(observer, delivery);
        hooks.attemptStarted(observer, delivery);
        hooks.attemptEnded(observer, delivery);
        hooks.retryScheduled(observer, delivery, Duration.ofSeconds(2));
        hooks.slow(observer, delivery);
        hooks.deadLettered(observer, LETTER);
        hooks.handlerCompleted(observer, delivery);
    }

    @Test
    @DisplayName("ERR-6 the only interceptor fails in every hook, which is counted and no more")
    void theOnlyOneFails() {
        Interceptors chain = chain(new Broken());
        PublicationInfo.Observer observer = observer(chain);
        Hooks hooks = chain.hooks();
        assertThat(hooks.beforePublish(observer, EVENT)).isSameAs(EVENT);
        callAll(hooks, observer);
        assertThat(hooks.observe(observer, delivery)).isNull();
        assertThat(hooks.enter(observer, delivery)).isNull();
        hooks.leave(
                () -> {
                    throw new java.io.IOException("stuck");
                });
        assertThat(calls)
                .containsExactly(
                        "beforePublish",
                        "refused",
                        "pending",
                        "published",
                        "started",
                        "completed",
                        "handlerPending",
                        "handlerStarted",
                        "attemptStarted",
                        "attemptEnded",
                        "retryScheduled",
                        "slow",
                        "deadLettered",
                        "handlerCompleted",
                        "observe",
                        "enter");
        assertThat(diary.failed).hasSize(17).containsOnly("interceptor 'b'");
        assertThat(diary.lines)
                .containsExactly(
                        "The interceptor 'b' has failed in 'beforePublish':"
                                + " java.lang.IllegalStateException: no beforePublish.");
    }

    @Test
    @DisplayName("ICP-1 the only interceptor is called as each of several is")
    void theOnlyOneIsCalled() throws Exception {
        Interceptors chain = chain(new Recorder("a", Phase.NORMAL, calls));
        PublicationInfo.Observer observer = observer(chain);
        Hooks hooks = chain.hooks();
        assertThat(hooks.beforePublish(observer, EVENT).header("path")).isEqualTo("a");
        callAll(hooks, observer);
        DeliveryInfo.Observer own = hooks.observe(observer, delivery);
        assertThat(own).isNotNull();
        AutoCloseable entered = hooks.enter(own, delivery);
        assertThat(entered).isNotNull();
        hooks.leave(entered);
        assertThat(calls)
                .containsExactly(
                        "a observe PUBLISHED",
                        "a beforePublish",
                        "a refused",
                        "a pending",
                        "a published",
                        "a started",
                        "a completed HANDLED",
                        "a handlerPending",
                        "a handlerStarted",
                        "a attemptStarted",
                        "a attemptEnded",
                        "a retryScheduled PT2S",
                        "a slow",
                        "a deadLettered REJECTED",
                        "a handlerCompleted",
                        "a observe delivery",
                        "a enter",
                        "a leave");
        assertThat(diary.lines).isEmpty();
    }

    @Test
    @DisplayName("ICP-1 ERR-6 a refusal of the only interceptor is thrown on and is no failure")
    void aRefusalIsThrownOn() {
        ValidationException refusal = ValidationException.of("b", EVENT, "it is odd");
        Interceptors chain =
                chain(
                        new Recorder("b", Phase.NORMAL, calls) {
                            @Override
                            public Event beforePublish(Event event) {
                                throw refusal;
                            }
                        });
        assertThatThrownBy(() -> chain.hooks().beforePublish(observer(chain), EVENT))
                .isSameAs(refusal);
        assertThat(diary.failed).isEmpty();
    }
}
