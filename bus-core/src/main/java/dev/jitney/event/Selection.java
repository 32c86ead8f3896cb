// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which events are meant: all conditions that are set must hold, and a set holds when one of its
 * members does. A selection with no condition selects every event.
 *
 * <p><b>Threads.</b> Immutable.
 */
public final class Selection {

    private static final Selection ALL = builder().build();

    private final List<TopicPattern> patterns;
    private final List<TopicPattern> excluded;
    private final Set<String> ids;
    private final Set<String> sources;
    private final Set<Severity> severities;
    private final @Nullable String correlationId;
    private final @Nullable String key;
    private final @Nullable Instant since;
    private final @Nullable Instant until;

    private Selection(Builder builder) {
        patterns = List.copyOf(builder.patterns);
        excluded = List.copyOf(builder.excluded);
        ids = Set.copyOf(builder.ids);
        sources = Set.copyOf(builder.sources);
        severities = Set.copyOf(builder.severities);
        correlationId = builder.correlationId;
        key = builder.key;
        since = builder.since;
        until = builder.until;
    }

    /** Returns the selection of every event. */
    public static Selection all() {
        return ALL;
    }

    /** Returns a builder with no condition set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the patterns of which one must match; empty when any topic will do. */
    public List<TopicPattern> patterns() {
        return patterns;
    }

    /** Returns the patterns of which none may match. */
    public List<TopicPattern> excluded() {
        return excluded;
    }

    /** Returns the event ids of which one must be equal; empty when any will do. */
    public Set<String> ids() {
        return ids;
    }

    /** Returns the sources of which one must be equal; empty when any will do. */
    public Set<String> sources() {
        return sources;
    }

    /** Returns the severities of which one must be equal; empty when any will do. */
    public Set<Severity> severities() {
        return severities;
    }

    /** Returns the correlation id that must be equal, or null when any will do. */
    public @Nullable String correlationId() {
        return correlationId;
    }

    /** Returns the ordering key that must be equal, or null when any will do. */
    public @Nullable String key() {
        return key;
    }

    /** Returns the earliest event time selected, or null when there is none. */
    public @Nullable Instant since() {
        return since;
    }

    /** Returns the event time from which on nothing is selected, or null when there is none. */
    public @Nullable Instant until() {
        return until;
    }

    /** Says whether every event is selected. */
    public boolean selectsAll() {
        return selectsAllTopics() && selectsByTopicOnly();
    }

    /** Says whether topics alone decide. */
    public boolean selectsByTopicOnly() {
        return ids.isEmpty()
                && sources.isEmpty()
                && severities.isEmpty()
                && correlationId == null
                && key == null
                && since == null
                && until == null;
    }

    /** Says whether no topic is left out. */
    public boolean selectsAllTopics() {
        if (!excluded.isEmpty()) {
            return false;
        }
        for (TopicPattern pattern : patterns) {
            if (pattern.matchesAll()) {
                return true;
            }
        }
        return patterns.isEmpty();
    }

    /** Says whether an event of this topic may be selected. */
    public boolean matchesTopic(String topic) {
        return (patterns.isEmpty() || TopicPattern.anyMatches(patterns, topic))
                && !TopicPattern.anyMatches(excluded, topic);
    }

    /** Says whether an event of this time may be selected. */
    public boolean matchesTime(Instant time) {
        return (since == null || !time.isBefore(since)) && (until == null || time.isBefore(until));
    }

    /** Says whether the event is selected. */
    public boolean matches(Event event) {
        return matchesTopic(event.topic())
                && (ids.isEmpty() || ids.contains(event.id()))
                && (sources.isEmpty()
                        || (event.source() != null && sources.contains(event.source())))
                && (severities.isEmpty() || severities.contains(event.severity()))
                && (correlationId == null || correlationId.equals(event.correlationId()))
                && (key == null || key.equals(event.key()))
                && matchesTime(event.time());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Selection that && parts().equals(that.parts());
    }

    @Override
    public int hashCode() {
        return parts().hashCode();
    }

    /** Returns the conditions that are set, for people. */
    @Override
    public String toString() {
        return "Selection" + parts();
    }

    private Map<String, Object> parts() {
        Map<String, Object> parts = new LinkedHashMap<>();
        put(parts, "patterns", patterns.isEmpty() ? null : patterns);
        put(parts, "excluded", excluded.isEmpty() ? null : excluded);
        put(parts, "ids", ids.isEmpty() ? null : ids);
        put(parts, "sources", sources.isEmpty() ? null : sources);
        put(parts, "severities", severities.isEmpty() ? null : severities);
        put(parts, "correlationId", correlationId);
        put(parts, "key", key);
        put(parts, "since", since);
        put(parts, "until", until);
        return parts;
    }

    private static void put(Map<String, Object> parts, String name, @Nullable Object value) {
        if (value != null) {
            parts.put(name, value);
        }
    }

    /** Gathers conditions. Not thread-safe. */
    public static final class Builder {

        private final List<TopicPattern> patterns = new ArrayList<>();
        private final List<TopicPattern> excluded = new ArrayList<>();
        private final Set<String> ids = new TreeSet<>();
        private final Set<String> sources = new TreeSet<>();
        private final Set<Severity> severities = EnumSet.noneOf(Severity.class);
        private @Nullable String correlationId;
        private @Nullable String key;
        private @Nullable Instant since;
        private @Nullable Instant until;

        private Builder() {}

        /**
         * Selects topics that match this pattern, or another one given.
         *
         * @throws InvalidTopicException if the text is no pattern
         */
        public Builder pattern(String pattern) {
            patterns.add(TopicPattern.parse(Objects.requireNonNull(pattern, "pattern")));
            return this;
        }

        /**
         * Leaves out topics that match this pattern.
         *
         * @throws InvalidTopicException if the text is no pattern
         */
        public Builder exclude(String pattern) {
            excluded.add(TopicPattern.parse(Objects.requireNonNull(pattern, "pattern")));
            return this;
        }

        /** Selects this event id, or another one given. */
        public Builder id(String id) {
            ids.add(Objects.requireNonNull(id, "id"));
            return this;
        }

        /** Selects this source, or another one given. */
        public Builder source(String source) {
            sources.add(Objects.requireNonNull(source, "source"));
            return this;
        }

        /** Selects this severity, or another one given. */
        public Builder severity(Severity severity) {
            severities.add(Objects.requireNonNull(severity, "severity"));
            return this;
        }

        /** Selects this severity and all that are worse. */
        public Builder severityAtLeast(Severity floor) {
            Objects.requireNonNull(floor, "floor");
            for (Severity severity : Severity.values()) {
                if (severity.atLeast(floor)) {
                    severities.add(severity);
                }
            }
            return this;
        }

        /** Selects one correlation id. */
        public Builder correlationId(String correlationId) {
            this.correlationId = Objects.requireNonNull(correlationId, "correlationId");
            return this;
        }

        /** Selects one ordering key. */
        public Builder key(String key) {
            this.key = Objects.requireNonNull(key, "key");
            return this;
        }

        /** Selects events whose time is this or later. */
        public Builder since(Instant since) {
            this.since = Objects.requireNonNull(since, "since");
            return this;
        }

        /** Selects events whose time is earlier than this. */
        public Builder until(Instant until) {
            this.until = Objects.requireNonNull(until, "until");
            return this;
        }

        /** Returns the selection of what was set so far. */
        public Selection build() {
            return new Selection(this);
        }
    }
}
