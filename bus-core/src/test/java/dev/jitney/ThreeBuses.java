// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** Three buses to forward between, and what was seen on them. */
@ExtendWith(NoLeaks.class)
abstract class ThreeBuses {

    static final Duration LONG = Duration.ofSeconds(20);

    final EventBus a = EventBus.builder("a").build();
    final EventBus b = EventBus.builder("b").build();
    final EventBus c = EventBus.builder("c").build();
    final List<Object> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        a.close();
        b.close();
        c.close();
    }
}
