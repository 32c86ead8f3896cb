// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.Event;
import dev.jitney.spi.DeliveryInfo;
import dev.jitney.spi.PublicationInfo;
import dev.jitney.spi.ValidationException;
import org.jspecify.annotations.Nullable;

/**
 * What one interceptor follows one event with. It never throws but for a refusal (ERR-6). Most
 * buses have one interceptor or none: calling this one costs less than going over all of them.
 */
final class GuardedObserver implements PublicationInfo.Observer {

    private final PublicationInfo.Observer observer;
    private final String label;
    private final PluginLog log;

    GuardedObserver(PublicationInfo.Observer observer, String label, PluginLog log) {
        this.observer = observer;
        this.label = label;
        this.log = log;
    }

    @Override
    public Event beforePublish(Event event) {
        try {
            @Nullable Event changed = observer.beforePublish(event);
            if (changed != null) {
                return changed;
            }
            throw new NullPointerException("beforePublish returned null instead of an event");
        } catch (ValidationException refusal) {
            throw refusal;
        } catch (Throwable e) {
            log.failed(label, "beforePublish", e);
            return event;
        }
    }

    @Override
    public void refused(Event event, Throwable cause) {
        try {
            observer.refused(event, cause);
        } catch (Throwable e) {
            log.failed(label, "refused", e);
        }
    }

    @Override
    public void pending(PublicationInfo publication) {
        try {
            observer.pending(publication);
        } catch (Throwable e) {
            log.failed(label, "pending", e);
        }
    }

    @Override
    public void published(PublicationInfo publication) {
        try {
            observer.published(publication);
        } catch (Throwable e) {
            log.failed(label, "published", e);
        }
    }

    @Override
    public void started(PublicationInfo publication) {
        try {
            observer.started(publication);
        } catch (Throwable e) {
            log.failed(label, "started", e);
        }
    }

    @Override
    public void completed(PublicationInfo publication) {
        try {
            observer.completed(publication);
        } catch (Throwable e) {
            log.failed(label, "completed", e);
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
    public DeliveryInfo.@Nullable Observer observe(DeliveryInfo delivery) {
        try {
            DeliveryInfo.Observer one = observer.observe(delivery);
            return one == null ? null : new GuardedDelivery(one, label, log);
        } catch (Throwable e) {
            log.failed(label, "observe", e);
            return null;
        }
    }
}
