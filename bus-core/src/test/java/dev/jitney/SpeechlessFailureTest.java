// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.Outcome;
import dev.jitney.spi.DeadLetterSink.Filter;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.PublicationInfo;
import dev.jitney.tck.WordMasker;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.MissingResourceException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Failures whose own methods fail. */
@ExtendWith(NoLeaks.class)
class SpeechlessFailureTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private static final class NoMessage extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new MissingResourceException("no texts", "texts", "failed");
        }
    }

    private static final class NoText extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        @SuppressWarnings("NullAway") // That is the mistake.
        public String toString() {
            return null;
        }
    }

    private static final class NoCause extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public synchronized @Nullable Throwable getCause() {
            throw new IllegalStateException("no cause");
        }
    }

    private static final class NoClass extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getLocalizedMessage() {
            throw new NoClassDefFoundError("Texts");
        }
    }

    private static final class NoStack extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public void printStackTrace(PrintWriter writer) {
            throw new AssertionError("no stack");
        }
    }

    private static RuntimeException endless() {
        RuntimeException failure = new RuntimeException("first");
        for (int i = 0; i < 20_000; i++) {
            failure = new RuntimeException("next", failure);
        }
        return failure;
    }

    static List<RuntimeException> failures() {
        return List.of(
                new NoMessage(),
                new NoText(),
                new NoCause(),
                new NoClass(),
                new NoStack(),
                endless());
    }

    @ParameterizedTest
    @MethodSource("failures")
    @DisplayName("ERR-1 a failure that cannot say what it is is one as any other")
    void isOneAsAnyOther(RuntimeException failure) throws Exception {
        check(EventBus.builder("orders"), failure);
    }

    @ParameterizedTest
    @MethodSource("failures")
    @DisplayName(
            "ERR-1 RED-1 a failure that cannot say what it is, nor be masked, is one as any other")
    void isOneAsAnyOtherWhereFailuresAreMasked(RuntimeException failure) throws Exception {
        check(EventBus.builder("orders").masker(new WordMasker("next", "***")), failure);
    }

    @ParameterizedTest
    @MethodSource("failures")
    @DisplayName("ERR-1 an action that fails so harms nobody who runs it")
    void harmsNobodyWhoRunsIt(RuntimeException failure) throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (EventBus bus = EventBus.builder("orders").build()) {
            Runnable fail =
                    () -> {
                        throw failure;
                    };
            Subscription mail = bus.subscribe("order.*", event -> {});
            Publication order = bus.publishAndJoin("order.placed", 1, LONG);
            order.whenCompleted(publication -> fail.run());
            mail.onClosed(fail);
            mail.onClosed(() -> seen.add("closed"));
            mail.close();
            mail.onClosed(fail);
            assertThat(seen).containsExactly("closed");
        }
    }

    @ParameterizedTest
    @MethodSource("failures")
    @DisplayName("ERR-6 a plugin that fails so harms no event")
    void harmsNoEvent(RuntimeException failure) throws Exception {
        EventBusBuilder builder =
                EventBus.builder("orders")
                        .interceptor(
                                new Interceptor() {
                                    @Override
                                    public String name() {
                                        return "audit";
                                    }

                                    @Override
                                    public void started(PublicationInfo publication) {
                                        throw failure;
                                    }
                                });
        try (EventBus bus = builder.build()) {
            bus.subscribe("order.*", event -> {});
            Publication order = bus.publishAndJoin("order.placed", 1, LONG);
            assertThat(order.outcome()).isEqualTo(Outcome.HANDLED);
        }
    }

    private static void check(EventBusBuilder builder, RuntimeException failure) throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (EventBus bus = builder.build()) {
            bus.subscribe(
                    "order.*",
                    SubscribeOptions.builder().name("mail").retry(RetryPolicy.immediate(2)).build(),
                    event -> {
                        throw failure;
                    });
            bus.subscribe("order.*", event -> seen.add(event.topic()));
            bus.subscribe("system.handler_error", event -> seen.add(event.topic()));
            Publication order = bus.publish("order.placed", 1);
            assertThat(order.join(LONG)).isTrue();
            assertThat(order.outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
            assertThat(order.reason()).startsWith("Handler 'mail' failed: ");
            assertThat(order.handlerResults().get(0).error()).isSameAs(failure);
            assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("order.placed");
            assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("system.handler_error");
            assertThat(bus.deadLetters().list(Filter.all(), 10))
                    .extracting(DeadLetter::errorClass)
                    .containsExactly(failure.getClass().getName());
        }
    }
}
