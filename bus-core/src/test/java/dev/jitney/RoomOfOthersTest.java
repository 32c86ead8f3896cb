// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static dev.jitney.Await.completed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Outcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A handler waits for room on a bus whose handler waits for an event that waits for the first one's
 * lane.
 */
@ExtendWith(NoLeaks.class)
class RoomOfOthersTest {

    private final Gate sender = new Gate();
    private final Gate parent = new Gate();
    private final CompletableFuture<Thread> sends = new CompletableFuture<>();

    /**
     * @param forwarded whether the event comes to that lane from a bus in between
     * @param roomFirst whether the wait for room begins before that for the event
     */
    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    @Timeout(5)
    @DisplayName("ORD-8 BPR-1 NST-2 a wait for room that could never end goes on without room")
    void goesOn(boolean forwarded, boolean roomFirst) throws Exception {
        // The limits are off, so that nothing else ends the wait.
        try (EventBus busy = bus("busy").build();
                EventBus between = bus("between").build();
                EventBus full = bus("full").pendingLimit(1).build()) {
            if (forwarded) {
                between.forwardTo(busy, "child");
            }
            busy.subscribe("child", event -> {});
            busy.subscribe(
                    "send",
                    event -> {
                        sender.pass();
                        sends.complete(Thread.currentThread());
                        full.publish("more", 1);
                    });
            EventBus asked = forwarded ? between : busy;
            full.subscribe(
                    "parent",
                    event -> {
                        parent.pass();
                        asked.publishAndJoin(asked.newEvent("child", 1), Duration.ZERO);
                    });

            Publication sent = busy.publish("send", 1);
            sender.awaitReached();
            Publication published = full.publish("parent", 1);
            parent.awaitReached();
            full.publish("fills", 1);
            if (roomFirst) {
                sender.open();
                Thread thread = sends.get();
                Await.until("it waits for room", () -> thread.getState() == Thread.State.WAITING);
                parent.open();
            } else {
                parent.open();
                Await.until("the child waits", () -> busy.pendingCount() == 1);
                sender.open();
            }
            assertThat(completed(sent).outcome()).isEqualTo(Outcome.HANDLED);
            assertThat(completed(published).outcome()).isEqualTo(Outcome.HANDLED);
        }
    }

    private static EventBusBuilder bus(String name) {
        return EventBus.builder(name).handlerTimeout(Duration.ZERO).eventTimeout(Duration.ZERO);
    }
}
