// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A fact that happened: immutable, with an identity, a topic, a time and the user's own payload
 * (EVT-1 to EVT-7). A {@code with…} method returns a copy that differs in one field and has the
 * same id.
 *
 * <p>The payload is kept as the object that it is, not copied and not serialised; it must not be
 * changed. Id and time come from an {@link EventClock} unless they are given; their objects are
 * made when asked for.
 *
 * <p>Two events are equal when all their fields are; payloads by {@code equals}, arrays of bytes by
 * content.
 *
 * <p><b>Threads.</b> Immutable, as far as its payload is.
 */
public final class Event {

    static final int HAS_PAYLOAD = 1;
    static final int HAS_TIME = 2;
    // The correlation id is the event's own id, which need not be made for that.
    private static final int OWN_CORRELATION = 4;
    private static final int FRESH = HAS_PAYLOAD | HAS_TIME;
    private static final Severity[] SEVERITIES = Severity.values();

    // Id and time: a clock, whose tick both follow from, or the id itself; see EventFields.made.
    final long tick;
    final Object identity;
    private final String topic;
    private final @Nullable Object payload;
    private final @Nullable String source;
    private final @Nullable String key;
    private final @Nullable String correlationId;
    private final @Nullable String causationId;
    private final Details details;
    private final byte severity;
    private final byte flags;
    // Here and not among the details, where it would cost each event that has one an object more.
    private final @Nullable LateHeader late;

    // A cache without a lock: every thread that loses the race computes an equal text.
    private @Nullable String derivedId;

    private Event(long tick, EventClock clock, String topic, @Nullable Object payload) {
        this(tick, clock, topic, payload, null, null, null, null, Details.NONE, 0, FRESH, null);
    }

    Event(
            long tick,
            Object identity,
            String topic,
            @Nullable Object payload,
            @Nullable String source,
            @Nullable String key,
            @Nullable String correlationId,
            @Nullable String causationId,
            Details details,
            int severity,
            int flags,
            @Nullable LateHeader late) {
        this.tick = tick;
        this.identity = identity;
        this.topic = topic;
        this.payload = payload;
        this.source = source;
        this.key = key;
        this.correlationId = correlationId;
        this.causationId = causationId;
        this.details = details;
        this.severity = (byte) severity;
        this.flags = (byte) flags;
        this.late = late;
    }

    /**
     * Returns a new event of a topic and a payload, null included.
     *
     * @throws InvalidTopicException if the topic is not valid, with position and reason
     */
    public static Event of(String topic, @Nullable Object payload) {
        EventClock clock = EventClock.system();
        return new Event(clock.tick(), clock, Topics.check(topic), payload);
    }

    /**
     * Returns a new event of a topic and a payload, null included, with id and time of this clock.
     *
     * @throws InvalidTopicException if the topic is not valid, with position and reason
     */
    public static Event of(EventClock clock, String topic, @Nullable Object payload) {
        return new Event(clock.tick(), clock, Topics.check(topic), payload);
    }

    /**
     * Returns a new event that has what publishing fills in; {@link #published(String, String,
     * String)} explains the last three. Makes no other object.
     *
     * @throws InvalidTopicException if the topic is not valid, with position and reason
     */
    public static Event published(
            EventClock clock,
            String topic,
            @Nullable Object payload,
            String source,
            @Nullable String correlationId,
            @Nullable String causationId) {
        return new Event(
                clock.tick(),
                clock,
                Topics.check(topic),
                payload,
                EventFields.notEmpty("source", source),
                null,
                correlationId,
                causationId,
                Details.NONE,
                Severity.INFO.ordinal(),
                correlationId == null ? FRESH | OWN_CORRELATION : FRESH,
                null);
    }

    /**
     * Returns a new event whose topic is that of the payload's class.
     *
     * @throws InvalidTopicException if the class has no {@link Topic} or a wrong one
     */
    public static Event of(Object payload) {
        return of(Payloads.topicOf(payload), payload);
    }

    /** Returns a builder of an event without payload; the topic is checked when it is built. */
    public static Builder builder(String topic) {
        return new Builder(topic);
    }

    /**
     * Returns a builder with this payload and the topic of its class.
     *
     * @throws InvalidTopicException if the class has no {@link Topic} or a wrong one
     */
    public static Builder builder(Object payload) {
        return new Builder(Payloads.topicOf(payload)).payload(payload);
    }

    /** Returns the identity; with the source it tells duplicates. */
    public String id() {
        if (identity instanceof String id) {
            return id;
        }
        String id = derivedId;
        if (id == null) {
            id = ((EventClock) identity).idAt(tick);
            derivedId = id;
        }
        return id;
    }

