// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.engine.memory.MemoryDeadLetterSink;
import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeadLetter.Reason;
import dev.jitney.event.Event;
import dev.jitney.spi.ContextCarrier;
import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.MetricsBackend;
import dev.jitney.spi.ValidationException;
import dev.jitney.spi.ValidationException.Problem;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PluginChainsTest {

    private static final Event EVENT = Event.builder("a.b").id("e").payload(1).build();

    private final LogDiary diary = new LogDiary();
    private final PluginLog log = new PluginLog(InstantSource.system(), diary);
    private final List<String> calls = new ArrayList<>();

    // ---- validators

    private EventValidator validator(String name, Function<Event, List<Problem>> answer) {
        return new EventValidator() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public List<Problem> validate(Event event) {
                calls.add(name);
                return answer.apply(event);
            }
        };
    }

    @Test
    @DisplayName("PUB-3 validators are asked in order of name, up to the first that refuses")
    void asksUpToTheFirstThatRefuses() {
        Validators chain =
                new Validators(
                        List.of(
                                validator("c", event -> List.of(Problem.of("late"))),
                                validator("b", event -> List.of(Problem.at("/x", "is odd"))),
                                validator("a", event -> List.of())),
                        log);
        assertThatThrownBy(() -> chain.check(EVENT))
                .isInstanceOf(ValidationException.class)
                .hasMessage("Event 'a.b' is refused by 'b': at '/x' is odd.");
        assertThat(calls).containsExactly("a", "b");
        assertThat(chain.isEmpty()).isFalse();
        assertThat(chain.list()).extracting(EventValidator::name).containsExactly("a", "b", "c");
    }

    @Test
    @DisplayName("VAL-1 warnings are logged, once a minute, and the event is taken")
    void warningsAreLogged() {
        Problem warning = Problem.of("it is old").asWarning();
        Validators chain = new Validators(List.of(validator("a", event -> List.of(warning))), log);
        for (int i = 0; i < 10; i++) {
            chain.check(EVENT);
        }
        assertThat(diary.lines)
                .containsExactly(
                        "Event 'a.b' with id 'e' has passed 'a' with a warning: it is old.");
        assertThat(diary.failed).as("a warning is no failure").isEmpty();
    }

    @Test
    @DisplayName(
            "ERR-6 a validator that fails lets the event pass, one that throws a refusal does not")
    void aValidatorThatFailsLetsTheEventPass() {
        ValidationException refusal = ValidationException.of("b", EVENT, "no");
        Validators chain =
                new Validators(
                        List.of(
                                validator(
                                        "a",
                                        event -> {
                                            throw new IllegalStateException("bug");
                                        }),
                                validator(
                                        "b",
                                        event -> {
                                            throw refusal;
                                        })),
                        log);
        assertThatThrownBy(() -> chain.check(EVENT)).isSameAs(refusal);
        assertThat(diary.lines)
                .containsExactly(
                        "The event validator 'a' has failed in 'validate':"
                                + " java.lang.IllegalStateException: bug.");
        assertThat(new Validators(List.of(), log).isEmpty()).isTrue();
    }

    // ---- context carriers

    private final class Carrier implements ContextCarrier {

        private final String name;
        private @Nullable String current;

        Carrier(String name, @Nullable String current) {
            this.name = name;
            this.current = current;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public @Nullable Object capture() {
            return current;
        }

        @Override
        public @Nullable AutoCloseable restore(Object captured) {
            calls.add(name + " restores " + captured);
            return () -> calls.add(name + " puts back");
        }

        @Override
        public @Nullable String correlationId() {
            return current;
        }
    }

    private static final class BrokenCarrier implements ContextCarrier {

        @Override
        public String name() {
            return "broken";
        }

        @Override
        public Object capture() {
            throw new IllegalStateException("no capture");
        }

        @Override
        public AutoCloseable restore(Object captured) {
            throw new IllegalStateException("no restore");
        }

        @Override
        public String correlationId() {
            throw new IllegalStateException("no id");
        }
    }

    @Test
    @DisplayName("CTX-4 contexts are restored in order of name and put back the other way round")
    void restoresInOrder() throws Exception {
        Carriers carriers =
                new Carriers(List.of(new Carrier("b", "2"), new Carrier("a", "1")), log);
        Object captured = carriers.capture();
        assertThat(calls).isEmpty();
        AutoCloseable scope = carriers.restore(captured);
        assertThat(scope).isNotNull();
        scope.close();
        assertThat(calls)
                .containsExactly("a restores 1", "b restores 2", "b puts back", "a puts back");
    }

    @Test
    @DisplayName("CTX-4 where there is nothing to carry nothing is restored, and nothing is made")
    void carriesNothing() throws Exception {
        Carriers none = new Carriers(List.of(), log);
        assertThat(none.isEmpty()).isTrue();
        assertThat(none.capture()).isNull();
        assertThat(none.restore(null)).isNull();
        assertThat(none.correlationId()).isNull();
        Carriers empty = new Carriers(List.of(new Carrier("a", null), new Carrier("b", null)), log);
        assertThat(empty.capture()).isNull();
        Carriers one = new Carriers(List.of(new Carrier("a", "1")), log);
        assertThat(one.capture()).as("of a single carrier, as it is").isEqualTo("1");
        Carriers half = new Carriers(List.of(new Carrier("a", null), new Carrier("b", "2")), log);
        AutoCloseable scope = half.restore(half.capture());
        assertThat(scope).isNotNull();
        scope.close();
        assertThat(calls).containsExactly("b restores 2", "b puts back");
    }

    @Test
    @DisplayName("CTX-1 the first carrier that knows a correlation id gives it")
    void givesTheFirstCorrelationId() {
        Carriers carriers =
                new Carriers(
                        List.of(
                                new Carrier("d", "late"),
                                new Carrier("c", "trace"),
                                new Carrier("b", ""),
                                new Carrier("a", null),
                                new BrokenCarrier()),
                        log);
        assertThat(carriers.list())
                .extracting(ContextCarrier::name)
                .containsExactly("a", "b", "broken", "c", "d");
        assertThat(carriers.correlationId()).isEqualTo("trace");
        assertThat(diary.lines).hasSize(1);
    }

    @Test
    @DisplayName("ERR-6 a carrier that fails harms no other")
    void aCarrierThatFailsHarmsNoOther() throws Exception {
        Carriers carriers = new Carriers(List.of(new BrokenCarrier(), new Carrier("a", "1")), log);
        AutoCloseable scope = carriers.restore(carriers.capture());
        assertThat(scope).isNotNull();
        scope.close();
        assertThat(calls).containsExactly("a restores 1", "a puts back");
        assertThat(diary.lines)
                .containsExactly(
                        "The context carrier 'broken' has failed in 'capture':"
                                + " java.lang.IllegalStateException: no capture.");
        Carriers alone = new Carriers(List.of(new BrokenCarrier()), log);
        assertThat(alone.capture()).isNull();
        assertThat(alone.restore("x")).isNull();
    }

    // ---- metrics and dead letters

    private static final class BrokenMetrics implements MetricsBackend {

        private final boolean early;

        BrokenMetrics(boolean early) {
            this.early = early;
        }

        private LongConsumer handle() {
            if (early) {
                throw new IllegalStateException("no handle");
            }
            return number -> {
                throw new IllegalStateException("no number");
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
            LongConsumer handle = handle();
            return () -> handle.accept(1);
        }
    }

    @Test
    @DisplayName("ERR-6 a metrics backend that fails harms nobody")
    void aMetricsBackendThatFailsHarmsNobody() {
        for (boolean early : new boolean[] {true, false}) {
            MetricsBackend guarded = new GuardedMetrics(new BrokenMetrics(early), log);
            assertThatCode(
                            () -> {
                                guarded.counter("c", Map.of()).accept(1);
                                guarded.timer("t", Map.of()).accept(1);
                                guarded.gauge("g", Map.of(), () -> 1).close();
                                guarded.close();
                            })
                    .doesNotThrowAnyException();
        }
        assertThat(diary.failed)
                .as("what it cannot measure it cannot count: only the gauge's end")
                .hasSize(1);
        assertThat(diary.lines)
                .containsExactly(
                        "The metrics backend has failed in 'counter':"
                                + " java.lang.IllegalStateException: no handle.");
    }

    @Test
    @DisplayName("ERR-6 a dead-letter sink that fails harms nobody who adds to it")
    void aSinkThatFailsHarmsNobody() {
        MemoryDeadLetterSink closed = new MemoryDeadLetterSink(1);
        closed.close();
        DeadLetterSink guarded = new GuardedSink(closed, log);
        assertThat(guarded.add(letter("a"))).isEmpty();
        assertThat(diary.lines)
                .containsExactly(
                        "The dead-letter sink has failed in 'add':"
                                + " java.lang.IllegalStateException: Dead-letter sink 'memory' is"
                                + " closed.");
        assertThatThrownBy(guarded::size)
                .as("whoever asks is told")
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    @DisplayName("ERR-5 what a sink evicts is logged, once a minute")
    void whatASinkEvictsIsLogged() {
        MemoryDeadLetterSink sink = new MemoryDeadLetterSink(1);
        DeadLetterSink guarded = new GuardedSink(sink, log);
        for (String id : List.of("a", "b", "c")) {
            guarded.add(letter(id));
        }
        assertThat(guarded.evicted()).isEqualTo(2);
        assertThat(diary.lines)
                .containsExactly(
                        "The dead-letter sink is full, with a bound of 1: the letter of event 'a.b'"
                                + " with id 'e' made room for a newer one.");
        guarded.close();
        assertThat(sink.size()).as("who has opened it closes it").isEqualTo(1);
    }

    private static DeadLetter letter(String id) {
        return DeadLetter.builder(EVENT, Reason.OVERFLOW).id(id).build();
    }
}
