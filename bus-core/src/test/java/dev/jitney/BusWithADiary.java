// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.test.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.extension.ExtendWith;

/** A bus with an interceptor that notes what it is told. */
@ExtendWith(NoLeaks.class)
abstract class BusWithADiary {

    static final Duration LONG = Duration.ofSeconds(20);

    final VirtualTime time = new VirtualTime();
    final Diary diary = new Diary();

    EventBusBuilder builder() {
        return EventBus.builder("orders").interceptor(diary);
    }

    static SubscribeOptions named(String name) {
        return SubscribeOptions.builder().name(name).build();
    }

    static void joined(Publication publication) throws InterruptedException {
        assertThat(publication.join(LONG)).isTrue();
    }
}
