// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.spi.ValidationException.Problem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ValidationExceptionTest {

    private final Event event = Event.builder("user.login").id("e1").payload(1).build();

    @Test
    @DisplayName("PUB-3 a refusal names the event, the rule and the problem")
    void namesEventRuleAndProblem() {
        ValidationException refusal = ValidationException.of("naming", event, "it is odd");
        assertThat(refusal)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Event 'user.login' is refused by 'naming': it is odd.");
        assertThat(refusal.rule()).isEqualTo("naming");
        assertThat(refusal.topic()).isEqualTo("user.login");
        assertThat(refusal.eventId()).isEqualTo("e1");
    }

    @Test
    @DisplayName("VAL-2 a refusal lists every problem with its place, but no warning")
    void listsEveryProblem() {
        List<Problem> problems =
                List.of(
                        Problem.at("/age", "is 'x', expected an integer"),
                        Problem.of("the topic is old").asWarning(),
                        Problem.at("", "has no 'name'"));
        ValidationException refusal = new ValidationException("jsonschema", event, problems);
        assertThat(refusal)
                .hasMessage(
                        "Event 'user.login' is refused by 'jsonschema' for 2 problems: at '/age' is"
                                + " 'x', expected an integer; at '' has no 'name'.");
        assertThat(refusal.problems()).isEqualTo(problems);
    }

    @Test
    @DisplayName("VAL-2 a refusal shows the first 20 problems and keeps all")
    void showsTheFirstTwenty() {
        List<Problem> problems =
                IntStream.range(0, 25).mapToObj(i -> Problem.of("problem " + i)).toList();
        ValidationException refusal = new ValidationException("rule", event, problems);
        assertThat(refusal)
                .hasMessageStartingWith("Event 'user.login' is refused by 'rule' for 25 problems: ")
                .hasMessageEndingWith("; problem 19; and 5 more.");
        assertThat(refusal.problems()).hasSize(25);
    }

    @Test
    @DisplayName("PUB-3 a refusal without a reason is none")
    void needsAReason() {
        List<Problem> warnings = List.of(Problem.of("odd").asWarning());
        assertThatThrownBy(() -> new ValidationException("rule", event, warnings))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("problems must hold 1 or more that is no warning, but had none");
    }

    @Test
    @DisplayName("PUB-3 a refusal survives serialization")
    void survivesSerialization() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new ValidationException("rule", event, List.of(Problem.at("/a", "b"))));
        }
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            ValidationException read = (ValidationException) in.readObject();
            assertThat(read.rule()).isEqualTo("rule");
            assertThat(read.problems()).containsExactly(Problem.at("/a", "b"));
            assertThat(read).hasMessage("Event 'user.login' is refused by 'rule': at '/a' b.");
        }
    }
}
