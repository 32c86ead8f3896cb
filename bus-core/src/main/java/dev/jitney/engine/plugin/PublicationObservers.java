// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.Event;
import dev.jitney.spi.DeliveryInfo;
import dev.jitney.spi.PublicationInfo;
import org.jspecify.annotations.Nullable;

/** What the interceptors of a bus have to follow one event with, called as one. */
final class PublicationObservers implements PublicationInfo.Observer {

    private final PublicationInfo.Observer[] observers;
    private final Hooks[] hooks;

    /**
     * @param observers in the order of the interceptors, null for those that do not follow it
     * @param hooks of each interceptor
     */
    PublicationObservers(PublicationInfo.Observer[] observers, Hooks[] hooks) {
        this.observers = observers;
        this.hooks = hooks;
    }

    @Override
    public Event beforePublish(Event event) {
        Event changed = event;
        for (int i = 0; i < observers.length; i++) {
            if (observers[i] != null) {
                changed = hooks[i].beforePublish(observers[i], changed);
            }
        }
        return changed;
    }

    @Override
    public void refused(Event event, Throwable cause) {
        for (int i = 0; i < observers.length; i++) {
            if (observers[i] != null) {
                hooks[i].refused(observers[i], event, cause);
            }
        }
    }

    @Override
    public void pending(PublicationInfo publication) {
        each(Hooks::pending, publication);
    }

    @Override
    public void published(PublicationInfo publication) {
        each(Hooks::published, publication);
    }

    @Override
    public void started(PublicationInfo publication) {
        each(Hooks::started, publication);
    }

    @Override
    public void completed(PublicationInfo publication) {
        each(Hooks::completed, publication);
    }

    @Override
    public void deadLettered(DeadLetter letter) {
        each(Hooks::deadLettered, letter);
    }

    /** Returns the observer of a delivery, or null if nobody wants to follow it. */
    @Override
    public DeliveryInfo.@Nullable Observer observe(DeliveryInfo delivery) {
        DeliveryInfo.Observer @Nullable [] wanted = null;
        for (int i = 0; i < observers.length; i++) {
            DeliveryInfo.Observer one =
                    observers[i] == null ? null : hooks[i].observe(observers[i], delivery);
            if (one != null) {
                wanted = wanted == null ? new DeliveryInfo.Observer[observers.length] : wanted;
                wanted[i] = one;
            }
        }
        return wanted == null ? null : new DeliveryObservers(wanted, hooks);
    }

    /** One of the hooks; bound to nothing, so that calling it makes no object. */
    private interface Hook<A> {
        void call(Hooks hooks, PublicationInfo.Observer observer, A argument);
    }

    private <A> void each(Hook<A> hook, A argument) {
        for (int i = 0; i < observers.length; i++) {
            if (observers[i] != null) {
                hook.call(hooks[i], observers[i], argument);
            }
        }
    }
}