    /** Returns what happened: the dotted name that subscriptions match on. */
    public String topic() {
        return topic;
    }

    /**
     * Returns the payload as it is: the object that was published, or for an event that was read a
     * {@link JsonPayload}, an array of bytes, or a String where the content type is not JSON. Null
     * when it is null or there is none.
     */
    public @Nullable Object payload() {
        return payload;
    }

    /**
     * Returns the payload as an object of a class: itself when it is one, else read from its JSON.
     * Null when it is null or there is none.
     *
     * @throws PayloadException if it is something else, naming both types
     */
    public <T> @Nullable T payload(Class<T> type) {
        return Payloads.cast(Payloads.read(topic, payload, type), type);
    }

    /** Returns the payload as a type that may have type arguments; see {@link #payload(Class)}. */
    public @Nullable Object payloadAs(Type type) {
        return Payloads.read(topic, payload, type);
    }

    /** Says whether there is a payload at all; a payload may be there and be null. */
    public boolean hasPayload() {
        return (flags & HAS_PAYLOAD) != 0;
    }

    /** Returns who says so; null until published, then the bus's name unless it was given. */
    public @Nullable String source() {
        return source;
    }

    /** Returns when the event was created, to the nanosecond; the epoch if that is not known. */
    public Instant time() {
        Instant exact = details.exactTime();
        return exact != null ? exact : EventClock.instantAt(tick);
    }

    /** Returns the same in milliseconds since 1970, or the nearest long; makes no object for it. */
    public long timeMillis() {
        Instant exact = details.exactTime();
        return exact == null ? EventClock.millisAt(tick) : EventClock.millisOf(exact);
    }

    /** False for an event read from outside that carried no time; its time() is then the epoch. */
    public boolean hasTime() {
        return (flags & HAS_TIME) != 0;
    }

    /** Returns how bad it is. */
    public Severity severity() {
        return SEVERITIES[severity];
    }

    /** Returns the ordering key, or null. */
    public @Nullable String key() {
        return key;
    }

    /** Returns the id of the story this event belongs to; null until published. */
    public @Nullable String correlationId() {
        return (flags & OWN_CORRELATION) != 0 ? id() : correlationId;
    }

    /** Returns the id of the event whose handler published this one, or null. */
    public @Nullable String causationId() {
        return causationId;
    }

    /** Returns what in the source the event is about, or null. */
    public @Nullable String subject() {
        return details.subject();
    }

    /** Returns the URI of the payload's schema, or null. */
    public @Nullable String dataSchema() {
        return details.dataSchema();
    }

    /** Returns the media type of the payload; null means JSON. */
    public @Nullable String contentType() {
        return details.contentType();
    }

    /** Returns the version of the payload's schema, {@code 1} by default. */
    public String version() {
        return details.version();
    }

    /** The details with all their headers. */
    Details whole() {
        return late == null ? details : late.in(details);
    }

    /** Returns what travels as CloudEvents extensions: Boolean, Integer and String values. */
    public Map<String, Object> extensions() {
        return whole().extensions();
    }

    /** Returns everything else that must travel: all extensions as text, and all other headers. */
    public Map<String, String> headers() {
        return whole().headers();
    }

    /** Returns one header or extension as text, or null. Names are compared as they are written. */
    public @Nullable String header(String name) {
        return whole().header(name);
    }

    /**
     * Returns the id that follows from source, topic and payload (EVT-3): a name-based UUID that
     * equal facts share on every machine.
     *
     * @throws IllegalStateException if the event has no source
     * @throws PayloadException if the payload cannot be written as JSON
     */
    public String contentId() {
        return ContentId.of(this);
    }

    /** Returns a copy with a new id and time, to publish a known event afresh. */
    public Event renew() {
        return renew(EventClock.system());
    }

    /** Returns a copy with a new id and time from this clock. */
    public Event renew(EventClock clock) {
        Builder builder = toBuilder().clock(clock);
        builder.id = null;
        builder.time = null;
        builder.hasTime = true;
        return builder.build();
    }

    /**
     * Returns a copy with what publishing fills in; what is set already stays.
     *
     * @param source the bus's name
     * @param correlationId null makes the event's own id its correlation id
     * @param causationId the event being handled, or null
     */
    public Event published(
            String source, @Nullable String correlationId, @Nullable String causationId) {
        boolean correlated = this.correlationId != null || (flags & OWN_CORRELATION) != 0;
        return new Event(
                tick,
                identity,
                topic,
                payload,
                this.source != null ? this.source : EventFields.notEmpty("source", source),
                key,
                correlated ? this.correlationId : correlationId,
                this.causationId != null ? this.causationId : causationId,
                details,
                severity,
                correlated || correlationId != null ? flags : flags | OWN_CORRELATION,
                late);
    }

