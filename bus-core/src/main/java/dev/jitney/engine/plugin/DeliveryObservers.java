// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.event.DeadLetter;
import dev.jitney.spi.DeliveryInfo;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What the interceptors of a bus have to follow one delivery with, called as one. */
final class DeliveryObservers implements DeliveryInfo.Observer {

    private final DeliveryInfo.Observer[] observers;
    private final String[] labels;
    private final PluginLog log;

    /**
     * @param observers in the order of the interceptors, null for those that do not follow it
     */
    DeliveryObservers(DeliveryInfo.Observer[] observers, String[] labels, PluginLog log) {
        this.observers = observers;
        this.labels = labels;
        this.log = log;
    }

    @Override
    public void handlerPending(DeliveryInfo delivery) {
        each("handlerPending", DeliveryInfo.Observer::handlerPending, delivery);
    }

    @Override
    public void handlerStarted(DeliveryInfo delivery) {
        each("handlerStarted", DeliveryInfo.Observer::handlerStarted, delivery);
    }

    @Override
    public void attemptStarted(DeliveryInfo delivery) {
        each("attemptStarted", DeliveryInfo.Observer::attemptStarted, delivery);
    }

    @Override
    public @Nullable AutoCloseable enter(DeliveryInfo delivery) {
        Entered entered = null;
        for (int i = 0; i < observers.length; i++) {
            AutoCloseable one = entry(i, delivery);
            if (one != null) {
                entered = new Entered(one, labels[i], "enter", log, entered);
            }
        }
        return entered;
    }

    private @Nullable AutoCloseable entry(int i, DeliveryInfo delivery) {
        try {
            return observers[i] == null ? null : observers[i].enter(delivery);
        } catch (Throwable e) {
            log.failed(labels[i], "enter", e);
            return null;
        }
    }

    @Override
    public void attemptEnded(DeliveryInfo delivery) {
        each("attemptEnded", DeliveryInfo.Observer::attemptEnded, delivery);
    }

    @Override
    public void retryScheduled(DeliveryInfo delivery, Duration delay) {
        for (int i = 0; i < observers.length; i++) {
            try {
                if (observers[i] != null) {
                    observers[i].retryScheduled(delivery, delay);
                }
            } catch (Throwable e) {
                log.failed(labels[i], "retryScheduled", e);
            }
        }
    }

    @Override
    public void slow(DeliveryInfo delivery) {
        each("slow", DeliveryInfo.Observer::slow, delivery);
    }

    @Override
    public void deadLettered(DeadLetter letter) {
        each("deadLettered", DeliveryInfo.Observer::deadLettered, letter);
    }

    @Override
    public void handlerCompleted(DeliveryInfo delivery) {
        each("handlerCompleted", DeliveryInfo.Observer::handlerCompleted, delivery);
    }

    // The methods are not bound to anything, so that calling one makes no object.
    private <A> void each(String hook, BiConsumer<DeliveryInfo.Observer, A> call, A argument) {
        for (int i = 0; i < observers.length; i++) {
            try {
                if (observers[i] != null) {
                    call.accept(observers[i], argument);
                }
            } catch (Throwable e) {
                log.failed(labels[i], hook, e);
            }
        }
    }
}
