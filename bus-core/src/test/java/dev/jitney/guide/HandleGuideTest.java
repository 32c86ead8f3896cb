// SPDX-License-Identifier: Apache-2.0
package dev.jitney.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.Scope;
import dev.jitney.SubscribeOptions;
import dev.jitney.Subscription;
import dev.jitney.event.Event;
import dev.jitney.event.Severity;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class HandleGuideTest extends Examples {

    @Test
    void kinds() throws Exception {
        // guide:start handle
        bus.subscribe("order.placed", event -> print("plain")); // done when it returns
        bus.subscribeReplying("order.placed", event -> "a value"); // the publication shows it
        bus.subscribeAsync("order.placed", event -> send(event)); // done when its stage is
        // guide:end
        assertThat(bus.publishAndJoin(Event.of("order.placed", null), LONG).values())
                .containsExactly("a value", "sent");
        assertThat(lines).containsExactly("plain");
    }

    private CompletionStage<String> send(Event event) {
        return CompletableFuture.completedFuture("sent");
    }

    @Test
    void options() throws Exception {
        // guide:start handle
        SubscribeOptions options =
                SubscribeOptions.builder()
                        .name("billing") // in results, logs and dead letters
                        .priority(200) // before those of 100
                        .severityAtLeast(Severity.WARNING)
                        .predicate(event -> event.key() != null)
                        .blocking() // off the threads that all handlers share
                        .timeout(Duration.ofSeconds(5))
                        .build();
        Subscription billing = bus.subscribe("order.*", options, event -> print(event.key()));
        // guide:end
        Event wanted = Event.builder("order.late").severity(Severity.WARNING).key("bob").build();
        bus.publishAndJoin(wanted, LONG);
        bus.publishAndJoin(wanted.renew().withKey(null), LONG);
        bus.publishAndJoin(wanted.renew().withSeverity(Severity.INFO), LONG);
        assertThat(lines).containsExactly("bob");
        assertThat(billing.handled()).isEqualTo(1);
    }

    @Test
    void ends() throws Exception {
        // guide:start handle
        Subscription shown = bus.subscribe("order.*", event -> print("shown"));
        shown.close(); // twice is harmless

        SubscribeOptions once = SubscribeOptions.builder().once().build();
        bus.subscribe("order.*", once, event -> print("the first order"));

        try (Scope screen = bus.scope()) { // its subscriptions end with it
            screen.subscribe("order.*", event -> print("on the screen"));
            bus.publishAndJoin(Event.of("order.placed", null), Duration.ofSeconds(5));
        }
        // guide:end
        bus.publishAndJoin(Event.of("order.placed", null), LONG);
        assertThat(lines).containsExactly("the first order", "on the screen");
    }
}
