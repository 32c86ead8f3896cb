// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.Severity;
import dev.jitney.spi.AlertStore.Alert;
import dev.jitney.spi.AlertStore.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AlertTest {

    private static final Instant NOON = Instant.parse("2026-03-04T12:00:00.123456789Z");
    private static final Map<State, Set<State>> ALLOWED =
            Map.of(
                    State.NEW, Set.of(State.ACKNOWLEDGED, State.RESOLVED),
                    State.ACKNOWLEDGED, Set.of(State.RESOLVED),
                    State.RESOLVED, Set.of());

    private static Alert in(State state) {
        Event event = Event.builder("disk.full").id("7").severity(Severity.CRITICAL).build();
        Alert alert = Alert.of(event, "no room", NOON);
        return state == State.NEW ? alert : alert.become(state, "alice", "", NOON);
    }

    @Test
    @DisplayName("ALR-1 every pair of states is allowed or refused with both named")
    void theWholeMatrix() {
        for (State from : State.values()) {
            for (State to : State.values()) {
                boolean allowed = ALLOWED.get(from).contains(to);
                assertThat(from.mayBecome(to)).as("%s to %s", from, to).isEqualTo(allowed);
                if (allowed) {
                    assertThat(in(from).become(to, "bob", "n", NOON).state()).isEqualTo(to);
                } else {
                    assertThatThrownBy(() -> in(from).become(to, "bob", "n", NOON))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageStartingWith(
                                    "Alert '7' is %s and cannot become %s."
                                            .formatted(
                                                    from.name().toLowerCase(),
                                                    to.name().toLowerCase()));
                }
            }
        }
    }

    @Test
    @DisplayName("ALR-1 an alert has what its event has, and who changed it when")
    void anAlertIsThatOfItsEvent() {
        Alert alert = in(State.NEW);
        assertThat(alert)
                .isEqualTo(
                        new Alert(
                                "7",
                                "disk.full",
                                "",
                                Severity.CRITICAL,
                                "no room",
                                Instant.parse("2026-03-04T12:00:00.123Z"),
                                List.of()));
        assertThat(alert.changeTo(State.ACKNOWLEDGED)).isNull();
        Alert resolved =
                alert.become(State.ACKNOWLEDGED, "alice", "looking", NOON)
                        .noted("alice", "disk ordered", NOON.plusSeconds(1))
                        .become(State.RESOLVED, "bob", "", NOON.plusSeconds(2));
        assertThat(resolved.changeTo(State.ACKNOWLEDGED).user()).isEqualTo("alice");
        assertThat(resolved.changeTo(State.ACKNOWLEDGED).note()).isEqualTo("looking");
        assertThat(resolved.changeTo(State.RESOLVED).user()).isEqualTo("bob");
        assertThat(resolved.changes()).hasSize(3);
        assertThat(alert.changes()).as("the alert before").isEmpty();
    }

    @Test
    @DisplayName("ALR-1 a blank user, note or id is refused")
    void blankTextsAreRefused() {
        assertThatThrownBy(() -> in(State.NEW).become(State.RESOLVED, "", "", NOON))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The user who changes an alert is ''. Give a name.");
        assertThatThrownBy(() -> in(State.NEW).noted("alice", " ", NOON))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The note to alert '7' is ' '. Say something.");
        assertThatThrownBy(() -> new Alert("", "a.b", "", Severity.WARNING, "", NOON, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The id of an alert is ''. Give at least one character.");
    }
}
