// SPDX-License-Identifier: Apache-2.0
package dev.jitney.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.Dispatch;
import dev.jitney.EventBus;
import dev.jitney.Ordering;
import dev.jitney.PublishOptions;
import dev.jitney.event.Event;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderGuideTest extends Examples {

    @Test
    void keyed() throws Exception {
        // guide:start order
        try (EventBus stock = EventBus.builder("stock").ordering(Ordering.KEYED).lanes(4).build()) {
            stock.subscribe("stock.*", event -> print(event.key() + " " + event.payload()));
            for (int i = 1; i <= 3; i++) {
                stock.publish(Event.builder("stock.taken").payload(i).key("screws").build());
                stock.publish(Event.builder("stock.taken").payload(i).key("nuts").build());
            }
            stock.awaitIdle(Duration.ofSeconds(5)); // screws 1, 2, 3 in order, and so the nuts
        }
        // guide:end
        assertThat(lines.stream().filter(line -> line.startsWith("screws")))
                .isEqualTo(List.of("screws 1", "screws 2", "screws 3"));
        assertThat(lines.stream().filter(line -> line.startsWith("nuts")))
                .isEqualTo(List.of("nuts 1", "nuts 2", "nuts 3"));
    }

    @Test
    void options() throws Exception {
        bus.subscribe("user.login", event -> print("seen by " + Thread.currentThread().getName()));
        bus.subscribe("report.wanted", event -> print("reported"));
        // guide:start order
        PublishOptions direct = PublishOptions.builder().dispatch(Dispatch.DIRECT).build();
        bus.publish(Event.of("user.login", "alice"), direct);
        // The handlers have run, on this thread.

        PublishOptions beside = PublishOptions.builder().ordering(Ordering.PARALLEL).build();
        bus.publish(Event.of("report.wanted", null), beside); // does not wait for the lane
        // guide:end
        settle();
        assertThat(lines)
                .containsExactly("seen by " + Thread.currentThread().getName(), "reported");
    }

    @Test
    void group() throws Exception {
        // guide:start order
        EventBus accounts = EventBus.builder("accounts").build();
        EventBus audit = EventBus.builder("audit").serialGroup(accounts).build();
        // Of both together one event is handled at a time, first in, first out.
        // guide:end
        try (accounts;
                audit) {
            accounts.subscribe("*", event -> print("account"));
            audit.subscribe("*", event -> print("audit"));
            accounts.publish("account.opened", null);
            audit.publish("audit.noted", null);
            accounts.publish("account.closed", null);
            assertThat(accounts.awaitIdle(LONG) && audit.awaitIdle(LONG)).isTrue();
        }
        assertThat(lines).containsExactly("account", "audit", "account");
    }
}
