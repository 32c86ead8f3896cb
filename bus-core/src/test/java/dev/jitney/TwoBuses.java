// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two buses whose handlers publish on both, and what was seen on them. */
@ExtendWith(NoLeaks.class)
abstract class TwoBuses {

    static final Duration LONG = Duration.ofSeconds(20);

    final EventBus bus = EventBus.builder("orders").build();
    final EventBus other = EventBus.builder("other").build();
    final List<Object> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        bus.close();
        other.close();
    }

    static CompletionStage<Publication> awaited(Publication publication) {
        return publication.toCompletableFuture();
    }
}