    /** Says whether it has a source and a correlation id, as publishing fills them in. */
    public boolean isPublished() {
        return source != null && (correlationId != null || (flags & OWN_CORRELATION) != 0);
    }

    /** Returns a copy with this id. */
    public Event withId(String id) {
        return toBuilder().id(id).build();
    }

    /** Returns a copy with this topic. */
    public Event withTopic(String topic) {
        return toBuilder().topic(topic).build();
    }

    /** Returns a copy with this source. */
    public Event withSource(String source) {
        return toBuilder().source(source).build();
    }

    /** Returns a copy with this time. */
    public Event withTime(Instant time) {
        return toBuilder().time(time).build();
    }

    /** Returns a copy with this severity. */
    public Event withSeverity(Severity severity) {
        return toBuilder().severity(severity).build();
    }

    /** Returns a copy with this ordering key. */
    public Event withKey(@Nullable String key) {
        return toBuilder().key(key).build();
    }

    /** Returns a copy with this correlation id. */
    public Event withCorrelationId(@Nullable String correlationId) {
        return toBuilder().correlationId(correlationId).build();
    }

    /** Returns a copy with this causation id. */
    public Event withCausationId(@Nullable String causationId) {
        return toBuilder().causationId(causationId).build();
    }

    /** Returns a copy with this subject. */
    public Event withSubject(@Nullable String subject) {
        return toBuilder().subject(subject).build();
    }

    /** Returns a copy with this schema. */
    public Event withDataSchema(@Nullable String dataSchema) {
        return toBuilder().dataSchema(dataSchema).build();
    }

    /** Returns a copy with this media type. */
    public Event withContentType(@Nullable String contentType) {
        return toBuilder().contentType(contentType).build();
    }

    /** Returns a copy with this version of the payload's schema. */
    public Event withVersion(String version) {
        return toBuilder().version(version).build();
    }

    /** Returns a copy with one header more, or with another value for it. */
    public Event withHeader(String name, String value) {
        return withDetails(whole().withHeader(name, value), null);
    }

    /**
     * Returns a copy that is equal to that of {@code withHeader(name, value.get())}, with a value
     * that is worked out when somebody first looks at the headers, if anybody does: for texts that
     * cost more than the event, and that few look at.
     *
     * @param value gives the same text each time, as the event is immutable. It is called on any
     *     thread, by several at once perhaps, and kept for as long as the event; what it throws
     *     goes to whoever looks
     */
    public Event withLateHeader(String name, Supplier<String> value) {
        return withDetails(whole(), new LateHeader(name, value));
    }

    private Event withDetails(Details details, @Nullable LateHeader late) {
        return new Event(
                tick,
                identity,
                topic,
                payload,
                source,
                key,
                correlationId,
                causationId,
                details,
                severity,
                flags,
                late);
    }

    /** Returns a copy with this payload, null included. */
    public Event withPayload(@Nullable Object payload) {
        return toBuilder().payload(payload).build();
    }

    /** Returns a builder that holds all fields of this event. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /**
     * Says whether the other is the same fact: its source and id are equal (EVT-1), whatever else
     * differs. Makes no text of an id that both have from one clock.
     */
    public boolean isDuplicateOf(Event other) {
        return Sameness.duplicates(this, other);
    }

    /** Returns an event of this one's source, id, topic and time alone, to know duplicates by. */
    public Event duplicateKey() {
        int kept = flags & HAS_TIME;
        Details at = details.timeOnly();
        return new Event(tick, identity, topic, null, source, null, null, null, at, 0, kept, null);
    }

    /** Returns a hash that duplicates have in common; no id's text is made for it. */
    public int duplicateHash() {
        return Sameness.duplicateHash(this);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || other instanceof Event that && Sameness.equal(this, that);
    }

    @Override
    public int hashCode() {
        return 31 * topic.hashCode() + id().hashCode();
    }

    /** Returns topic, id, source, time and the start of the payload, for people. */
    @Override
    public String toString() {
        return EventText.of(this);
    }

    /** Gathers the fields of an event. Not thread-safe. */
    public static final class Builder extends EventFields {

        private Builder(String topic) {
            super(topic);
        }

        private Builder(Event event) {
            super(event);
        }

        /**
         * Returns the event. Id and time come from the system's clock where neither they nor
         * another clock were given.
         *
         * @throws InvalidTopicException if the topic is not valid, with position and reason
         */
        public Event build() {
            return made();
        }
    }
}
