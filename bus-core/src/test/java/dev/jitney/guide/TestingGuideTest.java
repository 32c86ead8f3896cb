// SPDX-License-Identifier: Apache-2.0
package dev.jitney.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.EventBus;
import dev.jitney.Handler;
import dev.jitney.NoLeaks;
import dev.jitney.RetryPolicy;
import dev.jitney.SubscribeOptions;
import dev.jitney.event.Event;
import dev.jitney.test.TestBus;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class TestingGuideTest {

    private static final class Billing {

        private boolean paper;

        Billing(EventBus bus) {
            SubscribeOptions retrying =
                    SubscribeOptions.builder()
                            .name("billing")
                            .retry(RetryPolicy.fixed(2, Duration.ofMinutes(1)))
                            .build();
            bus.subscribe(
                    "order.placed",
                    retrying,
                    event -> {
                        if (!paper) {
                            paper = true;
                            throw new IllegalStateException("no paper");
                        }
                        bus.publish("invoice.sent", event.payload());
                    });
        }
    }

    @Test
    void testing() {
        // guide:start testing
        try (TestBus kit = TestBus.create("orders")) {
            new Billing(kit.bus()); // what is tested takes an EventBus, and this is a real one

            kit.publish("order.placed", new Order(7, "alice")); // and all that follows has ended
            kit.assertNotPublished("invoice.*"); // the printer has no paper: billing tries again

            kit.advance(Duration.ofMinutes(1)); // takes no true time
            Event invoice = kit.awaitEvent("invoice.sent");
            assertThat(invoice.payload(Order.class).customer()).isEqualTo("alice");
            assertThat(kit.published()).extracting(Event::topic).doesNotContain("invoice.late");
        } // fails for a handler that has failed for good, and whatever else was not expected
        // guide:end
    }

    @Test
    void slow() {
        // guide:start testing
        try (TestBus kit = TestBus.create("orders").expectFailures("report.wanted")) {
            Handler slow = event -> kit.time().sleep(Duration.ofHours(1)); // nor does this
            kit.bus().subscribe("report.wanted", slow);
            kit.publish("report.wanted", null);

            kit.advance(Duration.ofSeconds(30)); // the limit of a handler
            assertThat(kit.failures()).hasSize(1);
        }
        // guide:end
    }
}
