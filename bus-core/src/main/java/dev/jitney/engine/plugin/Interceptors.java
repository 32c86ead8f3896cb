// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.event.Event;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.Interceptor.SubscriptionInfo;
import dev.jitney.spi.PublicationInfo;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The interceptors of a bus, called as one: in order, each for itself, so that one that fails
 * touches no other (ICP-1, ERR-6).
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 */
public final class Interceptors {

    private final List<Interceptor> all;
    // The same: a list costs each event its look through an interface.
    private final Interceptor[] each;
    private final PluginLog log;
    private final String[] labels;
    // What calls the observers of each by itself, and what calls those of all as one.
    private final Hooks[] own;
    private final Hooks hooks;

    /** Puts the interceptors in order: by phase, by name, then as they are given. */
    public Interceptors(List<Interceptor> interceptors, PluginLog log) {
        this.log = log;
        all = interceptors.isEmpty() ? List.of() : inOrder(interceptors);
        each = all.toArray(new Interceptor[0]);
        labels = Wording.labels("interceptor", all);
        own = new Hooks[labels.length];
        for (int i = 0; i < own.length; i++) {
            own[i] = new Hooks(labels[i], log);
        }
        hooks = own.length == 1 ? own[0] : new Hooks("interceptors", log);
    }

    private static List<Interceptor> inOrder(List<Interceptor> interceptors) {
        return interceptors.stream()
                .filter(Interceptor::isEnabled)
                .sorted(Comparator.comparing(Interceptor::phase).thenComparing(Interceptor::name))
                .toList();
    }

    /** Says whether there is none. */
    public boolean isEmpty() {
        return each.length == 0;
    }

    /** Returns the interceptors in their order. */
    public List<Interceptor> list() {
        return all;
    }

    /** Returns what calls the observers of events. */
    public Hooks hooks() {
        return hooks;
    }

    /**
     * Returns the observer of one event, or null if nobody wants to follow it. It may throw
     * anything: only {@link #hooks} calls it. If one refuses the event in {@code beforePublish},
     * the caller then tells it that the event is {@code refused}.
     */
    public PublicationInfo.@Nullable Observer observe(Event event, PublicationInfo.Origin origin) {
        if (each.length == 1) {
            return observer(0, event, origin);
        }
        PublicationInfo.Observer @Nullable [] observers = null;
        for (int i = 0; i < labels.length; i++) {
            PublicationInfo.Observer one = observer(i, event, origin);
            if (one != null) {
                observers =
                        observers == null ? new PublicationInfo.Observer[labels.length] : observers;
                observers[i] = one;
            }
        }
        return observers == null ? null : new PublicationObservers(observers, own);
    }

    /** Tells all of a new subscription. */
    public void subscriptionAdded(SubscriptionInfo subscription) {
        for (int i = 0; i < labels.length; i++) {
            try {
                each[i].subscriptionAdded(subscription);
            } catch (Throwable e) {
                log.failed(labels[i], "subscriptionAdded", e);
            }
        }
    }

    /** Tells all of a subscription that has ended. */
    public void subscriptionRemoved(SubscriptionInfo subscription) {
        for (int i = 0; i < labels.length; i++) {
            try {
                each[i].subscriptionRemoved(subscription);
            } catch (Throwable e) {
                log.failed(labels[i], "subscriptionRemoved", e);
            }
        }
    }

    private PublicationInfo.@Nullable Observer observer(
            int i, Event event, PublicationInfo.Origin origin) {
        try {
            return each[i].observe(event, origin);
        } catch (Throwable e) {
            log.failed(labels[i], "observe", e);
            return null;
        }
    }
}
