// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Selection;
import dev.jitney.event.Topic;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The README quotes what stands between the markers, with {@code file:./.bus} as the store. */
@ExtendWith(NoLeaks.class)
class ReadmeJavaExampleTest {

    private final List<String> lines = new CopyOnWriteArrayList<>();

    // readme:start
    @Topic("user.login")
    record UserLogin(String username) {}

    void example() throws Exception {
        try (EventBus bus = EventBus.builder("orders").store("memory:").build()) {
            bus.subscribe("user.*", event -> print(event.payload(UserLogin.class).username()));

            Publication login = bus.publish("user.login", new UserLogin("alice"));
            login.join(Duration.ofSeconds(5)); // the handlers have run: login.outcome() is HANDLED

            bus.replay(Selection.builder().pattern("user.*").build()); // and run again
        }
    }

    // readme:end

    private void print(String line) {
        lines.add(line);
    }

    @Test
    @DisplayName("The README's Java example runs")
    void runs() throws Exception {
        example();
        assertThat(lines).containsExactly("alice", "alice");
    }
}
