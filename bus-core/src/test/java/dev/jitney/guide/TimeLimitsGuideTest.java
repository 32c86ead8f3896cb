// SPDX-License-Identifier: Apache-2.0
package dev.jitney.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.EventBus;
import dev.jitney.Publication;
import dev.jitney.PublishOptions;
import dev.jitney.SubscribeOptions;
import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import dev.jitney.test.TestBus;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class TimeLimitsGuideTest {

    private final CountDownLatch answer = new CountDownLatch(1);

    @Test
    void limits() {
        try (TestBus kit = TestBus.create("orders").expectFailures("order.*")) {
            EventBus bus = kit.bus();
            // guide:start time-limits
            SubscribeOptions twoSeconds =
                    SubscribeOptions.builder()
                            .name("carrier")
                            .timeout(Duration.ofSeconds(2)) // for each attempt, from its start
                            .slowThreshold(Duration.ofSeconds(1)) // then one warning
                            .build();
            bus.subscribe("order.packed", twoSeconds, event -> answer.await());

            PublishOptions inAll = PublishOptions.builder().timeout(Duration.ofSeconds(5)).build();
            Publication packed = bus.publish(Event.of("order.packed", 7), inAll);
            // guide:end
            kit.advance(Duration.ofSeconds(2));
            assertThat(packed.outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
            assertThat(packed.handlerResults().get(0).state()).isEqualTo(DeliveryState.TIMED_OUT);
        }
    }
}
