// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.event.DeadLetter;
import dev.jitney.spi.DeliveryInfo;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the interceptors of a bus have to follow one delivery with, called as one. */
final class DeliveryObservers implements DeliveryInfo.Observer {

    private final DeliveryInfo.Observer[] observers;
    private final Hooks[] hooks;

    /**
     * @param observers in the order of the interceptors, null for those that do not follow it
     * @param hooks of each interceptor
     */
    DeliveryObservers(DeliveryInfo.Observer[] observers, Hooks[] hooks) {
        this.observers = observers;
        this.hooks = hooks;
    }

    @Override
    public void handlerPending(DeliveryInfo delivery) {
        each(Hooks::handlerPending, delivery);
    }

    @Override
    public void handlerStarted(DeliveryInfo delivery) {
        each(Hooks::handlerStarted, delivery);
    }

    @Override
    public void attemptStarted(DeliveryInfo delivery) {
        each(Hooks::attemptStarted, delivery);
    }

    @Override
    public @Nullable AutoCloseable enter(DeliveryInfo delivery) {
        Entered entered = null;
        for (int i = 0; i < observers.length; i++) {
            if (observers[i] != null) {
                entered = hooks[i].enter(observers[i], delivery, entered);
            }
        }
        return entered;
    }

    @Override
    public void attemptEnded(DeliveryInfo delivery) {
        each(Hooks::attemptEnded, delivery);
    }

    @Override
    public void retryScheduled(DeliveryInfo delivery, Duration delay) {
        for (int i = 0; i < observers.length; i++) {
            if (observers[i] != null) {
                hooks[i].retryScheduled(observers[i], delivery, delay);
            }
        }
    }

    @Override
    public void slow(DeliveryInfo delivery) {
        each(Hooks::slow, delivery);
    }

    @Override
    public void deadLettered(DeadLetter letter) {
        each(Hooks::deadLettered, letter);
    }

    @Override
    public void handlerCompleted(DeliveryInfo delivery) {
        each(Hooks::handlerCompleted, delivery);
    }

    /** One of the hooks; bound to nothing, so that calling it makes no object. */
    private interface Hook<A> {
        void call(Hooks hooks, DeliveryInfo.Observer observer, A argument);
    }

    private <A> void each(Hook<A> hook, A argument) {
        for (int i = 0; i < observers.length; i++) {
            if (observers[i] != null) {
                hook.call(hooks[i], observers[i], argument);
            }
        }
    }
}
