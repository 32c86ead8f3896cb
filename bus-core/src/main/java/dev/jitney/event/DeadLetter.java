// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event that was given up, with the reason, the last failure and the attempts (ERR-5).
 *
 * <p>A line of a store that is no event is one too (DSU-4): its event is a stand-in of topic {@link
 * #UNDECODABLE}, whose payload is the line's bytes, so that every sink that keeps events keeps it.
 *
 * <p><b>Limits.</b> The failure's message is cut at 4 096 characters and its stack at 16 384. Times
 * are kept to the millisecond.
 *
 * <p><b>Threads.</b> Immutable.
 */
public final class DeadLetter {

    /** The topic of the event that stands for a line that could not be decoded. */
    public static final String UNDECODABLE = "system.undecodable";

    private static final int MOST_MESSAGE = 4_096;
    private static final int MOST_STACK = 16_384;
    private static final String BYTES = "application/octet-stream";

    /** Why an event was given up. */
    public enum Reason {
        /** The handler failed, and its retries are used up. */
        HANDLER_ERROR,
        /** The handler did not end within its limit. */
        HANDLER_TIMEOUT,
        /**
         * Of handlers that stand in for each other, as under the first value, all failed (ORD-6).
         */
        ALL_HANDLERS_FAILED,
        /** A validator or an interceptor refused the event. */
        VALIDATION_ERROR,
        /** The event, or its payload, could not be read or written. */
        SERIALIZATION_ERROR,
        /** The handler rejected the event (ERR-4). */
        REJECTED,
        /** There was no room for the event (BPR-1). */
        OVERFLOW
    }

    private final String id;
    private final Event event;
    private final String handler;
    private final Reason reason;
    private final String errorClass;
    private final String errorMessage;
    private final String stack;
    private final int attempts;
    private final Instant firstTime;
    private final Instant lastTime;
    private final int retries;

    private DeadLetter(Builder builder, String id, Instant firstTime, Instant lastTime) {
        this.id = id;
        this.event = builder.event;
        this.handler = builder.handler;
        this.reason = builder.reason;
        this.errorClass = builder.errorClass;
        this.errorMessage = builder.errorMessage;
        this.stack = builder.stack;
        this.attempts = builder.attempts;
        this.firstTime = firstTime;
        this.lastTime = lastTime;
        this.retries = builder.retries;
    }

    /** Returns a builder of a letter that holds this event. */
    public static Builder builder(Event event, Reason reason) {
        return new Builder(event, reason);
    }

    /**
     * Returns a builder of a letter for a line that is no event, with reason {@link
     * Reason#SERIALIZATION_ERROR}.
     *
     * @param line the line's bytes, which are copied; empty if they cannot be read
     * @param source who stored it, as far as known: the store's location, say
     */
    public static Builder undecodable(byte[] line, String source) {
        Event standIn =
                Event.builder(UNDECODABLE)
                        .source(source)
                        .contentType(BYTES)
                        .payload(line.clone())
                        .build();
        return new Builder(standIn, Reason.SERIALIZATION_ERROR);
    }

    /** Returns the letter's own id. */
    public String id() {
        return id;
    }

    /** Returns the event, or what stands for it; see {@link #line}. */
    public Event event() {
        return event;
    }

    /** Returns the name of the subscription that gave up, or an empty text if none was involved. */
    public String handler() {
        return handler;
    }

    /** Returns why the event was given up. */
    public Reason reason() {
        return reason;
    }

    /** Returns the class name of the last failure, or an empty text. */
    public String errorClass() {
        return errorClass;
    }

    /** Returns the message of the last failure, or an empty text. */
    public String errorMessage() {
        return errorMessage;
    }

    /** Returns the stack of the last failure as text, or an empty one. */
    public String stack() {
        return stack;
    }

    /** Returns how often the handler has run in all; 0 if it never did. */
    public int attempts() {
        return attempts;
    }

    /** Returns when the event failed first. */
    public Instant firstTime() {
        return firstTime;
    }

    /** Returns when the event failed, or was retried, last. */
    public Instant lastTime() {
        return lastTime;
    }

    /** Returns how often the letter was handed to its handler again. */
    public int retries() {
        return retries;
    }

    /**
     * Returns a copy of the bytes of the line that could not be decoded, or null if this letter
     * holds a true event.
     */
    public byte @Nullable [] line() {
        boolean standsIn =
                event.topic().equals(UNDECODABLE) && reason == Reason.SERIALIZATION_ERROR;
        return standsIn && event.payload() instanceof byte[] bytes ? bytes.clone() : null;
    }

    /** Returns a copy that counts one retry more, begun at this time. */
    public DeadLetter retried(Instant time) {
        return toBuilder().retries(retries + 1).lastTime(time).build();
    }

    /** Returns a builder that holds all fields of this letter. */
    public Builder toBuilder() {
        Builder builder = new Builder(event, reason);
        builder.id = id;
        builder.handler = handler;
        builder.errorClass = errorClass;
        builder.errorMessage = errorMessage;
        builder.stack = stack;
        builder.attempts = attempts;
        builder.firstTime = firstTime;
        builder.lastTime = lastTime;
        builder.retries = retries;
        return builder;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DeadLetter that && parts().equals(that.parts());
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    /** Returns id, reason, handler, attempts and the failure without its stack, for people. */
    @Override
    public String toString() {
        return "DeadLetter[id=%s, topic=%s, event=%s, reason=%s, handler=%s, attempts=%s, retries=%s, error=%s]"
                .formatted(
                        id,
                        event.topic(),
                        event.id(),
                        reason,
                        handler,
                        attempts,
                        retries,
                        errorMessage.isEmpty() ? errorClass : errorClass + ": " + errorMessage);
    }

    private List<Object> parts() {
        return Arrays.asList(
                id,
                event,
                handler,
                reason,
                errorClass,
                errorMessage,
                stack,
                attempts,
                firstTime,
                lastTime,
                retries);
    }

    /** Gathers the fields of a letter. Not thread-safe. */
    public static final class Builder {

        private final Event event;
        private Reason reason;
        private EventClock clock = EventClock.system();
        private @Nullable String id;
        private String handler = "";
        private String errorClass = "";
        private String errorMessage = "";
        private String stack = "";
        private int attempts;
        private @Nullable Instant firstTime;
        private @Nullable Instant lastTime;
        private int retries;

        private Builder(Event event, Reason reason) {
            this.event = Objects.requireNonNull(event, "event");
            this.reason = Objects.requireNonNull(reason, "reason");
        }

        /** Takes id and times, where they are not given, from this clock. */
        public Builder clock(EventClock clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /** Sets the letter's id: not empty. */
        public Builder id(String id) {
            if (Objects.requireNonNull(id, "id").isEmpty()) {
                throw new IllegalArgumentException(
                        "The id of a dead letter is ''. Give at least one character.");
            }
            this.id = id;
            return this;
        }

        /** Sets another reason. */
        public Builder reason(Reason reason) {
            this.reason = Objects.requireNonNull(reason, "reason");
            return this;
        }

        /** Sets the name of the subscription that gave up. */
        public Builder handler(String handler) {
            this.handler = Objects.requireNonNull(handler, "handler");
            return this;
        }

        /** Sets class, message and stack from a failure. */
        public Builder error(Throwable error) {
            Objects.requireNonNull(error, "error");
            return error(
                    error.getClass().getName(),
                    ErrorText.message(error, MOST_MESSAGE),
                    ErrorText.stack(error, MOST_STACK));
        }

        /** Sets class, message and stack as they were kept, cut where they are too long. */
        public Builder error(String className, String message, String stack) {
            this.errorClass =
                    ErrorText.cut(Objects.requireNonNull(className, "className"), MOST_MESSAGE);
            this.errorMessage =
                    ErrorText.cut(Objects.requireNonNull(message, "message"), MOST_MESSAGE);
            this.stack = ErrorText.cut(Objects.requireNonNull(stack, "stack"), MOST_STACK);
            return this;
        }

        /** Sets how often the handler has run in all: 0 or more. */
        public Builder attempts(int attempts) {
            this.attempts = notNegative("attempts", attempts);
            return this;
        }

        /** Sets when the event failed first; when it failed last unless set. */
        public Builder firstTime(Instant time) {
            this.firstTime = Objects.requireNonNull(time, "time");
            return this;
        }

        /** Sets when the event failed, or was retried, last; now unless set. */
        public Builder lastTime(Instant time) {
            this.lastTime = Objects.requireNonNull(time, "time");
            return this;
        }

        /** Sets how often the letter was handed to its handler again: 0 or more. */
        public Builder retries(int retries) {
            this.retries = notNegative("retries", retries);
            return this;
        }

        /** Returns the letter. */
        public DeadLetter build() {
            EventClock.Stamp stamp = id == null || lastTime == null ? clock.next() : null;
            String own = id == null ? Objects.requireNonNull(stamp).id() : id;
            Instant last = lastTime == null ? Objects.requireNonNull(stamp).time() : lastTime;
            Instant first = firstTime == null ? last : firstTime;
            return new DeadLetter(this, own, toMillis(first), toMillis(last));
        }

        private static Instant toMillis(Instant time) {
            return time.truncatedTo(ChronoUnit.MILLIS);
        }

        private static int notNegative(String what, int number) {
            if (number < 0) {
                throw new IllegalArgumentException(what + " must be 0 or more, but was " + number);
            }
            return number;
        }
    }
}
