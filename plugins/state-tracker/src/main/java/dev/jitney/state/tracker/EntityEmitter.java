// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import dev.jitney.event.Event;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Publishes the events of one thing, of those kinds that its domain has: {@code
 * EntityEmitter.service("db", bus.emitter("runner", "service")::publish).emit(ServiceEvent.READY)}.
 * The thing's name is the event's key, so that a keyed bus keeps its events in order and a {@link
 * StateTracker} knows whom they move.
 *
 * <p><b>Threads.</b> Safe for concurrent use as far as what it publishes with is.
 *
 * @param <E> the kinds of events of the domain
 */
public final class EntityEmitter<E extends Enum<E> & EntityEvent> {

    private final String entity;
    private final Consumer<Event> publisher;

    private EntityEmitter(String entity, Consumer<Event> publisher) {
        if (entity.isBlank()) {
            throw new IllegalArgumentException(
                    "The entity of an emitter is '" + entity + "'. Give it a name.");
        }
        this.entity = entity;
        this.publisher = publisher;
    }

    /** Returns an emitter for a test. */
    public static EntityEmitter<TestEvent> test(String test, Consumer<Event> publisher) {
        return new EntityEmitter<>(test, publisher);
    }

    /** Returns an emitter for an experiment. */
    public static EntityEmitter<ExperimentEvent> experiment(
            String experiment, Consumer<Event> publisher) {
        return new EntityEmitter<>(experiment, publisher);
    }

    /** Returns an emitter for a service. */
    public static EntityEmitter<ServiceEvent> service(String service, Consumer<Event> publisher) {
        return new EntityEmitter<>(service, publisher);
    }

    /** Returns an emitter for an environment. */
    public static EntityEmitter<EnvironmentEvent> environment(
            String environment, Consumer<Event> publisher) {
        return new EntityEmitter<>(environment, publisher);
    }

    /** Returns an emitter for a plugin. */
    public static EntityEmitter<PluginEvent> plugin(String plugin, Consumer<Event> publisher) {
        return new EntityEmitter<>(plugin, publisher);
    }

    /** Returns an emitter for a step. */
    public static EntityEmitter<StepEvent> step(String step, Consumer<Event> publisher) {
        return new EntityEmitter<>(step, publisher);
    }

    /** Returns an emitter for an assertion. */
    public static EntityEmitter<AssertionEvent> assertion(
            String assertion, Consumer<Event> publisher) {
        return new EntityEmitter<>(assertion, publisher);
    }

    /** Returns an emitter for a collection of metrics. */
    public static EntityEmitter<MetricsEvent> metrics(
            String collection, Consumer<Event> publisher) {
        return new EntityEmitter<>(collection, publisher);
    }

    /** Returns an emitter for a workflow. */
    public static EntityEmitter<WorkflowEvent> workflow(
            String workflow, Consumer<Event> publisher) {
        return new EntityEmitter<>(workflow, publisher);
    }

    /** Publishes an event that needs no data; see {@link #emit(Enum, Map)}. */
    public Event emit(E kind) {
        return emit(kind, Map.of());
    }

    /**
     * Publishes an event.
     *
     * @param data its payload; what it leaves out is filled in where there is a default
     * @return the event that was published
     * @throws IllegalArgumentException if a field is missing that the kind requires
     */
    public Event emit(E kind, Map<String, ?> data) {
        Set<String> missing = new TreeSet<>(kind.required());
        missing.removeIf(field -> data.get(field) != null);
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(
                    "Event '%s' of '%s' lacks %s. Give a value for each."
                            .formatted(kind.topic(), entity, String.join(", ", missing)));
        }
        Map<String, Object> payload = new LinkedHashMap<>(kind.defaults());
        payload.putAll(data);
        Event event =
                Event.builder(kind.topic())
                        .key(entity)
                        .severity(kind.severity())
                        .payload(payload)
                        .build();
        publisher.accept(event);
        return event;
    }
}
