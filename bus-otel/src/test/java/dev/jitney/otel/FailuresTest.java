// SPDX-License-Identifier: Apache-2.0
package dev.jitney.otel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.EventBus;
import dev.jitney.Handler;
import dev.jitney.SubscribeOptions;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.PrintWriter;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Failures that cannot be written down are failures all the same. */
@Timeout(60)
class FailuresTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final class Wordless extends RuntimeException {

        private static final long serialVersionUID = 1L;

        @Override
        public void printStackTrace(PrintWriter out) {
            throw new IllegalStateException("no words");
        }
    }

    @Test
    @DisplayName("ERR-6 a span whose failure cannot be written down is ended, as one that failed")
    void failureWithoutWords() throws Exception {
        try (Rig rig = new Rig()) {
            EventBus bus = rig.bus("orders");
            bus.subscribe(
                    "order.*",
                    SubscribeOptions.builder().name("mail").build(),
                    (Handler)
                            event -> {
                                throw new Wordless();
                            });
            bus.publish("order.placed", 1).join(PATIENCE);
            assertThat(rig.spans())
                    .filteredOn(span -> span.getName().startsWith("process"))
                    .singleElement()
                    .extracting(SpanData::getStatus)
                    .extracting("statusCode")
                    .isEqualTo(StatusCode.ERROR);
        }
    }
}
