// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.EventBus;
import dev.jitney.event.Event;
import dev.jitney.event.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** All emitters of all domains emit, on a bus, and move what they are about. */
@Timeout(60)
class EntityEmitterTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private static final String TOPICS =
            "test: created setup_started setup_completed setup_failed environment_setup_started"
                    + " environment_setup_completed environment_setup_failed deployment_started"
                    + " deployment_completed deployment_failed execution_started"
                    + " execution_completed execution_failed step_started step_completed"
                    + " step_failed assertions_started assertions_completed assertions_failed"
                    + " assertion_checked teardown_started teardown_completed completed failed\n"
                    + "experiment: initialized plugin_loading_started plugin_loading_completed"
                    + " plugin_loading_failed test_cases_initialized execution_started"
                    + " execution_completed execution_failed finished_early service_failure"
                    + " completed failed\n"
                    + "service: created preparation_started preparation_completed"
                    + " preparation_failed deployment_started deployment_completed"
                    + " deployment_failed started ready health_check_passed health_check_failed"
                    + " stopped error destroyed test_results\n"
                    + "environment: created initialization_started initialization_completed"
                    + " initialization_failed setup_started setup_completed setup_failed ready"
                    + " teardown_started teardown_completed teardown_failed deployment_started"
                    + " deployment_completed deployment_failed destroyed error resource"
                    + " configuration monitoring network.setup.started network.setup.completed"
                    + " network.setup.failed network.teardown.started network.teardown.completed"
                    + " execution.setup.started execution.setup.completed execution.monitoring"
                    + " execution.limit.exceeded output_collection_started output_collected"
                    + " output_collection_completed\n"
                    + "step: execution_started execution_completed execution_failed progress"
                    + " unsupported skipped\n"
                    + "assertion: validation_started validation_completed progress result error"
                    + " unknown\n"
                    + "plugin: loading_started loading_completed loading_failed initialized started"
                    + " stopped error service_created service_started service_stopped"
                    + " environment_created environment_ready environment_destroyed\n"
                    + "metrics: collected resource timing counter summary\n"
                    + "workflow: state_changed failed";

    private static List<String> topics() {
        List<String> topics = new ArrayList<>();
        for (String line : TOPICS.split("\n")) {
            String domain = line.substring(0, line.indexOf(':'));
            for (String action : line.substring(line.indexOf(':') + 2).split(" ")) {
                topics.add(domain + "." + action);
            }
        }
        return topics;
    }

    private static <E extends Enum<E> & EntityEvent> void emitAll(
            EntityEmitter<E> emitter, Class<E> kinds) {
        for (E kind : kinds.getEnumConstants()) {
            Map<String, Object> data = new LinkedHashMap<>();
            kind.required().forEach(field -> data.put(field, "given"));
            emitter.emit(kind, data);
        }
    }

    @Test
    @DisplayName("STA-2 all emitters emit all 112 kinds of events, and those of workflows")
    void allEmittersEmit() throws Exception {
        List<Event> seen = new CopyOnWriteArrayList<>();
        try (EventBus bus = EventBus.builder("runner").build()) {
            bus.subscribe("*", seen::add);
            emitAll(EntityEmitter.test("a", bus.emitter("r", "test")::publish), TestEvent.class);
            emitAll(
                    EntityEmitter.experiment("a", bus.emitter("r", "experiment")::publish),
                    ExperimentEvent.class);
            emitAll(
                    EntityEmitter.service("a", bus.emitter("r", "service")::publish),
                    ServiceEvent.class);
            emitAll(
                    EntityEmitter.environment("a", bus.emitter("r", "environment")::publish),
                    EnvironmentEvent.class);
            emitAll(EntityEmitter.step("a", bus.emitter("r", "step")::publish), StepEvent.class);
            emitAll(
                    EntityEmitter.assertion("a", bus.emitter("r", "assertion")::publish),
                    AssertionEvent.class);
            emitAll(
                    EntityEmitter.plugin("a", bus.emitter("r", "plugin")::publish),
                    PluginEvent.class);
            emitAll(
                    EntityEmitter.metrics("a", bus.emitter("r", "metrics")::publish),
                    MetricsEvent.class);
            emitAll(
                    EntityEmitter.workflow("a", bus.emitter("r", "workflow")::publish),
                    WorkflowEvent.class);
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(bus.emitters())
                    .as("the registry")
                    .hasSize(9)
                    .allSatisfy(one -> assertThat(one.published()).isNotEmpty());
            assertThat(bus.emitters().stream().mapToInt(one -> one.published().size()).sum())
                    .isEqualTo(112 + 2);
        }
        assertThat(seen).extracting(Event::topic).containsExactlyElementsOf(topics());
        assertThat(topics()).hasSize(112 + 2);
        assertThat(seen).extracting(Event::source).containsOnly("r");
        assertThat(seen).extracting(Event::key).containsOnly("a");
    }

    @Test
    @DisplayName("STA-2 fills in what is usual, and bad events are warnings")
    void fillsInDefaults() {
        List<Event> sent = new ArrayList<>();
        EntityEmitter<ServiceEvent> service = EntityEmitter.service("db", sent::add);
        Event stopped = service.emit(ServiceEvent.STOPPED);
        assertThat(stopped.payload()).isEqualTo(Map.of("stop_reason", "normal_shutdown"));
        assertThat(stopped.severity()).isEqualTo(Severity.INFO);
        Event error = service.emit(ServiceEvent.ERROR, Map.of("error", "no port", "code", 7));
        assertThat(error.payload())
                .isEqualTo(
                        Map.of(
                                "error",
                                "no port",
                                "error_type",
                                "unknown",
                                "recoverable",
                                false,
                                "code",
                                7));
        assertThat(error.severity()).isEqualTo(Severity.WARNING);
        service.emit(ServiceEvent.STOPPED, Map.of("stop_reason", "asked to"));
        assertThat(sent.get(2).payload()).isEqualTo(Map.of("stop_reason", "asked to"));
        Event count =
                EntityEmitter.metrics("m", sent::add)
                        .emit(MetricsEvent.COUNTER, Map.of("name", "hits"));
        assertThat(count.payload()).isEqualTo(Map.of("name", "hits", "increment", 1L));
        assertThat(ExperimentEvent.SERVICE_FAILURE.severity()).isEqualTo(Severity.WARNING);
    }

    @Test
    @DisplayName("STA-2 refuses what lacks a field, and publishes nothing")
    void refusesWhatLacksAField() {
        List<Event> sent = new ArrayList<>();
        EntityEmitter<MetricsEvent> metrics = EntityEmitter.metrics("load", sent::add);
        assertThatThrownBy(() -> metrics.emit(MetricsEvent.TIMING, Map.of("other", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Event 'metrics.timing' of 'load' lacks name, seconds. Give a value for"
                                + " each.");
        assertThat(sent).isEmpty();
        assertThatThrownBy(() -> EntityEmitter.test(" ", sent::add))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The entity of an emitter is ' '. Give it a name.");
    }

    private static String tell(String machine, List<Event> story) {
        Told told = new Told();
        StateTracker tracker = told.tracker(StateMachines.of(machine));
        story.forEach(tracker::handle);
        assertThat(told.published).as("what was not allowed of %s", machine).isEmpty();
        return tracker.state(machine, "a");
    }

    @SafeVarargs
    private static <E extends Enum<E> & EntityEvent> List<Event> story(
            EntityEmitter<E> emitter, E... kinds) {
        List<Event> story = new ArrayList<>();
        for (E kind : kinds) {
            Map<String, Object> data = new LinkedHashMap<>();
            kind.required().forEach(field -> data.put(field, "passed"));
            story.add(emitter.emit(kind, data));
        }
        return story;
    }

    @Test
    @DisplayName("STA-1 STA-2 the events of a whole life move a thing from its begin to its end")
    void eventsMoveThings() {
        assertThat(
                        tell(
                                "test",
                                story(
                                        EntityEmitter.test("a", any -> {}),
                                        Arrays.stream(TestEvent.values())
                                                .filter(one -> !one.name().endsWith("FAILED"))
                                                .toArray(TestEvent[]::new))))
                .isEqualTo("completed");
        assertThat(
                        tell(
                                "experiment",
                                story(
                                        EntityEmitter.experiment("a", any -> {}),
                                        ExperimentEvent.INITIALIZED,
                                        ExperimentEvent.PLUGIN_LOADING_STARTED,
                                        ExperimentEvent.PLUGIN_LOADING_COMPLETED,
                                        ExperimentEvent.TEST_CASES_INITIALIZED,
                                        ExperimentEvent.EXECUTION_STARTED,
                                        ExperimentEvent.SERVICE_FAILURE,
                                        ExperimentEvent.EXECUTION_COMPLETED,
                                        ExperimentEvent.COMPLETED)))
                .isEqualTo("completed");
        assertThat(
                        tell(
                                "service",
                                story(
                                        EntityEmitter.service("a", any -> {}),
                                        ServiceEvent.CREATED,
                                        ServiceEvent.PREPARATION_STARTED,
                                        ServiceEvent.PREPARATION_COMPLETED,
                                        ServiceEvent.DEPLOYMENT_STARTED,
                                        ServiceEvent.DEPLOYMENT_COMPLETED,
                                        ServiceEvent.STARTED,
                                        ServiceEvent.READY,
                                        ServiceEvent.STOPPED,
                                        ServiceEvent.STARTED,
                                        ServiceEvent.ERROR,
                                        ServiceEvent.STOPPED,
                                        ServiceEvent.DESTROYED)))
                .isEqualTo("destroyed");
        assertThat(
                        tell(
                                "environment",
                                story(
                                        EntityEmitter.environment("a", any -> {}),
                                        EnvironmentEvent.CREATED,
                                        EnvironmentEvent.INITIALIZATION_STARTED,
                                        EnvironmentEvent.INITIALIZATION_COMPLETED,
                                        EnvironmentEvent.SETUP_STARTED,
                                        EnvironmentEvent.SETUP_COMPLETED,
                                        EnvironmentEvent.READY,
                                        EnvironmentEvent.TEARDOWN_STARTED,
                                        EnvironmentEvent.TEARDOWN_COMPLETED,
                                        EnvironmentEvent.DESTROYED)))
                .isEqualTo("destroyed");
    }

    @Test
    @DisplayName("STA-1 STA-2 the events of shorter lives, too")
    void eventsMoveSmallerThings() {
        assertThat(
                        tell(
                                "plugin",
                                story(
                                        EntityEmitter.plugin("a", any -> {}),
                                        PluginEvent.LOADING_STARTED,
                                        PluginEvent.LOADING_FAILED)))
                .isEqualTo("load_failed");
        assertThat(
                        tell(
                                "step",
                                story(
                                        EntityEmitter.step("a", any -> {}),
                                        StepEvent.EXECUTION_STARTED,
                                        StepEvent.PROGRESS,
                                        StepEvent.EXECUTION_COMPLETED,
                                        StepEvent.UNSUPPORTED)))
                .isEqualTo("unsupported");
        assertThat(
                        tell(
                                "assertion",
                                story(
                                        EntityEmitter.assertion("a", any -> {}),
                                        AssertionEvent.VALIDATION_STARTED,
                                        AssertionEvent.RESULT)))
                .isEqualTo("passed");
        assertThat(
                        tell(
                                "metrics",
                                story(
                                        EntityEmitter.metrics("a", any -> {}),
                                        MetricsEvent.COLLECTED)))
                .isEqualTo("collecting");
        assertThat(
                        tell(
                                "workflow",
                                story(
                                        EntityEmitter.workflow("a", any -> {}),
                                        WorkflowEvent.FAILED)))
                .isEqualTo("failed");
    }
}
