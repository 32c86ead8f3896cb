// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static dev.jitney.event.Level.OS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.engine.memory.MemoryDeadLetterSink;
import dev.jitney.event.DeadLetter;
import dev.jitney.event.Event;
import dev.jitney.event.Outcome;
import dev.jitney.logs.Logs;
import dev.jitney.spi.ContextCarrier;
import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.DeliveryInfo;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.MetricsBackend;
import dev.jitney.spi.PublicationInfo;
import dev.jitney.spi.ValidationException;
import dev.jitney.test.VirtualTime;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.event.Level;

/** Plugins that throw wherever they can, and a bus that goes on. */
@ExtendWith(NoLeaks.class)
class IsolationTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final VirtualTime time = new VirtualTime();
    private final List<Object> seen = new CopyOnWriteArrayList<>();

    @BeforeEach
    void prepare() {
        Logs.clear();
    }

    private static RuntimeException broken() {
        return new IllegalStateException("broken");
    }

    /** The lines about plugins. */
    private static List<String> warnings() {
        return Logs.messages(Level.WARN).stream()
                .filter(line -> line.startsWith("The ") || line.startsWith("About "))
                .toList();
    }

    private EventBusBuilder builder() {
        return EventBus.builder("orders").clock(time);
    }

    /** Every way of an event: handled, failed, retried, refused, duplicate, from a handler. */
    private void use(EventBus bus, int rounds) throws Exception {
        bus.subscribe("ok", event -> seen.add(event.payload()));
        bus.subscribe("ok", SubscribeOptions.builder().blocking().build(), event -> {});
        bus.subscribe(
                "fails",
                SubscribeOptions.builder().retry(RetryPolicy.immediate(2)).build(),
                event -> {
                    bus.publish("child", 1);
                    throw new IllegalArgumentException("the handler's own");
                });
        for (int i = 0; i < rounds; i++) {
            Publication ok = bus.publish("ok", i);
            assertThat(ok.join(LONG)).isTrue();
            assertThat(ok.outcome()).isEqualTo(Outcome.HANDLED);
            Publication again = bus.publish(ok.event());
            assertThat(again.join(LONG)).isTrue();
            assertThat(again.outcome()).isEqualTo(Outcome.DUPLICATE);
            Publication fails = bus.publish("fails", i);
            assertThat(fails.join(LONG)).isTrue();
            assertThat(fails.outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
            assertThat(fails.handlerResults().get(0).error())
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(bus.awaitIdle(LONG)).isTrue();
        assertThat(bus.pendingCount()).isZero();
        assertThat(seen).hasSize(rounds);
    }

    /** Throws out of every hook that it is asked for, and out of what those return. */
    private static final class Thrower implements Interceptor {

        @Override
        public String name() {
            return "thrower";
        }

        @Override
        public PublicationInfo.Observer observe(Event event, PublicationInfo.Origin origin) {
            return proxy(PublicationInfo.Observer.class);
        }

        @Override
        public void subscriptionAdded(SubscriptionInfo subscription) {
            throw broken();
        }

        @Override
        public void subscriptionRemoved(SubscriptionInfo subscription) {
            throw broken();
        }
    }

    /** All methods throw; those that return another observer return one of the same kind. */
    private static <T> T proxy(Class<T> type) {
        InvocationHandler thrower =
                (self, method, arguments) -> {
                    switch (method.getName()) {
                        case "observe":
                            return proxy(DeliveryInfo.Observer.class);
                        case "enter":
                            return (AutoCloseable)
                                    () -> {
                                        throw broken();
                                    };
                        default:
                            throw broken();
                    }
                };
        return type.cast(
                Proxy.newProxyInstance(
                        IsolationTest.class.getClassLoader(), new Class<?>[] {type}, thrower));
    }

    @Test
    @DisplayName(
            "ERR-6 an interceptor that throws everywhere is logged once a minute, and changes nothing")
    void interceptor() throws Exception {
        Diary diary = new Diary();
        try (EventBus bus = builder().interceptor(new Thrower()).interceptor(diary).build()) {
            use(bus, 3);
            assertThat(diary.of("ok")).contains("completed HANDLED");
            assertThat(warnings())
                    .containsExactly(
                            "The interceptor 'thrower' has failed in 'subscriptionAdded':"
                                    + " java.lang.IllegalStateException: broken.");
            time.advance(Duration.ofMinutes(1));
            assertThat(bus.publish("none", 1).join(LONG)).isTrue();
        }
        assertThat(warnings()).hasSize(3);
        assertThat(warnings().get(1))
                .matches(
                        "The interceptor 'thrower' has failed in 'beforePublish':"
                                + " java\\.lang\\.IllegalStateException: broken\\. The like has"
                                + " happened \\d+ times more since the last report\\.");
        assertThat(warnings().get(2))
                .matches(
                        "About the interceptor 'thrower': The like has happened \\d+ times more"
                                + " since the last report\\.");
    }

    @Test
    @DisplayName("ERR-6 an interceptor that cannot even observe keeps nobody from it")
    void observe() throws Exception {
        Diary diary = new Diary();
        Interceptor blind =
                new Interceptor() {
                    @Override
                    public String name() {
                        return "blind";
                    }

                    @Override
                    public PublicationInfo.Observer observe(
                            Event event, PublicationInfo.Origin origin) {
                        throw broken();
                    }
                };
        try (EventBus bus = builder().interceptor(blind).interceptor(diary).build()) {
            use(bus, 1);
            assertThat(diary.of("ok")).contains("completed HANDLED");
        }
        assertThat(warnings().get(0))
                .isEqualTo(
                        "The interceptor 'blind' has failed in 'observe':"
                                + " java.lang.IllegalStateException: broken.");
    }

    @Test
    @DisplayName("ERR-6 a validator that throws has refused nothing; one that refuses has")
    void validator() throws Exception {
        EventValidator failing =
                new EventValidator() {
                    @Override
                    public String name() {
                        return "failing";
                    }

                    @Override
                    public List<ValidationException.Problem> validate(Event event) {
                        throw broken();
                    }
                };
        try (EventBus bus =
                builder().validator(failing).validator(new DeadLettersTest.Numbers()).build()) {
            use(bus, 2);
            assertThatThrownBy(() -> bus.publish("text", "text"))
                    .isInstanceOf(ValidationException.class);
            assertThat(warnings())
                    .containsExactly(
                            "The event validator 'failing' has failed in 'validate':"
                                    + " java.lang.IllegalStateException: broken.");
        }
    }

    @Test
    @DisplayName("ERR-6 a context carrier that throws is passed over")
    void carrier() throws Exception {
        for (String where : List.of("capture", "restore", "close of restore", "correlationId")) {
            Logs.clear();
            seen.clear();
            try (EventBus bus = builder().contextCarrier(new FailingCarrier(where)).build()) {
                use(bus, 2);
                Event event = bus.publish("t", 1).event();
                assertThat(event.correlationId()).isEqualTo(event.id());
                assertThat(warnings())
                        .as(where)
                        .containsExactly(
                                "The context carrier 'failing' has failed in '"
                                        + where
                                        + "': java.lang.IllegalStateException: broken.");
            }
        }
    }

    private record FailingCarrier(String where) implements ContextCarrier {

        private void at(String place) {
            if (where.equals(place)) {
                throw broken();
            }
        }

        @Override
        public String name() {
            return "failing";
        }

        @Override
        public Object capture() {
            at("capture");
            return "something";
        }

        @Override
        public AutoCloseable restore(Object captured) {
            at("restore");
            return () -> at("close of restore");
        }

        @Override
        public String correlationId() {
            at("correlationId");
            return null;
        }
    }

    /** Throws in every method; its handles throw too, if it gives any. */
    private record FailingMetrics(boolean givesHandles) implements MetricsBackend {

        private LongConsumer handle() {
            if (!givesHandles) {
                throw broken();
            }
            return amount -> {
                throw broken();
            };
        }

        @Override
        public LongConsumer counter(String name, Map<String, String> tags) {
            return handle();
        }

        @Override
        public LongConsumer timer(String name, Map<String, String> tags) {
            return handle();
        }

        @Override
        public AutoCloseable gauge(String name, Map<String, String> tags, LongSupplier value) {
            throw broken();
        }
    }

    @Test
    @DisplayName(
            "ERR-6 a metrics backend that throws, or whose handles do, measures nothing and breaks nothing")
    void metrics() throws Exception {
        for (boolean givesHandles : List.of(true, false)) {
            Logs.clear();
            seen.clear();
            try (EventBus bus = builder().metrics(new FailingMetrics(givesHandles)).build()) {
                use(bus, 2);
                assertThat(bus.stats().handled()).isPositive();
                assertThat(warnings())
                        .containsExactly(
                                "The metrics backend has failed in 'gauge':"
                                        + " java.lang.IllegalStateException: broken.");
            }
        }
    }

    @Test
    @DisplayName("ERR-6 a sink that throws loses its letters, and says so")
    void sink() throws Exception {
        DeadLetterSink failing = proxy(DeadLetterSink.class);
        try (EventBus bus =
                builder()
                        .deadLetters(failing)
                        .validator(new DeadLettersTest.Numbers())
                        .pendingLimit(1)
                        .build()) {
            use(bus, 2);
            assertThatThrownBy(() -> bus.publish("text", "text"))
                    .isInstanceOf(ValidationException.class);
            assertThat(warnings())
                    .containsExactly(
                            "The dead-letter sink has failed in 'add':"
                                    + " java.lang.IllegalStateException: broken.");
            // Who asks it himself hears of it himself.
            assertThatThrownBy(() -> bus.deadLetters().size()).hasMessage("broken");
            assertThatThrownBy(() -> bus.deadLetters().retry("x").toCompletableFuture().get())
                    .hasRootCauseMessage("broken");
        }
    }

    /** Keeps letters, but cannot take one away or change it. */
    private static DeadLetterSink stubborn() {
        DeadLetterSink sink = new MemoryDeadLetterSink(10);
        InvocationHandler handler =
                (self, method, arguments) -> {
                    if (List.of("remove", "update").contains(method.getName())) {
                        throw broken();
                    }
                    return method.invoke(sink, arguments);
                };
        return (DeadLetterSink)
                Proxy.newProxyInstance(
                        IsolationTest.class.getClassLoader(),
                        new Class<?>[] {DeadLetterSink.class},
                        handler);
    }

    @Test
    @DisplayName("ERR-6 ERR-5 a retry whose end the sink cannot keep fails, and waits for nothing")
    void stubbornSink() throws Exception {
        try (EventBus bus = builder().deadLetters(stubborn()).build()) {
            bus.subscribe(
                    "t",
                    event -> {
                        throw broken();
                    });
            assertThat(bus.publish("t", 1).join(LONG)).isTrue();
            DeadLetter letter = bus.deadLetters().list(DeadLetterSink.Filter.all(), 1).get(0);
            assertThatThrownBy(
                            () -> bus.deadLetters().retry(letter.id()).toCompletableFuture().get())
                    .hasRootCauseMessage("broken");
            assertThat(bus.awaitIdle(LONG)).isTrue();
        }
    }

    @Test
    @DisplayName("ERR-6 ERR-1 what a bus cannot publish about itself is logged, and breaks no lane")
    void ownEvents() throws Exception {
        HeldStore store = new HeldStore();
        try (EventBus bus = builder().store(store).deliverAfter(OS).build()) {
            bus.subscribe(
                    "t",
                    event -> {
                        store.close();
                        throw broken();
                    });
            Publication publication = bus.publish("t", 1);
            store.release();
            assertThat(publication.join(LONG)).isTrue();
            assertThat(publication.outcome()).isEqualTo(Outcome.HANDLED_WITH_FAILURES);
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(
                            Logs.messages(Level.WARN).stream()
                                    .filter(line -> line.startsWith("Bus 'orders' could not")))
                    .hasSize(1)
                    .allMatch(
                            line ->
                                    line.startsWith(
                                            "Bus 'orders' could not publish"
                                                    + " 'system.handler_error': "));
        }
    }

    @Test
    @DisplayName("ERR-6 a store is required: publish fails with its reason")
    void store() throws Exception {
        try (EventBus bus = builder().store("memory:").build()) {
            assertThatThrownBy(() -> bus.publish("t", new Object()))
                    .isInstanceOf(EventFormatException.class);
            use(bus, 1);
        }
    }

    @Test
    @DisplayName("ERR-6 failures of several plugins are counted each for itself")
    void counted() throws Exception {
        List<String> counted = new CopyOnWriteArrayList<>();
        MetricsBackend metrics =
                MetricsBackend.callback(
                        (type, name, tags, value) -> {
                            if (name.equals("bus.plugins.failures")) {
                                counted.add(tags.get("plugin"));
                            }
                        });
        try (EventBus bus =
                builder()
                        .metrics(metrics)
                        .contextCarrier(new FailingCarrier("capture"))
                        .interceptor(new Thrower())
                        .build()) {
            bus.publish("t", 1).join(LONG);
        }
        assertThat(Stream.of("context carrier 'failing'", "interceptor 'thrower'"))
                .allMatch(counted::contains);
    }
}
