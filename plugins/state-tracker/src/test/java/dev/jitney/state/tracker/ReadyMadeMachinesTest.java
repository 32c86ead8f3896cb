// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each machine over the whole matrix of its states: what the design allows moves a thing, all else
 * leaves it and is told. The rules stand here as the design writes them.
 */
class ReadyMadeMachinesTest {

    /** Rules: {@code a b > c d} says that c and d may follow each of a and b. */
    private static final Map<String, List<String>> RULES = new LinkedHashMap<>();

    static {
        RULES.put(
                "test",
                List.of(
                        "created > setting_up failed",
                        "setting_up > setting_up_services failed",
                        "setting_up_services > services_setup failed",
                        "services_setup > setting_up_environment failed",
                        "setting_up_environment > environment_setup failed",
                        "environment_setup > deploying failed",
                        "deploying > deployed failed",
                        "deployed > executing failed",
                        "executing > executing_steps failed",
                        "executing_steps > validating_assertions tearing_down failed",
                        "validating_assertions > tearing_down failed",
                        "tearing_down > completed failed"));
        RULES.put(
                "experiment",
                List.of(
                        "created > initializing failed",
                        "initializing > loading_plugins failed finished_early",
                        "loading_plugins > plugins_loaded failed finished_early",
                        "plugins_loaded > initializing_tests failed finished_early",
                        "initializing_tests > tests_initialized failed finished_early",
                        "tests_initialized > running failed finished_early",
                        "running > collecting_results failed finished_early",
                        "collecting_results > completed failed"));
        RULES.put(
                "service",
                List.of(
                        "created > preparing",
                        "preparing > prepared",
                        "prepared > deploying",
                        "deploying > deployed",
                        "deployed > starting stopping",
                        "starting > running stopping",
                        "running > ready stopping",
                        "ready > running stopping",
                        "stopping > stopped",
                        "stopped > starting destroying",
                        "error > stopping destroying",
                        "created preparing prepared deploying deployed starting running ready"
                                + " stopping > error",
                        "created preparing prepared deploying deployed starting running ready"
                                + " stopping stopped error destroying > destroyed"));
        RULES.put(
                "environment",
                List.of(
                        "created > initializing",
                        "initializing > initialized",
                        "initialized > setting_up",
                        "setting_up > setup",
                        "setup > ready",
                        "ready > tearing_down",
                        "tearing_down > torn_down",
                        "torn_down > destroying",
                        "destroying > destroyed",
                        "created initializing initialized setting_up setup ready tearing_down"
                                + " torn_down destroying > error",
                        "error > tearing_down destroying ready",
                        "created initializing initialized tearing_down > destroying",
                        "setting_up setup > tearing_down"));
        String plugin =
                "unknown loading loaded load_failed initializing initialized starting started"
                        + " stopping stopped error";
        RULES.put("plugin", List.of(plugin + " > " + plugin));
        RULES.put(
                "step",
                List.of(
                        "created pending > executing skipped",
                        "executing > completed failed",
                        "failed > retrying",
                        "retrying > failed",
                        "created pending executing skipped completed failed retrying >"
                                + " unsupported"));
        RULES.put(
                "assertion",
                List.of(
                        "created pending > validating skipped",
                        "validating > passed failed error unknown"));
        String metrics = "collecting paused stopped error";
        RULES.put("metrics", List.of(metrics + " > " + metrics));
        RULES.put(
                "workflow",
                List.of(
                        "created > loading_plugins failed",
                        "loading_plugins > generating_commands failed",
                        "generating_commands > building_docker failed",
                        "building_docker > deploying failed",
                        "deploying > running failed",
                        "running > collecting_outputs failed",
                        "collecting_outputs > analyzing_results failed",
                        "analyzing_results > reporting_results failed",
                        "reporting_results > completed failed"));
    }

    static List<String> names() {
        return StateMachines.NAMES;
    }

