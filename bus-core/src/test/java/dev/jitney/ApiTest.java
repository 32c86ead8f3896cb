// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Outcome;
import java.lang.reflect.Executable;
import java.lang.reflect.Type;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ApiTest {

    static List<Class<?>> api() {
        return List.of(
                BackpressureException.class,
                BusClosedException.class,
                Delivery.class,
                Delivery.Entry.class,
                DeliveryHandler.class,
                DrainReport.class,
                EventBus.class,
                EventBusBuilder.class,
                Handler.class,
                HandlerResult.class,
                LiveEvents.class,
                Outcome.class,
                Overflow.class,
                Publication.class,
                ReplayReport.class,
                ReplyHandler.class,
                StageHandler.class,
                SubscribeOptions.class,
                SubscribeOptions.Builder.class,
                Subscription.class);
    }

    @ParameterizedTest
    @MethodSource("api")
    @DisplayName("SUB-1 no Kotlin type is in what Java callers see")
    void noKotlin(Class<?> type) {
        Stream<Executable> members =
                Stream.concat(Stream.of(type.getMethods()), Stream.of(type.getConstructors()));
        assertThat(
                        members.flatMap(
                                        member ->
                                                Stream.concat(
                                                        Stream.of(
                                                                member.getGenericParameterTypes()),
                                                        Stream.of(
                                                                member.getAnnotatedReturnType()
                                                                        .getType())))
                                .map(Type::getTypeName))
                .allMatch(name -> !name.startsWith("kotlin"));
    }
}
