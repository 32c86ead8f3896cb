// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeadLetter.Reason;
import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import dev.jitney.spi.DeliveryInfo;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.PublicationInfo;
import dev.jitney.spi.PublicationInfo.Origin;
import dev.jitney.spi.ValidationException;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes events through an interceptor, in every order that a bus may. A bus calls the hooks just
 * so.
 */
final class InterceptorRounds {

    private static final Duration DELAY = Duration.ofMillis(5);

    private final Interceptor interceptor;
    private final PluginHarness plugins;
    private final Supplier<? extends @Nullable Object> traces;

    /**
     * @param traces what an interceptor must leave on a thread as it was
     */
    InterceptorRounds(
            Interceptor interceptor,
            PluginHarness plugins,
            Supplier<? extends @Nullable Object> traces) {
        this.interceptor = interceptor;
        this.plugins = plugins;
        this.traces = traces;
    }

    /** A part of an event's way. */
    private interface Step {
        void take(PublicationInfo.Observer observer, TckPublication publication) throws Exception;
    }

    /** Takes the event through all of them. */
    void all(Event event) throws Exception {
        refused(event, false);
        refused(event, true);
        for (Outcome outcome :
                new Outcome[] {Outcome.DUPLICATE, Outcome.DROPPED, Outcome.SUPPRESSED}) {
            endsAtOnce(event, outcome);
        }
        for (Outcome outcome :
                new Outcome[] {Outcome.DROPPED, Outcome.CANCELLED, Outcome.REJECTED}) {
            endsWhileItWaits(event, outcome);
        }
        for (Origin origin : Origin.values()) {
            nobodyWantsIt(event, origin);
            isHandled(event, origin);
        }
        failsAndIsRetried(event);
        becomesADeadLetter(event);
        passesItsLimit(event);
        isNeverBegun(event);
        suspendsAndGoesOnElsewhere(event);
    }

    void refused(Event event, boolean late) throws Exception {
        PublicationInfo.Observer observer = interceptor.observe(event, Origin.PUBLISHED);
        if (observer == null) {
            return;
        }
        Event changed = observer.beforePublish(event);
        if (late) {
            observer.pending(new TckPublication(changed, Origin.PUBLISHED));
        }
        ValidationException refusal = ValidationException.of("tck", changed, "the test says so");
        observer.deadLettered(letter(changed, Reason.VALIDATION_ERROR, "", refusal));
        observer.refused(changed, refusal);
    }

    void endsAtOnce(Event event, Outcome outcome) throws Exception {
        PublicationInfo.Observer observer = interceptor.observe(event, Origin.PUBLISHED);
        if (observer != null) {
            Event changed = observer.beforePublish(event);
            TckPublication publication = new TckPublication(changed, Origin.PUBLISHED);
            observer.completed(publication.ended(outcome, null));
            observer.published(publication);
        }
    }

    void endsWhileItWaits(Event event, Outcome outcome) throws Exception {
        PublicationInfo.Observer observer = interceptor.observe(event, Origin.PUBLISHED);
        if (observer != null) {
            Event changed = observer.beforePublish(event);
            TckPublication publication = new TckPublication(changed, Origin.PUBLISHED);
            observer.pending(publication);
            observer.published(publication);
            observer.deadLettered(letter(changed, Reason.OVERFLOW, "", failure()));
            observer.completed(publication.ended(outcome, failure()));
        }
    }

    void nobodyWantsIt(Event event, Origin origin) throws Exception {
        started(event, origin, Outcome.NO_HANDLER, (observer, publication) -> {});
    }

    void isHandled(Event event, Origin origin) throws Exception {
        started(
                event,
                origin,
                Outcome.HANDLED,
                (observer, publication) -> {
                    TckDelivery one = new TckDelivery(publication.event(), 1);
                    TckDelivery two = new TckDelivery(publication.event(), 2);
                    DeliveryInfo.Observer first = observer.observe(one);
                    DeliveryInfo.Observer second = observer.observe(two);
                    // Both handlers run in parallel, one of them on a thread of its own.
                    succeed(first, one);
                    plugins.elsewhere(
                            () -> {
                                succeed(second, two);
                                return true;
                            });
                });
    }

    void failsAndIsRetried(Event event) throws Exception {
        delivered(
                event,
                Outcome.HANDLED,
                (observer, delivery) -> {
                    observer.handlerStarted(delivery.attempts());
                    attempt(observer, delivery, failure());
                    observer.retryScheduled(delivery, DELAY);
                    attempt(observer, delivery.attempts(), null);
                    observer.handlerCompleted(delivery.ends(DeliveryState.COMPLETED, 1));
                });
    }

