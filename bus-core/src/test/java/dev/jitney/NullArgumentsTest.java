// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeadLetter.Reason;
import dev.jitney.event.Event;
import dev.jitney.event.Selection;
import dev.jitney.event.Severity;
import dev.jitney.spi.AlertStore;
import dev.jitney.spi.DeadLetterSink;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What takes no null says which argument was null, and when it is given, not when it is used. */
class NullArgumentsTest {

    /** What stands for an argument that is not the one in question. */
    private static final Map<Class<?>, Object> GIVEN =
            Map.ofEntries(
                    Map.entry(String.class, "a"),
                    Map.entry(int.class, 1),
                    Map.entry(double.class, 1.0),
                    Map.entry(Object.class, "a"),
                    Map.entry(Duration.class, Duration.ZERO),
                    Map.entry(Instant.class, Instant.EPOCH),
                    Map.entry(Severity.class, Severity.INFO),
                    Map.entry(Predicate.class, (Predicate<Object>) any -> true),
                    Map.entry(Executor.class, (Executor) Runnable::run),
                    Map.entry(Supplier.class, (Supplier<String>) () -> "a"),
                    Map.entry(Runnable.class, (Runnable) () -> {}),
                    Map.entry(Callable.class, (Callable<String>) () -> "a"));

    private static final Event EVENT = Event.of("a.b", 1);

    private record Target(String name, Class<?> type, Supplier<@Nullable Object> made) {}

    private static Stream<Target> targets() {
        return Stream.of(
                of("SubscribeOptions", SubscribeOptions::builder),
                of("PublishOptions", PublishOptions::builder),
                of("ReplayOptions", ReplayOptions::builder),
                of("FindOptions", () -> FindOptions.builder("a.b")),
                of("RetryPolicy", RetryPolicy::builder),
                of("Selection", Selection::builder),
                of("Event", () -> Event.builder("a.b")),
                of("DeadLetter", () -> DeadLetter.builder(EVENT, Reason.HANDLER_ERROR)),
                of("DeadLetterSink.Filter", DeadLetterSink.Filter::builder),
                of("AlertStore.Filter", AlertStore.Filter::builder));
    }

    private static Target of(String name, Supplier<Object> made) {
        return new Target(name, made.get().getClass(), made::get);
    }

    private static Stream<Arguments> setters() {
        return targets()
                .flatMap(
                        target ->
                                Stream.of(target.type().getMethods())
                                        .filter(m -> m.getDeclaringClass() != Object.class)
                                        .filter(m -> !m.isBridge())
                                        .filter(m -> !Modifier.isStatic(m.getModifiers()))
                                        .flatMap(m -> cases(target, m)));
    }

    private static Stream<Arguments> cases(Target target, Method method) {
        return IntStream.range(0, method.getParameterCount())
                .filter(i -> !method.getParameterTypes()[i].isPrimitive())
                .filter(i -> !nullable(method, i))
                .mapToObj(
                        i -> {
                            String name = target.name() + "." + method.getName() + " #" + i;
                            return arguments(named(name, target.made()), method, i);
                        });
    }

    private static boolean nullable(Method method, int index) {
        return method.getAnnotatedParameterTypes()[index].isAnnotationPresent(Nullable.class);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("setters")
    @DisplayName("A setter that takes no null refuses it by the name of its parameter")
    void setterNamesTheArgument(Supplier<Object> made, Method method, int index) {
        Parameter[] parameters = method.getParameters();
        Object[] arguments = new Object[parameters.length];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = i == index ? null : GIVEN.get(parameters[i].getType());
        }
        assertThatThrownBy(() -> invoke(made.get(), method, arguments))
                .isInstanceOf(NullPointerException.class)
                .satisfies(e -> assertThat(e.getMessage()).matches("[a-zA-Z]+"));
    }

    private static Object invoke(Object on, Method method, Object[] arguments) throws Throwable {
        try {
            method.setAccessible(true);
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Stream<Arguments> calls() {
        AlertStore.Alert alert = AlertStore.Alert.of(EVENT, "a", Instant.EPOCH);
        return Stream.of(
                call("pattern", () -> FindOptions.of(none())),
                call("pattern", () -> FindOptions.builder(none())),
                call("selection", () -> ReplayOptions.of(none())),
                call("name", () -> ReplayOptions.builder().handlers("a", none())),
                call("id", () -> CorrelationContext.with(none())),
                call("id", () -> CorrelationContext.runWith(none(), () -> {})),
                call("id", () -> CorrelationContext.callWith(none(), () -> 1)),
                call("action", () -> CorrelationContext.runWith("a", none())),
                call("headers", () -> CorrelationContext.correlationIdFromHeaders(none())),
                call("name", () -> EVENT.withHeader(none(), "a")),
                call("value", () -> EVENT.withHeader("a", none())),
                call("id", () -> EVENT.withId(none())),
                call("topic", () -> EVENT.withTopic(none())),
                call("user", () -> alert.noted(none(), "a", Instant.EPOCH)),
                call("note", () -> alert.noted("a", none(), Instant.EPOCH)),
                call("note", () -> alert.become(RESOLVED, "a", none(), Instant.EPOCH)));
    }

    private static final AlertStore.State RESOLVED = AlertStore.State.RESOLVED;

    private static Arguments call(
            String name, org.junit.jupiter.api.function.Executable executable) {
        return arguments(name, executable);
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T none() {
        return null;
    }

    @ParameterizedTest(name = "{index} {0}")
    @MethodSource("calls")
    @DisplayName("A call that takes no null refuses it by the name of its parameter")
    void callNamesTheArgument(String name, org.junit.jupiter.api.function.Executable call) {
        assertThatThrownBy(call::execute).isInstanceOf(NullPointerException.class).hasMessage(name);
    }

    @Test
    @DisplayName("The table is not empty, and what may be null still may")
    void theTable() {
        assertThat(setters().count()).isGreaterThan(50);
        Event event = Event.builder("a.b").key(null).payload(null).source(null).build();
        assertThat(event.key()).isNull();
    }

    @Test
    @DisplayName("A subscription has no empty name")
    void emptyName() {
        assertThatThrownBy(() -> SubscribeOptions.builder().name(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The name of a subscription is ''. Give at least one character.");
    }

    @Test
    @DisplayName("A handler that is named twice counts once")
    void handlersNamedTwice() {
        ReplayOptions options = ReplayOptions.builder().handlers("b", "a", "b").build();
        assertThat(options.handlers()).isEqualTo(Set.of("a", "b"));
        assertThat(List.copyOf(options.handlers())).containsExactly("b", "a");
    }
}
