// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.event.DeadLetter;
import dev.jitney.spi.DeliveryInfo;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What one interceptor follows one delivery with. It never throws (ERR-6). */
final class GuardedDelivery implements DeliveryInfo.Observer {

    private final DeliveryInfo.Observer observer;
    private final String label;
    private final PluginLog log;

    GuardedDelivery(DeliveryInfo.Observer observer, String label, PluginLog log) {
        this.observer = observer;
        this.label = label;
        this.log = log;
    }

    @Override
    public void handlerPending(DeliveryInfo delivery) {
        try {
            observer.handlerPending(delivery);
        } catch (Throwable e) {
            log.failed(label, "handlerPending", e);
        }
    }

    @Override
    public void handlerStarted(DeliveryInfo delivery) {
        try {
            observer.handlerStarted(delivery);
        } catch (Throwable e) {
            log.failed(label, "handlerStarted", e);
        }
    }

    @Override
    public void attemptStarted(DeliveryInfo delivery) {
        try {
            observer.attemptStarted(delivery);
        } catch (Throwable e) {
            log.failed(label, "attemptStarted", e);
        }
    }

    @Override
    public @Nullable AutoCloseable enter(DeliveryInfo delivery) {
        try {
            AutoCloseable scope = observer.enter(delivery);
            return scope == null ? null : new Entered(scope, label, "enter", log, null);
        } catch (Throwable e) {
            log.failed(label, "enter", e);
            return null;
        }
    }

    @Override
    public void attemptEnded(DeliveryInfo delivery) {
        try {
            observer.attemptEnded(delivery);
        } catch (Throwable e) {
            log.failed(label, "attemptEnded", e);
        }
    }

    @Override
    public void retryScheduled(DeliveryInfo delivery, Duration delay) {
        try {
            observer.retryScheduled(delivery, delay);
        } catch (Throwable e) {
            log.failed(label, "retryScheduled", e);
        }
    }

    @Override
    public void slow(DeliveryInfo delivery) {
        try {
            observer.slow(delivery);
        } catch (Throwable e) {
            log.failed(label, "slow", e);
        }
    }

    @Override
    public void deadLettered(DeadLetter letter) {
        try {
            observer.deadLettered(letter);
        } catch (Throwable e) {
            log.failed(label, "deadLettered", e);
        }
    }

    @Override
    public void handlerCompleted(DeliveryInfo delivery) {
        try {
            observer.handlerCompleted(delivery);
        } catch (Throwable e) {
            log.failed(label, "handlerCompleted", e);
        }
    }
}
