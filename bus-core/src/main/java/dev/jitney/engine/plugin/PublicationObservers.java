// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.Event;
import dev.jitney.spi.DeliveryInfo;
import dev.jitney.spi.PublicationInfo;
import dev.jitney.spi.ValidationException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What the interceptors of a bus have to follow one event with, called as one. */
final class PublicationObservers implements PublicationInfo.Observer {

    private final PublicationInfo.Observer[] observers;
    private final String[] labels;
    private final PluginLog log;

    /**
     * @param observers in the order of the interceptors, null for those that do not follow it
     */
    PublicationObservers(PublicationInfo.Observer[] observers, String[] labels, PluginLog log) {
        this.observers = observers;
        this.labels = labels;
        this.log = log;
    }

    @Override
    public Event beforePublish(Event event) {
        Event changed = event;
        for (int i = 0; i < observers.length; i++) {
            if (observers[i] != null) {
                changed = changedBy(i, changed);
            }
        }
        return changed;
    }

    private Event changedBy(int i, Event event) {
        try {
            @Nullable Event changed = observers[i].beforePublish(event);
            if (changed != null) {
                return changed;
            }
            throw new NullPointerException("beforePublish returned null instead of an event");
        } catch (ValidationException refusal) {
            throw refusal;
        } catch (Throwable e) {
            log.failed(labels[i], "beforePublish", e);
            return event;
        }
    }

    @Override
    public void refused(Event event, Throwable cause) {
        for (int i = 0; i < observers.length; i++) {
            try {
                if (observers[i] != null) {
                    observers[i].refused(event, cause);
                }
            } catch (Throwable e) {
                log.failed(labels[i], "refused", e);
            }
        }
    }

    @Override
    public void pending(PublicationInfo publication) {
        each("pending", PublicationInfo.Observer::pending, publication);
    }

    @Override
    public void published(PublicationInfo publication) {
        each("published", PublicationInfo.Observer::published, publication);
    }

    @Override
    public void started(PublicationInfo publication) {
        each("started", PublicationInfo.Observer::started, publication);
    }

    @Override
    public void completed(PublicationInfo publication) {
        each("completed", PublicationInfo.Observer::completed, publication);
    }

    @Override
    public void deadLettered(DeadLetter letter) {
        each("deadLettered", PublicationInfo.Observer::deadLettered, letter);
    }

    /** Returns the observer of a delivery, or null if nobody wants to follow it. */
    @Override
    public DeliveryInfo.@Nullable Observer observe(DeliveryInfo delivery) {
        DeliveryInfo.Observer @Nullable [] wanted = null;
        for (int i = 0; i < observers.length; i++) {
            DeliveryInfo.Observer one = observer(i, delivery);
            if (one != null) {
                wanted = wanted == null ? new DeliveryInfo.Observer[observers.length] : wanted;
                wanted[i] = one;
            }
        }
        return wanted == null ? null : new DeliveryObservers(wanted, labels, log);
    }

    private DeliveryInfo.@Nullable Observer observer(int i, DeliveryInfo delivery) {
        try {
            return observers[i] == null ? null : observers[i].observe(delivery);
        } catch (Throwable e) {
            log.failed(labels[i], "observe", e);
            return null;
        }
    }

    // The methods are not bound to anything, so that calling one makes no object.
    private <A> void each(String hook, BiConsumer<PublicationInfo.Observer, A> call, A argument) {
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
