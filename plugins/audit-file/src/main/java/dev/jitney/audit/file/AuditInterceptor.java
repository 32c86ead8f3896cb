// SPDX-License-Identifier: Apache-2.0
package dev.jitney.audit.file;

import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.TopicPattern;
import dev.jitney.spi.DeliveryInfo;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.PluginContext;
import dev.jitney.spi.PublicationInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes a line for each event when it has ended: the event, masked, with how it ended in
 * extensions whose names begin with {@code audit}. An interceptor and no handler, since no handler
 * sees what is refused or dropped.
 *
 * <p><b>Failures.</b> What cannot be written is lost, and the next line that can says how many
 * were. The failure is thrown to the bus, which logs it once a minute and goes on.
 */
final class AuditInterceptor implements Interceptor {

    private final AuditWriter writer;
    private final List<TopicPattern> topics;
    private final PluginContext context;
    private final AtomicLong lost = new AtomicLong();

    AuditInterceptor(AuditWriter writer, List<TopicPattern> topics, PluginContext context) {
        this.writer = writer;
        this.topics = topics;
        this.context = context;
    }

    @Override
    public String name() {
        return AuditFileProvider.NAME;
    }

    /** Sees the event as the bus takes it. */
    @Override
    public Phase phase() {
        return Phase.LATE;
    }

    @Override
    public PublicationInfo.@Nullable Observer observe(Event event, PublicationInfo.Origin origin) {
        return TopicPattern.anyMatches(topics, event.topic()) ? new Follower(origin) : null;
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw new UncheckedIOException("The audit log could not be closed.", e);
        }
    }

    /** Follows one event to its end. */
    private final class Follower implements PublicationInfo.Observer {

        private final PublicationInfo.Origin origin;
        private @Nullable List<Map<String, Object>> failures;

        Follower(PublicationInfo.Origin origin) {
            this.origin = origin;
        }

        @Override
        public void handlerCompleted(DeliveryInfo delivery) {
            DeliveryState state = delivery.state();
            if (state == DeliveryState.FAILED || state == DeliveryState.TIMED_OUT) {
                add(delivery);
            }
        }

        private synchronized void add(DeliveryInfo delivery) {
            Map<String, Object> failure = new LinkedHashMap<>();
            failure.put("handler", Writable.text(delivery.subscription()));
            failure.put("state", word(delivery.state()));
            failure.put("attempts", delivery.attempt());
            Throwable error = delivery.error();
            failure.put("error", error == null ? "" : error.getClass().getName());
            failure.put("message", error == null ? "" : masked(said(error)));
            if (failures == null) {
                failures = new ArrayList<>();
            }
            failures.add(failure);
        }

        @Override
        public void refused(Event event, Throwable cause) {
            write(event, AuditEntry.REFUSED, said(cause), List.of());
        }

        @Override
        public void completed(PublicationInfo publication) {
            String outcome = word(publication.outcome());
            write(publication.event(), outcome, publication.reason(), failed());
        }

        private synchronized List<Map<String, Object>> failed() {
            return failures == null ? List.of() : List.copyOf(failures);
        }

        private void write(
                Event event, String outcome, String reason, List<Map<String, Object>> failed) {
            Map<String, String> audit = new LinkedHashMap<>();
            audit.put(AuditEntry.OUTCOME, outcome);
            audit.put(AuditEntry.TIME, context.clock().instant().toString());
            audit.put(AuditEntry.BUS, Writable.text(context.busName()));
            audit.put(AuditEntry.ORIGIN, word(origin));
            if (!reason.isEmpty()) {
                audit.put(AuditEntry.REASON, masked(reason));
            }
            EventFormat format = context.eventFormat();
            if (!failed.isEmpty()) {
                audit.put(AuditEntry.FAILURES, format.payloadJson(Event.of("audit.list", failed)));
            }
            append(event, audit, format);
        }
    }

    private void append(Event event, Map<String, String> audit, EventFormat format) {
        long missed = lost.getAndSet(0);
        if (missed > 0) {
            audit.put(AuditEntry.LOST, Long.toString(missed));
        }
        boolean written = false;
        try {
            writer.write(line(event, audit, format));
            written = true;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Event '%s' is not in the audit log: %s."
                            .formatted(event.id(), e.getMessage() == null ? e : e.getMessage()),
                    e);
        } finally {
            if (!written) {
                lost.addAndGet(missed + 1);
            }
        }
    }

    private byte[] line(Event event, Map<String, String> audit, EventFormat format) {
        try {
            return format.encode(with(context.masker().mask(event, format), audit));
        } catch (EventFormatException e) {
            // That it happened is worth more than what was in it.
            audit.put(AuditEntry.PROBLEM, masked(e.getMessage()));
            Event bare = event.toBuilder().payload(AuditEntry.NO_PAYLOAD).build();
            return bareLine(bare, audit, format);
        }
    }

    private byte[] bareLine(Event bare, Map<String, String> audit, EventFormat format) {
        try {
            return format.encode(with(context.masker().mask(bare, format), audit));
        } catch (EventFormatException e) {
            Instant now = Instant.parse(Objects.requireNonNull(audit.get(AuditEntry.TIME)));
            return format.encode(with(Writable.of(bare, now), audit));
        }
    }

    private static Event with(Event event, Map<String, String> audit) {
        Event.Builder line = event.toBuilder();
        // What a publisher has written there is not the log's: nobody forges or hides a line.
        for (String name : AuditEntry.OPTIONAL) {
            if (event.header(name) != null) {
                line.header(name, "");
            }
        }
        audit.forEach(line::header);
        return line.build();
    }

    private String masked(@Nullable String text) {
        return text == null ? "" : Writable.text(context.masker().mask(text));
    }

    // Nothing where the failure has no words, or its own methods fail.
    private static String said(Throwable failure) {
        try {
            String message = failure.getMessage();
            return message == null ? "" : message;
        } catch (Throwable e) {
            return "";
        }
    }

    private static String word(@Nullable Enum<?> constant) {
        return constant == null ? "unknown" : constant.name().toLowerCase(Locale.ROOT);
    }
}