    void becomesADeadLetter(Event event) throws Exception {
        delivered(
                event,
                Outcome.HANDLED_WITH_FAILURES,
                (observer, delivery) -> {
                    observer.handlerStarted(delivery.attempts());
                    attempt(observer, delivery, failure());
                    observer.deadLettered(
                            letter(delivery.event(), Reason.HANDLER_ERROR, "handler-1", failure()));
                    observer.handlerCompleted(delivery.ends(DeliveryState.FAILED, null));
                });
    }

    void passesItsLimit(Event event) throws Exception {
        delivered(
                event,
                Outcome.TIMED_OUT,
                (observer, delivery) -> {
                    observer.handlerStarted(delivery.attempts());
                    observer.attemptStarted(delivery);
                    Object before = traces.get();
                    AutoCloseable scope = observer.enter(delivery);
                    observer.slow(delivery);
                    // The bus goes on while the handler's thread is still inside.
                    plugins.elsewhere(
                            () -> {
                                observer.attemptEnded(delivery.fails(failure()));
                                observer.handlerCompleted(
                                        delivery.ends(DeliveryState.TIMED_OUT, null));
                                return true;
                            });
                    leave(scope);
                    assertThat(traces.get()).as("thread after the limit").isEqualTo(before);
                });
    }

    void isNeverBegun(Event event) throws Exception {
        delivered(
                event,
                Outcome.HANDLED,
                (observer, delivery) ->
                        observer.handlerCompleted(delivery.ends(DeliveryState.CANCELLED, null)));
    }

    void suspendsAndGoesOnElsewhere(Event event) throws Exception {
        delivered(
                event,
                Outcome.HANDLED,
                (observer, delivery) -> {
                    observer.handlerStarted(delivery.attempts());
                    observer.attemptStarted(delivery);
                    enterAndLeave(observer, delivery);
                    plugins.elsewhere(
                            () -> {
                                enterAndLeave(observer, delivery);
                                return true;
                            });
                    // A handler that starts a task of its own is entered twice at once.
                    Object before = traces.get();
                    AutoCloseable outer = observer.enter(delivery);
                    enterAndLeave(observer, delivery);
                    leave(outer);
                    assertThat(traces.get()).as("thread after nesting").isEqualTo(before);
                    observer.attemptEnded(delivery);
                    observer.handlerCompleted(delivery.ends(DeliveryState.COMPLETED, null));
                });
    }

    /** The way of one delivery. */
    private interface DeliveryStep {
        void take(DeliveryInfo.Observer observer, TckDelivery delivery) throws Exception;
    }

    private void delivered(Event event, Outcome outcome, DeliveryStep way) throws Exception {
        started(
                event,
                Origin.PUBLISHED,
                outcome,
                (observer, publication) -> {
                    TckDelivery delivery = new TckDelivery(publication.event(), 1);
                    DeliveryInfo.Observer own = observer.observe(delivery);
                    if (own != null) {
                        own.handlerPending(delivery);
                        way.take(own, delivery);
                    }
                });
    }

    private void started(Event event, Origin origin, Outcome outcome, Step step) throws Exception {
        PublicationInfo.Observer observer = interceptor.observe(event, origin);
        if (observer == null) {
            return;
        }
        Event changed = origin == Origin.PUBLISHED ? observer.beforePublish(event) : event;
        TckPublication publication = new TckPublication(changed, origin);
        observer.pending(publication);
        observer.started(publication);
        if (origin == Origin.PUBLISHED) {
            // The publisher is slower than the bus.
            observer.published(publication);
        }
        step.take(observer, publication);
        observer.completed(publication.ended(outcome, null));
    }

    private void succeed(DeliveryInfo.@Nullable Observer observer, TckDelivery delivery)
            throws Exception {
        if (observer != null) {
            observer.handlerPending(delivery);
            observer.handlerStarted(delivery.attempts());
            attempt(observer, delivery, null);
            observer.handlerCompleted(delivery.ends(DeliveryState.COMPLETED, "value"));
        }
    }

    private void attempt(
            DeliveryInfo.Observer observer, TckDelivery delivery, @Nullable Throwable failure)
            throws Exception {
        observer.attemptStarted(delivery);
        enterAndLeave(observer, delivery);
        observer.attemptEnded(failure == null ? delivery : delivery.fails(failure));
    }

    private void enterAndLeave(DeliveryInfo.Observer observer, TckDelivery delivery)
            throws Exception {
        Object before = traces.get();
        leave(observer.enter(delivery));
        assertThat(traces.get()).as("thread after the handler").isEqualTo(before);
    }

    private static void leave(@Nullable AutoCloseable scope) throws Exception {
        if (scope != null) {
            scope.close();
        }
    }

    private static DeadLetter letter(Event event, Reason reason, String handler, Throwable error) {
        return DeadLetter.builder(event, reason).handler(handler).error(error).build();
    }

    private static IllegalStateException failure() {
        return new IllegalStateException("The test lets the handler fail.");
    }
}
