// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.TopicPattern;
import dev.jitney.spi.DeliveryInfo;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A delivery whose handler is running, as interceptors see it. */
record Delivery(Event event) implements DeliveryInfo {

    @Override
    public String subscriptionId() {
        return "1";
    }

    @Override
    public String subscription() {
        return "mail";
    }

    @Override
    public TopicPattern pattern() {
        return TopicPattern.ALL;
    }

    @Override
    public int attempt() {
        return 1;
    }

    @Override
    public DeliveryState state() {
        return DeliveryState.STARTED;
    }

    @Override
    public @Nullable Object value() {
        return null;
    }

    @Override
    public @Nullable Throwable error() {
        return null;
    }

    @Override
    public @Nullable Instant start() {
        return null;
    }

    @Override
    public @Nullable Instant end() {
        return null;
    }
}
