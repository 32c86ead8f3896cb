// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A fact that happened (EVT-1 to EVT-7): immutable, with an identity, a topic, a time and the
 * user's own payload.
 *
 * <p>DRAFT: the shape that the other modules compile against; see EventTest.
 */
public final class Event {

    private final String id;
    private final String topic;
    private final @Nullable Object payload;
    private final boolean hasPayload;
    private final @Nullable String source;
    private final Instant time;
    private final boolean hasTime;
    private final Severity severity;
    private final @Nullable String key;
    private final @Nullable String correlationId;
    private final @Nullable String causationId;
    private final @Nullable String subject;
    private final @Nullable String dataSchema;
    private final @Nullable String contentType;
    private final String version;
    private final Map<String, Object> extensions;
    private final Map<String, String> headers;

    private Event(Builder b) {
        EventClock.Stamp stamp = b.clock.next();
        id = b.id == null ? stamp.id() : b.id;
        topic = Topics.check(b.topic);
        payload = b.payload;
        hasPayload = b.hasPayload;
        source = b.source;
        time = b.time == null ? stamp.time() : b.time;
        hasTime = b.hasTime;
        severity = b.severity;
        key = b.key;
        correlationId = b.correlationId;
        causationId = b.causationId;
        subject = b.subject;
        dataSchema = b.dataSchema;
        contentType = b.contentType;
        version = b.version;
        extensions = Collections.unmodifiableMap(new LinkedHashMap<>(b.extensions));
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(b.headers));
    }

    public static Event of(String topic, Object payload) {
        return builder(topic).payload(payload).build();
    }

    public static Builder builder(String topic) {
        return new Builder(topic);
    }

    public String id() {
        return id;
    }

    public String topic() {
        return topic;
    }

    public @Nullable Object payload() {
        return payload;
    }

    /** Says whether there is a payload at all; a payload may be there and be null. */
    public boolean hasPayload() {
        return hasPayload;
    }

    public @Nullable String source() {
        return source;
    }

    public Instant time() {
        return time;
    }

    /** False for an event read from outside that carried no time; its time() is then the epoch. */
    public boolean hasTime() {
        return hasTime;
    }

    public Severity severity() {
        return severity;
    }

    public @Nullable String key() {
        return key;
    }

    public @Nullable String correlationId() {
        return correlationId;
    }

    public @Nullable String causationId() {
        return causationId;
    }

    public @Nullable String subject() {
        return subject;
    }

    public @Nullable String dataSchema() {
        return dataSchema;
    }

    public @Nullable String contentType() {
        return contentType;
    }

    public String version() {
        return version;
    }

    public Map<String, Object> extensions() {
        return extensions;
    }

    public Map<String, String> headers() {
        return headers;
    }

    public Builder toBuilder() {
        Builder b = new Builder(topic);
        b.id = id;
        b.payload = payload;
        b.hasPayload = hasPayload;
        b.source = source;
        b.time = time;
        b.hasTime = hasTime;
        b.severity = severity;
        b.key = key;
        b.correlationId = correlationId;
        b.causationId = causationId;
        b.subject = subject;
        b.dataSchema = dataSchema;
        b.contentType = contentType;
        b.version = version;
        b.extensions.putAll(extensions);
        b.headers.putAll(headers);
        return b;
    }

    /** Gathers the fields of an event. Not thread-safe. */
    public static final class Builder {

        private final String topic;
        private EventClock clock = EventClock.system();
        private @Nullable String id;
        private @Nullable Object payload;
        private boolean hasPayload;
        private @Nullable String source;
        private @Nullable Instant time;
        private boolean hasTime = true;
        private Severity severity = Severity.INFO;
        private @Nullable String key;
        private @Nullable String correlationId;
        private @Nullable String causationId;
        private @Nullable String subject;
        private @Nullable String dataSchema;
        private @Nullable String contentType;
        private String version = "1";
        private final Map<String, Object> extensions = new LinkedHashMap<>();
        private final Map<String, String> headers = new LinkedHashMap<>();

        private Builder(String topic) {
            this.topic = topic;
        }

        public Builder clock(EventClock clock) {
            this.clock = clock;
            return this;
        }

        public Builder id(String id) {
            this.id = id;
            return this;
        }

        public Builder payload(@Nullable Object payload) {
            this.payload = payload;
            this.hasPayload = true;
            return this;
        }

        public Builder noPayload() {
            this.payload = null;
            this.hasPayload = false;
            return this;
        }

        public Builder source(@Nullable String source) {
            this.source = source;
            return this;
        }

        public Builder time(Instant time) {
            this.time = time;
            this.hasTime = true;
            return this;
        }

        public Builder noTime() {
            this.time = Instant.EPOCH;
            this.hasTime = false;
            return this;
        }

        public Builder severity(Severity severity) {
            this.severity = severity;
            return this;
        }

        public Builder key(@Nullable String key) {
            this.key = key;
            return this;
        }

        public Builder correlationId(@Nullable String correlationId) {
            this.correlationId = correlationId;
            return this;
        }

        public Builder causationId(@Nullable String causationId) {
            this.causationId = causationId;
            return this;
        }

        public Builder subject(@Nullable String subject) {
            this.subject = subject;
            return this;
        }

        public Builder dataSchema(@Nullable String dataSchema) {
            this.dataSchema = dataSchema;
            return this;
        }

        public Builder contentType(@Nullable String contentType) {
            this.contentType = contentType;
            return this;
        }

        public Builder version(String version) {
            this.version = version;
            return this;
        }

        public Builder header(String name, String value) {
            headers.put(Objects.requireNonNull(name), Objects.requireNonNull(value));
            return this;
        }

        public Builder extension(String name, Object value) {
            extensions.put(name, value);
            return this;
        }

        public Event build() {
            return new Event(this);
        }
    }
}
