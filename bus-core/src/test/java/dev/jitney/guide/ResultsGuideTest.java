// SPDX-License-Identifier: Apache-2.0
package dev.jitney.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.Completion;
import dev.jitney.HandlerResult;
import dev.jitney.Publication;
import dev.jitney.PublishOptions;
import dev.jitney.SubscribeOptions;
import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ResultsGuideTest extends Examples {

    @Test
    void results() throws Exception {
        SubscribeOptions near = SubscribeOptions.builder().name("near").priority(200).build();
        bus.subscribeReplying("price.asked", near, event -> 42);
        SubscribeOptions far = SubscribeOptions.builder().name("far").build();
        bus.subscribeReplying("price.asked", far, event -> 40);
        // guide:start results
        Duration limit = Duration.ofSeconds(5);
        Integer price = bus.request("price.asked", "a book", Integer.class, limit); // 42

        Publication asked = bus.publishAndJoin(Event.of("price.asked", "a book"), limit);
        print(asked.results()); // [42, 40]: in the order of the handlers
        for (HandlerResult one : asked.handlerResults()) {
            print(one.subscription() + " " + one.state() + " " + one.value());
        }

        PublishOptions first =
                PublishOptions.builder()
                        .completion(Completion.FIRST) // the first value ends the event
                        .resultType(Integer.class) // anything else is a failure
                        .build();
        Publication fastest = bus.publishAndJoin(Event.of("price.asked", "a pen"), first, limit);
        print(fastest.result(Integer.class)); // 42, and 'far' is CANCELLED without having run
        // guide:end
        assertThat(price).isEqualTo(42);
        assertThat(lines)
                .containsExactly("[42, 40]", "near COMPLETED 42", "far COMPLETED 40", "42");
        assertThat(fastest.handlerResults().get(1).state()).isEqualTo(DeliveryState.CANCELLED);
    }
}
