// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.ready;

import dev.jitney.engine.plugin.OneLine;
import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.TopicPattern;
import dev.jitney.spi.DeliveryInfo;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.PluginContext;
import dev.jitney.spi.PublicationInfo;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Logs each event once, when it has completed: what became of it and how long that took; and at
 * {@code WARN} each handler that failed on it and each event that was refused. Payloads and headers
 * are not logged, and messages of failures are masked (RED-1). Each is one line, whatever a
 * publisher has put into an id.
 */
final class LoggingInterceptor implements Interceptor {

    private final Level level;
    private final List<TopicPattern> topics;
    private final PluginContext context;
    private final Logger log;

    LoggingInterceptor(Level level, List<TopicPattern> topics, PluginContext context) {
        this.level = level;
        this.topics = topics;
        this.context = context;
        this.log = LoggerFactory.getLogger("dev.jitney.events." + context.busName());
    }

    @Override
    public String name() {
        return LoggingInterceptorProvider.NAME;
    }

    @Override
    public PublicationInfo.@Nullable Observer observe(Event event, PublicationInfo.Origin origin) {
        boolean wanted =
                TopicPattern.anyMatches(topics, event.topic()) && log.isEnabledForLevel(Level.WARN);
        return wanted ? new Follower(context.clock().millis()) : null;
    }

    private String masked(@Nullable Throwable failure) {
        return failure == null ? "" : ": " + OneLine.of(context.masker().mask(failure.toString()));
    }

    private final class Follower implements PublicationInfo.Observer {

        private final long begun;
        private final AtomicInteger handlers = new AtomicInteger();
        private final AtomicInteger failed = new AtomicInteger();

        Follower(long begun) {
            this.begun = begun;
        }

        @Override
        public void refused(Event event, Throwable cause) {
            log.warn(
                    "Event {} ({}) was refused{}",
                    event.topic(),
                    OneLine.of(event.id()),
                    masked(cause));
        }

        @Override
        public void handlerCompleted(DeliveryInfo delivery) {
            handlers.incrementAndGet();
            DeliveryState state = delivery.state();
            if (state != DeliveryState.FAILED && state != DeliveryState.TIMED_OUT) {
                return;
            }
            failed.incrementAndGet();
            log.warn(
                    "Handler '{}' {} on event {} ({}) after {}{}",
                    delivery.subscription(),
                    state == DeliveryState.FAILED ? "failed" : "timed out",
                    delivery.event().topic(),
                    OneLine.of(delivery.event().id()),
                    delivery.attempt() == 1 ? "1 attempt" : delivery.attempt() + " attempts",
                    masked(delivery.error()));
        }

        @Override
        public void completed(PublicationInfo publication) {
            if (!log.isEnabledForLevel(level)) {
                return;
            }
            log.atLevel(level)
                    .log(
                            "Event {} ({}) from {} {}: {} in {} ms, {} of {} handlers failed",
                            publication.event().topic(),
                            OneLine.of(publication.event().id()),
                            OneLine.of(publication.event().source()),
                            publication.origin(),
                            publication.outcome(),
                            context.clock().millis() - begun,
                            failed.get(),
                            handlers.get());
        }
    }
}
