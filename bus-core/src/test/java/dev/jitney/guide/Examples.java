// SPDX-License-Identifier: Apache-2.0
package dev.jitney.guide;

import dev.jitney.EventBus;
import dev.jitney.NoLeaks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What examples that do not build a bus of their own take for granted. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
abstract class Examples {

    static final Duration LONG = Duration.ofSeconds(20);

    final List<String> lines = new CopyOnWriteArrayList<>();
    final EventBus bus = EventBus.builder("orders").build();

    @AfterEach
    void close() {
        bus.close();
    }

    void print(Object line) {
        lines.add(String.valueOf(line));
    }

    void settle() throws InterruptedException {
        if (!bus.awaitIdle(LONG)) {
            throw new AssertionError("The bus is not idle after 20 s");
        }
    }
}
