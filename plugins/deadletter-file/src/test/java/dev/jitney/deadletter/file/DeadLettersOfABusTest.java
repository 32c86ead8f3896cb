// SPDX-License-Identifier: Apache-2.0
package dev.jitney.deadletter.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.EventBus;
import dev.jitney.SubscribeOptions;
import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeadLetter.Reason;
import dev.jitney.event.Event;
import dev.jitney.spi.DeadLetterSink.Filter;
import dev.jitney.spi.DeadLetterSinkProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of the README: a bus that is restarted finds its letters, and retries them. */
class DeadLettersOfABusTest {

    @TempDir private Path directory;

    private EventBus open() {
        // README
        return EventBus.builder("shop")
                .plugin(
                        DeadLetterSinkProvider.class,
                        "file",
                        Map.of("directory", directory.toString()))
                .build();
        // README end
    }

    @Test
    @DisplayName("ERR-5 a letter is retried by a bus of a later run, with the same event")
    void aLaterRunRetries() throws Exception {
        String id;
        try (EventBus bus = open()) {
            bus.subscribe(
                    "order.placed",
                    SubscribeOptions.builder().name("mail").build(),
                    event -> {
                        throw new IllegalStateException("no route to mail");
                    });
            Event event = Event.builder("order.placed").payload(Map.of("order", 7)).build();
            bus.publishAndJoin(event, Duration.ofSeconds(10));
            id = event.id();
            assertThat(bus.deadLetters().size()).isEqualTo(1);
        }
        List<Event> handled = new CopyOnWriteArrayList<>();
        try (EventBus bus = open()) {
            bus.subscribe(
                    "order.placed", SubscribeOptions.builder().name("mail").build(), handled::add);
            DeadLetter letter = bus.deadLetters().list(Filter.all(), 10).get(0);
            assertThat(letter.reason()).isEqualTo(Reason.HANDLER_ERROR);
            assertThat(letter.handler()).isEqualTo("mail");
            assertThat(letter.errorMessage()).isEqualTo("no route to mail");
            Map<String, Boolean> retried =
                    bus.deadLetters()
                            .retryAll(Filter.all(), 3)
                            .toCompletableFuture()
                            .get(10, TimeUnit.SECONDS);
            assertThat(retried).containsExactly(Map.entry(letter.id(), true));
            assertThat(bus.deadLetters().size()).isZero();
        }
        assertThat(handled).extracting(Event::id).containsExactly(id);
    }
}
