// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StateMachineTest {

    @Test
    @DisplayName("STA-1 reads a machine from JSON")
    void readsJson() {
        StateMachine machine =
                StateMachine.parse(
                        """
                        {
                          "name": "order",
                          "initial": "placed",
                          "transitions": {"placed": ["paid", "cancelled"], "paid": "sent"},
                          "events": {"order.paid": "paid", "order.moved": ["paid", "{state}"]}
                        }
                        """);
        assertThat(machine.name()).isEqualTo("order");
        assertThat(machine.initial()).isEqualTo("placed");
        assertThat(machine.states()).containsExactly("placed", "paid", "cancelled", "sent");
        assertThat(machine.next("placed")).containsExactlyInAnyOrder("paid", "cancelled");
        assertThat(machine.may("paid", "sent")).isTrue();
        assertThat(machine.may("sent", "paid")).isFalse();
        assertThat(machine.terminal("sent")).isTrue();
        assertThat(machine.terminal("unheard-of")).isFalse();
        assertThat(machine.next("unheard-of")).isEmpty();
        assertThat(machine.topics()).containsExactlyInAnyOrder("order.paid", "order.moved");
    }

    @Test
    @DisplayName("STA-1 tells all problems of a machine at once")
    void tellsAllProblems() {
        String wrong =
                """
                {
                  "name": "Order 1",
                  "transitions": {"placed": ["paid", 7]},
                  "events": {
                    "order.paid": "payd", "order": "paid", "a..b": "paid", "a.b": [],
                    "system.idle": "paid"
                  },
                  "event": {}
                }
                """;
        assertThatThrownBy(() -> StateMachine.parse(wrong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "State machine 'Order 1' has 9 problems: 'event' is not a known key,"
                                + " expected name, initial, transitions or events; 'transitions of"
                                + " placed' has 7, expected a text; 'name' is 'Order 1', expected"
                                + " letters a to z, digits, - and _; 'initial' has no state; event"
                                + " 'order.paid' leads to 'payd', which is no state; event 'order' is"
                                + " no topic of a domain; event 'a..b' is no topic of a domain; event"
                                + " 'a.b' leads to no state; event 'system.idle' is one of the bus's"
                                + " own.");
    }

    @Test
    @DisplayName("STA-1 says where the JSON is wrong, and what is missing")
    void saysWhereTheJsonIsWrong() {
        assertThatThrownBy(() -> StateMachine.parse("{\"name\":"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("The state machine is not JSON: ");
        assertThatThrownBy(() -> StateMachine.parse("[]"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The state machine is no JSON object.");
        assertThatThrownBy(() -> StateMachine.parse("{\"name\":\"a\",\"initial\":\"b\"}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "State machine 'a' has 3 problems: 'transitions' is missing; 'events' is"
                                + " missing; 'events' has no event, so nothing would ever move.");
    }
}
