// SPDX-License-Identifier: Apache-2.0
package dev.jitney.proof;

import dev.jitney.event.Event;
import dev.jitney.event.Severity;
import dev.jitney.spi.EventValidator;
import dev.jitney.spi.PluginContext;
import dev.jitney.spi.ValidationException.Problem;
import dev.jitney.tck.EventValidatorContract;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class ValidatorContractProofTest {

    @TempDir private Path scratch;

    /** Refuses events that are not CRITICAL, at a place and without one. */
    private static class Sound implements EventValidator {

        private final boolean warn;

        Sound(boolean warn) {
            this.warn = warn;
        }

        @Override
        public String name() {
            return "sound";
        }

        @Override
        public List<Problem> validate(Event event) {
            if (event.severity() == Severity.CRITICAL) {
                return List.of();
            }
            List<Problem> found =
                    List.of(Problem.of("it is harmless"), Problem.at("/a~1b/0", "is too small"));
            return warn ? found.stream().map(Problem::asWarning).toList() : found;
        }
    }

    private static final class Contract extends EventValidatorContract {

        private final Function<Boolean, EventValidator> validator;

        private Contract(Function<Boolean, EventValidator> validator) {
            this.validator = validator;
        }

        @Override
        protected EventValidator open(PluginContext context) {
            return validator.apply(false);
        }

        @Override
        protected @Nullable EventValidator openToWarn(PluginContext context) {
            return validator.apply(true);
        }

        @Override
        protected List<Event> accepted() {
            return List.of(Event.of("a.b", 1).withSeverity(Severity.CRITICAL));
        }

        @Override
        protected List<Event> refused() {
            return List.of(Event.of("a.b", 1), Event.of("a.c", 1));
        }
    }

    @Test
    @DisplayName("VAL-1 a validator in order passes its contract")
    void aValidatorInOrderPasses() throws Exception {
        new ContractRunner(scratch).passes(() -> new Contract(Sound::new), 9);
    }

    @TestFactory
    Stream<DynamicTest> aValidatorThatBreaksARuleIsFound() {
        ContractRunner.Faults<Function<Boolean, EventValidator>> all =
                new ContractRunner.Faults<>();
        AtomicInteger calls = new AtomicInteger();
        all.add("changes its name", "hasAName", warn -> named(() -> "n" + calls.getAndIncrement()));
        all.add("has an odd name", "hasAName", warn -> named(() -> "My Validator"));
        all.add("refuses everything", "takesWhatIsInOrder", saying(e -> problem("no")));
        all.add("refuses nothing", "refusesWhatIsNot", saying(e -> List.of()));
        all.add("speaks in sentences", "saysProblemsInClauses", saying(e -> problem("It is.")));
        all.add("says nothing", "saysProblemsInClauses", saying(e -> problem(" ")));
        all.add(
                "gives a path for a pointer",
                "saysProblemsInClauses",
                saying(e -> List.of(Problem.at("$.a", "is wrong"))));
        all.add(
                "refuses by a warning",
                "makesAnExceptionThatNamesTheRule",
                warn -> hiding(new Sound(warn)));
        all.add("cannot warn", "warnsOfTheSame", warn -> new Sound(false));
        all.add("works for one thread only", "givesOneAnswer", OneThread::new);
        all.add("wants a payload", "bearsEveryShapeOfEvent", saying(e -> needing(e.payload())));
        all.add("cannot be closed twice", "mayBeClosedTwice", warn -> closable());
        return new ContractRunner(scratch).finds(all, Contract::new);
    }

    private static List<Problem> problem(String message) {
        return List.of(Problem.of(message));
    }

    private static final class OneThread extends Sound {

        private final Thread owner = Thread.currentThread();

        OneThread(boolean warn) {
            super(warn);
        }

        @Override
        public List<Problem> validate(Event event) {
            return Thread.currentThread() == owner ? super.validate(event) : List.of();
        }
    }

    private static List<Problem> needing(@Nullable Object payload) {
        if (payload == null) {
            throw new AssertionError("This validator wants a payload.");
        }
        return List.of();
    }

    private static Function<Boolean, EventValidator> saying(Function<Event, List<Problem>> answer) {
        return warn ->
                new Sound(warn) {
                    @Override
                    public List<Problem> validate(Event event) {
                        return answer.apply(event);
                    }
                };
    }

    private static EventValidator named(java.util.function.Supplier<String> name) {
        return new Sound(false) {
            @Override
            public String name() {
                return name.get();
            }
        };
    }

    private static EventValidator hiding(EventValidator sound) {
        return saying(e -> sound.validate(e).stream().map(Problem::asWarning).toList())
                .apply(false);
    }

    private static EventValidator closable() {
        AtomicInteger closings = new AtomicInteger();
        return new Sound(false) {
            @Override
            public void close() {
                if (closings.incrementAndGet() == 2) {
                    throw new AssertionError("closed twice");
                }
            }
        };
    }
}
