// SPDX-License-Identifier: Apache-2.0
package dev.jitney.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.EventBus;
import dev.jitney.Publication;
import dev.jitney.RejectException;
import dev.jitney.RetryException;
import dev.jitney.RetryPolicy;
import dev.jitney.SubscribeOptions;
import dev.jitney.event.DeadLetter;
import dev.jitney.event.Event;
import dev.jitney.spi.DeadLetterSink.Filter;
import dev.jitney.test.TestBus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeadLettersGuideTest {

    private final List<String> lines = new ArrayList<>();
    private boolean up;
    private boolean printer;

    private void charge(Event event) throws IOException {
        if (!up) {
            throw new IOException("The bank does not answer.");
        }
    }

    private void print(String line) {
        lines.add(line);
    }

    @Test
    void retries() throws Exception {
        try (TestBus kit = TestBus.create("orders").expectFailures("order.placed")) {
            EventBus bus = kit.bus();
            // guide:start dead-letters
            RetryPolicy patient =
                    RetryPolicy.builder()
                            .attempts(5) // the first one included
                            .exponential(Duration.ofSeconds(1)) // 1, 2, 4, 8 s
                            .jitter(0.2) // less up to a fifth, so that not all come at once
                            .ceiling(Duration.ofMinutes(5))
                            .retryOn(IOException.class)
                            .build();
            SubscribeOptions billing =
                    SubscribeOptions.builder().name("billing").retry(patient).build();
            bus.subscribe("order.placed", billing, event -> charge(event));
            // guide:end
            Publication placed = kit.publish("order.placed", 7);
            kit.advance(Duration.ofMinutes(5));
            assertThat(placed.handlerResults().get(0).attempts()).isEqualTo(5);
            up = true;
            // guide:start dead-letters
            Filter failed = Filter.builder().handler("billing").build();
            for (DeadLetter letter : bus.deadLetters().list(failed, 10)) {
                print(letter.handler() + ", " + letter.reason() + ": " + letter.errorMessage());
            }
            Map<String, Boolean> handled =
                    bus.deadLetters().retryAll(failed, 3).toCompletableFuture().get();
            // guide:end
            assertThat(handled.values()).containsExactly(true);
            assertThat(bus.deadLetters().size()).isZero();
        }
        assertThat(lines).containsExactly("billing, HANDLER_ERROR: The bank does not answer.");
    }

    @Test
    void said() throws Exception {
        try (TestBus kit = TestBus.create("orders").expectFailures("order.printed")) {
            EventBus bus = kit.bus();
            // guide:start dead-letters
            bus.subscribe(
                    "order.printed",
                    event -> {
                        if (event.payload() == null) {
                            throw new RejectException("An order without items cannot be printed.");
                        }
                        if (!printerReady()) {
                            throw RetryException.after(Duration.ofMinutes(1));
                        }
                        print("printed");
                    });
            // guide:end
            kit.publish("order.printed", null);
            kit.publish("order.printed", 7);
            kit.advance(Duration.ofMinutes(1));
            assertThat(kit.deadLetters())
                    .extracting(DeadLetter::reason)
                    .containsExactly(DeadLetter.Reason.REJECTED);
        }
        assertThat(lines).containsExactly("printed");
    }

    private boolean printerReady() {
        boolean ready = printer;
        printer = true;
        return ready;
    }
}
