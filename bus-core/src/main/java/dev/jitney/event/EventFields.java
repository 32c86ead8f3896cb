// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The fields that {@link Event.Builder} gathers, their setters, and the event that they make; made
 * for it alone.
 */
abstract sealed class EventFields permits Event.Builder {

    String topic;
    @Nullable EventClock clock;
    @Nullable String id;
    @Nullable Object payload;
    boolean hasPayload;
    @Nullable String source;
    @Nullable Instant time;
    boolean hasTime = true;
    Severity severity = Severity.INFO;
    @Nullable String key;
    @Nullable String correlationId;
    @Nullable String causationId;
    @Nullable String subject;
    @Nullable String dataSchema;
    @Nullable String contentType;
    String version = Details.FIRST_VERSION;
    Map<String, Object> extensions = Map.of();
    Map<String, String> others = Map.of();

    boolean owned;

    EventFields(String topic) {
        this.topic = Objects.requireNonNull(topic, "topic");
    }

    EventFields(Event event) {
        topic = event.topic();
        id = event.id();
        payload = event.payload();
        hasPayload = event.hasPayload();
        source = event.source();
        time = event.time();
        hasTime = event.hasTime();
        severity = event.severity();
        key = event.key();
        correlationId = event.correlationId();
        causationId = event.causationId();
        subject = event.subject();
        dataSchema = event.dataSchema();
        contentType = event.contentType();
        version = event.version();
        Details whole = event.whole();
        extensions = whole.extensions();
        others = whole.others();
    }

    /** Sets the topic, which is checked when the event is built. */
    public Event.Builder topic(String topic) {
        this.topic = Objects.requireNonNull(topic, "topic");
        return self();
    }

    /** Takes id and time, where they are not given, from this clock. */
    public Event.Builder clock(EventClock clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        return self();
    }

    /** Sets the id: not empty. */
    public Event.Builder id(String id) {
        this.id = notEmpty("id", Objects.requireNonNull(id, "id"));
        return self();
    }

    /** Sets the payload, which may be null. */
    public Event.Builder payload(@Nullable Object payload) {
        this.payload = payload;
        this.hasPayload = true;
        return self();
    }

    /** Makes an event without payload. */
    public Event.Builder noPayload() {
        this.payload = null;
        this.hasPayload = false;
        return self();
    }

    /** Sets the source: not empty, or null to have it filled in. */
    public Event.Builder source(@Nullable String source) {
        this.source = source == null ? null : notEmpty("source", source);
        return self();
    }

    /** Sets the time. */
    public Event.Builder time(Instant time) {
        this.time = Objects.requireNonNull(time, "time");
        this.hasTime = true;
        return self();
    }

    /** Makes an event whose time is not known. */
    public Event.Builder noTime() {
        this.time = Instant.EPOCH;
        this.hasTime = false;
        return self();
    }

    /** Sets the severity. */
    public Event.Builder severity(Severity severity) {
        this.severity = Objects.requireNonNull(severity, "severity");
        return self();
    }

    /** Sets the ordering key. */
    public Event.Builder key(@Nullable String key) {
        this.key = key;
        return self();
    }

    /** Sets the id of the story. */
    public Event.Builder correlationId(@Nullable String correlationId) {
        this.correlationId = correlationId;
        return self();
    }

    /** Sets the id of the event that led to this one. */
    public Event.Builder causationId(@Nullable String causationId) {
        this.causationId = causationId;
        return self();
    }

    /** Sets the subject. */
    public Event.Builder subject(@Nullable String subject) {
        this.subject = subject;
        return self();
    }

    /** Sets the URI of the payload's schema. */
    public Event.Builder dataSchema(@Nullable String dataSchema) {
        this.dataSchema = dataSchema;
        return self();
    }

    /** Sets the media type of the payload. */
    public Event.Builder contentType(@Nullable String contentType) {
        this.contentType = contentType;
        return self();
    }

    /** Sets the version of the payload's schema. */
    public Event.Builder version(String version) {
        this.version = Objects.requireNonNull(version, "version");
        return self();
    }

    /**
     * Sets a header. One that can be an extension becomes one (EVT-5); any name and value travels.
     */
    public Event.Builder header(String name, String value) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
        if (Extensions.travels(name, value)) {
            without(name).put(name, value);
        } else {
            without(name);
            others.put(name, value);
        }
        return self();
    }

    /**
     * Sets an extension. The name of one of our own, such as {@code partitionkey}, sets that field
     * when the value fits it.
     *
     * @param name one or more characters, each of {@code a-z0-9}
     * @param value Boolean, Integer or String; byte[] (as base64), URI, Instant and OffsetDateTime
     *     become text
     * @throws IllegalArgumentException if the name or the type cannot travel
     */
    public Event.Builder extension(String name, Object value) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
        if (!Extensions.validName(name) || Extensions.isAttribute(name)) {
            throw new IllegalArgumentException(
                    "Extension '"
                            + name
                            + "' is not valid. Use letters a to z and digits, and no attribute of"
                            + " CloudEvents; header(name, value) takes any name.");
        }
        Object normalised = Extensions.normalised(name, value);
        if (!(normalised instanceof String text && setOurs(name, text))) {
            without(name).put(name, normalised);
        }
        return self();
    }

    private boolean setOurs(String name, String text) {
        switch (name) {
            case "partitionkey" -> key = text;
            case "correlationid" -> correlationId = text;
            case "causationid" -> causationId = text;
            case "dataversion" -> version = text;
            case "severity" -> {
                for (Severity known : Severity.values()) {
                    if (known.wireName().equalsIgnoreCase(text)) {
                        severity = known;
                        return true;
                    }
                }
                return false;
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private Map<String, Object> without(String name) {
        own();
        extensions.remove(name);
        others.remove(name);
        return extensions;
    }

    // An event holds the maps of its builder, so they are copied before the first change after
    // that.
    private void own() {
        if (!owned) {
            extensions = new LinkedHashMap<>(extensions);
            others = new LinkedHashMap<>(others);
            owned = true;
        }
    }

    final Event made() {
        Topics.check(topic);
        owned = false;
        EventClock ticking = clock == null ? EventClock.system() : clock;
        long tick = id == null || time == null ? ticking.tick() : 0;
        // A given time takes the place of the tick, from which the id would follow later.
        Object identity = id != null ? id : time == null ? ticking : (Object) ticking.idAt(tick);
        Instant exactTime = null;
        if (time != null) {
            if (EventClock.fits(time)) {
                tick = EventClock.tickAt(time);
            } else {
                exactTime = time;
            }
        }
        return new Event(
                tick,
                identity,
                topic,
                payload,
                source,
                key,
                correlationId,
                causationId,
                details(exactTime),
                severity.ordinal(),
                (hasPayload ? Event.HAS_PAYLOAD : 0) | (hasTime ? Event.HAS_TIME : 0),
                null);
    }

    private Details details(@Nullable Instant exactTime) {
        if (subject == null
                && dataSchema == null
                && contentType == null
                && version.equals(Details.FIRST_VERSION)
                && extensions.isEmpty()
                && others.isEmpty()
                && exactTime == null) {
            return Details.NONE;
        }
        return new Details(
                subject,
                dataSchema,
                contentType,
                version,
                extensions.isEmpty() ? extensions : Collections.unmodifiableMap(extensions),
                others.isEmpty() ? others : Collections.unmodifiableMap(others),
                exactTime);
    }

    static String notEmpty(String what, String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(
                    "The " + what + " of an event is ''. Give at least one character.");
        }
        return value;
    }

    private Event.Builder self() {
        return (Event.Builder) this;
    }
}
