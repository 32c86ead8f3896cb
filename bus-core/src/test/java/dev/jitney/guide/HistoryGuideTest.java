// SPDX-License-Identifier: Apache-2.0
package dev.jitney.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.FindOptions;
import dev.jitney.Publication;
import dev.jitney.ReplayOptions;
import dev.jitney.ReplayReport;
import dev.jitney.SubscribeOptions;
import dev.jitney.event.Event;
import dev.jitney.event.Selection;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HistoryGuideTest extends Examples {

    @Test
    void find() throws Exception {
        bus.publish("user.login", "alice");
        settle();
        // guide:start history
        FindOptions aliceLately =
                FindOptions.builder("user.login")
                        .predicate(event -> "alice".equals(event.payload()))
                        .past(Duration.ofMinutes(5)) // the newest of the last 5 minutes,
                        .future(Duration.ofSeconds(10)) // else the next within 10 s
                        .build();
        Event login = bus.find(aliceLately).get(); // null if there is none
        // guide:end
        assertThat(login.payload()).isEqualTo("alice");
    }

    @Test
    void debounce() throws Exception {
        bus.subscribe("cache.refreshed", event -> print("refreshed"));
        for (int i = 0; i < 3; i++) {
            // guide:start history
            FindOptions lately =
                    FindOptions.builder("cache.refreshed").past(Duration.ofSeconds(30)).build();
            Publication refreshed =
                    bus.findOrPublish(lately, () -> Event.of("cache.refreshed", null));
            refreshed.join(Duration.ofSeconds(5)); // of all callers only one has published
            // guide:end
        }
        assertThat(lines).containsExactly("refreshed");
    }

    @Test
    void replay() throws Exception {
        SubscribeOptions billing = SubscribeOptions.builder().name("billing").build();
        bus.publish("order.placed", 7);
        bus.publish("user.login", "alice");
        settle();
        bus.subscribe("order.*", billing, event -> print(event.header("replayof") != null));
        bus.subscribe("order.*", event -> print("not asked for"));
        // guide:start history
        ReplayReport report =
                bus.replay(
                        ReplayOptions.builder()
                                .selection(Selection.builder().pattern("order.*").build())
                                .speed(10) // ten times as fast as they came
                                .maxGap(Duration.ofSeconds(1))
                                .handlers("billing") // subscriptions of this name only
                                .build());
        print(report.delivered() + " delivered, " + report.failed() + " failed");
        // guide:end
        assertThat(lines).containsExactly("true", "1 delivered, 0 failed");
    }
}
