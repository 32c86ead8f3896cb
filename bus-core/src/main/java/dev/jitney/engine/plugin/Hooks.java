// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.Event;
import dev.jitney.spi.DeliveryInfo;
import dev.jitney.spi.PublicationInfo;
import dev.jitney.spi.ValidationException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Calls what {@link Interceptors#observe} returns, and never throws but for a refusal (ERR-6). Most
 * buses have one interceptor or none: the observer of a single one is called as it is, since a
 * guard of its own for each event and each delivery costs as much as what it does.
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 */
public final class Hooks {

    // Of the only interceptor; what stands for several says itself which of them has failed.
    private final String label;
    private final PluginLog log;

    Hooks(String label, PluginLog log) {
        this.label = label;
        this.log = log;
    }

    /**
     * Lets the observer change an event.
     *
     * @throws ValidationException if it refuses the event
     */
    public Event beforePublish(PublicationInfo.Observer observer, Event event) {
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

    /** Tells that {@code publish} throws. */
    public void refused(PublicationInfo.Observer observer, Event event, Throwable cause) {
        try {
            observer.refused(event, cause);
        } catch (Throwable e) {
            log.failed(label, "refused", e);
        }
    }

    /** Tells that there is room for the event. */
    public void pending(PublicationInfo.Observer observer, PublicationInfo publication) {
        try {
            observer.pending(publication);
        } catch (Throwable e) {
            log.failed(label, "pending", e);
        }
    }

    /** Tells that {@code publish} returns. */
    public void published(PublicationInfo.Observer observer, PublicationInfo publication) {
        try {
            observer.published(publication);
        } catch (Throwable e) {
            log.failed(label, "published", e);
        }
    }

    /** Tells that the event's turn has come. */
    public void started(PublicationInfo.Observer observer, PublicationInfo publication) {
        try {
            observer.started(publication);
        } catch (Throwable e) {
            log.failed(label, "started", e);
        }
    }

    /** Tells that the event has an outcome. */
    public void completed(PublicationInfo.Observer observer, PublicationInfo publication) {
        try {
            observer.completed(publication);
        } catch (Throwable e) {
            log.failed(label, "completed", e);
        }
    }

    /** Returns what follows a delivery, or null if nobody does. */
    public DeliveryInfo.@Nullable Observer observe(
            PublicationInfo.Observer observer, DeliveryInfo delivery) {
        try {
            return observer.observe(delivery);
        } catch (Throwable e) {
            log.failed(label, "observe", e);
            return null;
        }
    }

    /** Tells that the handler is to run when its turn comes. */
    public void handlerPending(DeliveryInfo.Observer observer, DeliveryInfo delivery) {
        try {
            observer.handlerPending(delivery);
        } catch (Throwable e) {
            log.failed(label, "handlerPending", e);
        }
    }

    /** Tells that the handler begins. */
    public void handlerStarted(DeliveryInfo.Observer observer, DeliveryInfo delivery) {
        try {
            observer.handlerStarted(delivery);
        } catch (Throwable e) {
            log.failed(label, "handlerStarted", e);
        }
    }

    /** Tells that an attempt begins. */
    public void attemptStarted(DeliveryInfo.Observer observer, DeliveryInfo delivery) {
        try {
            observer.attemptStarted(delivery);
        } catch (Throwable e) {
            log.failed(label, "attemptStarted", e);
        }
    }

    /** Makes this thread part of the attempt; give what is returned to {@link #leave}. */
    public @Nullable AutoCloseable enter(DeliveryInfo.Observer observer, DeliveryInfo delivery) {
        try {
            return observer.enter(delivery);
        } catch (Throwable e) {
            log.failed(label, "enter", e);
            return null;
        }
    }

    /**
     * As {@link #enter(DeliveryInfo.Observer, DeliveryInfo)}, on top of what was entered before.
     */
    @Nullable Entered enter(
            DeliveryInfo.Observer observer, DeliveryInfo delivery, @Nullable Entered before) {
        AutoCloseable entered = enter(observer, delivery);
        return entered == null ? before : new Entered(entered, label, "enter", log, before);
    }

    /** Closes what {@link #enter(DeliveryInfo.Observer, DeliveryInfo)} has returned. */
    public void leave(AutoCloseable entered) {
        try {
            entered.close();
        } catch (Throwable e) {
            log.failed(label, "close of enter", e);
        }
    }

    /** Tells that an attempt has ended. */
    public void attemptEnded(DeliveryInfo.Observer observer, DeliveryInfo delivery) {
        try {
            observer.attemptEnded(delivery);
        } catch (Throwable e) {
            log.failed(label, "attemptEnded", e);
        }
    }

    /** Tells that the handler is to be tried again. */
    public void retryScheduled(
            DeliveryInfo.Observer observer, DeliveryInfo delivery, Duration delay) {
        try {
            observer.retryScheduled(delivery, delay);
        } catch (Throwable e) {
            log.failed(label, "retryScheduled", e);
        }
    }

    /** Tells that the handler has passed its slow threshold. */
    public void slow(DeliveryInfo.Observer observer, DeliveryInfo delivery) {
        try {
            observer.slow(delivery);
        } catch (Throwable e) {
            log.failed(label, "slow", e);
        }
    }

    /** Tells that a delivery, or the event as a whole, has become a dead letter. */
    public void deadLettered(DeliveryInfo.Observer observer, DeadLetter letter) {
        try {
            observer.deadLettered(letter);
        } catch (Throwable e) {
            log.failed(label, "deadLettered", e);
        }
    }

    /** Tells that the delivery has ended. */
    public void handlerCompleted(DeliveryInfo.Observer observer, DeliveryInfo delivery) {
        try {
            observer.handlerCompleted(delivery);
        } catch (Throwable e) {
            log.failed(label, "handlerCompleted", e);
        }
    }
}
