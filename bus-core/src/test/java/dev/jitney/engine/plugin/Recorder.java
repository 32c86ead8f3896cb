// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.Event;
import dev.jitney.spi.DeliveryInfo;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.PublicationInfo;
import dev.jitney.spi.PublicationInfo.Origin;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An interceptor that takes down every hook. */
class Recorder implements Interceptor {

    private final String name;
    private final Phase phase;
    private final List<String> calls;

    Recorder(String name, Phase phase, List<String> calls) {
        this.name = name;
        this.phase = phase;
        this.calls = calls;
    }

    void note(String hook) {
        calls.add(name + " " + hook);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Phase phase() {
        return phase;
    }

    @Override
    public PublicationInfo.@Nullable Observer observe(Event event, Origin origin) {
        note("observe " + origin);
        return this;
    }

    @Override
    public Event beforePublish(Event event) {
        note("beforePublish");
        return event.withHeader("path", event.headers().getOrDefault("path", "") + name);
    }

    @Override
    public void refused(Event event, Throwable cause) {
        note("refused");
    }

    @Override
    public void pending(PublicationInfo publication) {
        note("pending");
    }

    @Override
    public void published(PublicationInfo publication) {
        note("published");
    }

    @Override
    public void started(PublicationInfo publication) {
        note("started");
    }

    @Override
    public void completed(PublicationInfo publication) {
        note("completed " + publication.outcome());
    }

    @Override
    public DeliveryInfo.@Nullable Observer observe(DeliveryInfo delivery) {
        note("observe delivery");
        return this;
    }

    @Override
    public void handlerPending(DeliveryInfo delivery) {
        note("handlerPending");
    }

    @Override
    public void handlerStarted(DeliveryInfo delivery) {
        note("handlerStarted");
    }

    @Override
    public void attemptStarted(DeliveryInfo delivery) {
        note("attemptStarted");
    }

    @Override
    public @Nullable AutoCloseable enter(DeliveryInfo delivery) {
        note("enter");
        return () -> note("leave");
    }

    @Override
    public void attemptEnded(DeliveryInfo delivery) {
        note("attemptEnded");
    }

    @Override
    public void retryScheduled(DeliveryInfo delivery, Duration delay) {
        note("retryScheduled " + delay);
    }

    @Override
    public void slow(DeliveryInfo delivery) {
        note("slow");
    }

    @Override
    public void deadLettered(DeadLetter letter) {
        note("deadLettered " + letter.reason());
    }

    @Override
    public void handlerCompleted(DeliveryInfo delivery) {
        note("handlerCompleted");
    }

    @Override
    public void subscriptionAdded(SubscriptionInfo subscription) {
        note("added " + subscription.name());
    }

    @Override
    public void subscriptionRemoved(SubscriptionInfo subscription) {
        note("removed " + subscription.name());
    }
}