    @Test
    @DisplayName("STA-1 there are nine machines, and each has its rules here")
    void everyMachineHasRules() {
        assertThat(RULES.keySet()).containsExactlyElementsOf(StateMachines.NAMES).hasSize(9);
        assertThat(StateMachines.all()).extracting(StateMachine::name).isEqualTo(names());
        assertThatThrownBy(() -> StateMachines.of("tests"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "No state machine is named 'tests'. There are: test, experiment, service,"
                                + " environment, plugin, step, assertion, metrics, workflow.");
    }

    @ParameterizedTest
    @MethodSource("names")
    @DisplayName("STA-1 every pair of states of every machine")
    void theWholeMatrix(String name) {
        StateMachine machine = StateMachines.of(name);
        Map<String, Set<String>> allowed = allowed(RULES.get(name));
        Set<String> states = new TreeSet<>(allowed.keySet());
        allowed.values().forEach(states::addAll);
        assertThat(machine.states()).containsExactlyInAnyOrderElementsOf(states);
        for (String from : states) {
            Set<String> next = allowed.getOrDefault(from, Set.of());
            assertThat(machine.terminal(from)).as("%s is the end", from).isEqualTo(next.isEmpty());
            for (String to : states) {
                tryOne(machine, from, to, next.contains(to));
            }
        }
    }

    private static void tryOne(StateMachine machine, String from, String to, boolean allowed) {
        Told told = new Told();
        StateTracker tracker = told.tracker(machine);
        for (String state : wayTo(machine, from)) {
            tracker.handle(Told.to(machine, "x", state));
        }
        assertThat(tracker.state(machine.name(), "x")).isEqualTo(from);
        int before = tracker.history(machine.name(), "x").size();
        assertThat(tracker.may(machine.name(), "x", to)).isEqualTo(allowed && !from.equals(to));
        Event event = Told.to(machine, "x", to);
        tracker.handle(event);
        String about = machine.name() + ": " + from + " to " + to;
        boolean moves = allowed && !from.equals(to);
        assertThat(tracker.state(machine.name(), "x")).as(about).isEqualTo(moves ? to : from);
        assertThat(tracker.history(machine.name(), "x")).hasSize(moves ? before + 1 : before);
        if (allowed || from.equals(to)) {
            assertThat(told.published).as(about).isEmpty();
        } else {
            assertThat(told.published).as(about).hasSize(1);
            Map<?, ?> payload = (Map<?, ?>) told.published.get(0).payload();
            assertThat(payload.get("from")).isEqualTo(from);
            assertThat(payload.get("to")).isEqualTo(to);
            assertThat(payload.get("event")).isEqualTo(event.id());
        }
    }

    private static Map<String, Set<String>> allowed(List<String> rules) {
        Map<String, Set<String>> allowed = new LinkedHashMap<>();
        for (String rule : rules) {
            String[] sides = rule.split(" > ");
            for (String from : sides[0].split(" ")) {
                Set<String> next = allowed.computeIfAbsent(from, any -> new LinkedHashSet<>());
                for (String to : sides[1].split(" ")) {
                    if (!to.equals(from)) {
                        next.add(to);
                    }
                }
            }
        }
        return allowed;
    }

    /** The shortest way from a state in which a thing may begin. */
    private static List<String> wayTo(StateMachine machine, String goal) {
        Map<String, List<String>> ways = new LinkedHashMap<>();
        Deque<String> open = new ArrayDeque<>();
        for (String state : machine.states()) {
            if (machine.initial(state)) {
                ways.put(state, List.of(state));
                open.add(state);
            }
        }
        while (!ways.containsKey(goal)) {
            assertThat(open).as("ways to '%s' of %s", goal, machine.name()).isNotEmpty();
            String state = open.remove();
            for (String next : machine.next(state)) {
                if (!ways.containsKey(next)) {
                    List<String> way = new ArrayList<>(ways.get(state));
                    way.add(next);
                    ways.put(next, way);
                    open.add(next);
                }
            }
        }
        return ways.get(goal);
    }
}
