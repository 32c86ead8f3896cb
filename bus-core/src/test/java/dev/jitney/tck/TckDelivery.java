// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.TopicPattern;
import dev.jitney.spi.DeliveryInfo;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A delivery, as far as a test has taken it. */
final class TckDelivery implements DeliveryInfo {

    private static final Instant START = Instant.parse("2026-01-02T03:04:05.678Z");

    private final Event event;
    private final int number;
    private volatile int attempt;
    private volatile DeliveryState state = DeliveryState.PENDING;
    private volatile @Nullable Object value;
    private volatile @Nullable Throwable error;

    TckDelivery(Event event, int number) {
        this.event = event;
        this.number = number;
    }

    TckDelivery attempts() {
        attempt++;
        error = null;
        state = DeliveryState.STARTED;
        return this;
    }

    TckDelivery fails(Throwable failure) {
        error = failure;
        return this;
    }

    TckDelivery ends(DeliveryState how, @Nullable Object result) {
        value = result;
        state = how;
        return this;
    }

    @Override
    public Event event() {
        return event;
    }

    @Override
    public String subscriptionId() {
        return "sub-" + number;
    }

    @Override
    public String subscription() {
        return "handler-" + number;
    }

    @Override
    public TopicPattern pattern() {
        return TopicPattern.ALL;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public DeliveryState state() {
        return state;
    }

    @Override
    public @Nullable Object value() {
        return value;
    }

    @Override
    public @Nullable Throwable error() {
        return error;
    }

    @Override
    public @Nullable Instant start() {
        return attempt == 0 ? null : START;
    }

    @Override
    public @Nullable Instant end() {
        return state.ended() ? START.plusMillis(attempt) : null;
    }
}
