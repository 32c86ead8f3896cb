// SPDX-License-Identifier: Apache-2.0
package dev.jitney.proof;

import dev.jitney.spi.TimeSource;
import dev.jitney.tck.TckClock;
import dev.jitney.tck.TimeSourceContract;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class TimeSourceContractProofTest {

    @TempDir private Path scratch;

    /** The contract over a clock that was tampered with. */
    private static final class Tampered extends TimeSourceContract {

        private final TckClock clock = new TckClock(Instant.parse("2026-01-02T03:04:05Z"));
        private final TimeSource tampered;

        private Tampered(Function<TckClock, TimeSource> fault) {
            tampered = fault.apply(clock);
        }

        @Override
        protected TimeSource clock() {
            return tampered;
        }

        @Override
        protected void advance(Duration span) {
            clock.advance(span);
        }
    }

    private abstract static class Broken implements TimeSource {

        final TckClock clock;

        Broken(TckClock clock) {
            this.clock = clock;
        }

        @Override
        public Instant instant() {
            return clock.instant();
        }
    }

    @Test
    @DisplayName("TIM-1 the clock of the contracts passes its own")
    void theClockOfTheContractsPasses() throws Exception {
        new ContractRunner(scratch).passes(() -> new Tampered(clock -> clock), 7);
    }

    @TestFactory
    Stream<DynamicTest> aClockThatBreaksARuleIsFound() {
        ContractRunner.Faults<Function<TckClock, TimeSource>> all = new ContractRunner.Faults<>();
        all.add("is early", "runsWhenItsTimeHasCome", delaying(d -> d.minusMillis(1)));
        all.add("is late", "runsWhenItsTimeHasCome", delaying(d -> d.plusMillis(1)));
        all.add("runs at once", "doesNotRunWithinSchedule", Hasty::new);
        all.add("knows one time only", "runsInOrder", delaying(d -> Duration.ZERO));
        all.add("forgets what actions schedule", "runsWhatAnActionSchedules", Forgetful::new);
        all.add("cannot cancel", "doesNotRunWhatIsCancelled", Stubborn::new);
        all.add("stops at a failure", "goesOnAfterAFailure", Fragile::new);
        all.add("loses actions", "takesActionsOfSeveralThreads", Losing::new);
        return new ContractRunner(scratch).finds(all, Tampered::new);
    }

    private static Function<TckClock, TimeSource> delaying(Function<Duration, Duration> change) {
        return clock ->
                new Broken(clock) {
                    @Override
                    public AutoCloseable schedule(Duration delay, Runnable action) {
                        return clock.schedule(change.apply(delay), action);
                    }
                };
    }

    private static final class Hasty extends Broken {
        Hasty(TckClock clock) {
            super(clock);
        }

        @Override
        public AutoCloseable schedule(Duration delay, Runnable action) {
            if (delay.isZero()) {
                action.run();
                return () -> {};
            }
            return clock.schedule(delay, action);
        }
    }

    private static final class Forgetful extends Broken {
        private boolean running;

        Forgetful(TckClock clock) {
            super(clock);
        }

        @Override
        public AutoCloseable schedule(Duration delay, Runnable action) {
            if (running) {
                return () -> {};
            }
            return clock.schedule(
                    delay,
                    () -> {
                        running = true;
                        action.run();
                        running = false;
                    });
        }
    }

    private static final class Stubborn extends Broken {
        Stubborn(TckClock clock) {
            super(clock);
        }

        @Override
        public AutoCloseable schedule(Duration delay, Runnable action) {
            clock.schedule(delay, action);
            return () -> {};
        }
    }

    private static final class Fragile extends Broken {
        private boolean failed;

        Fragile(TckClock clock) {
            super(clock);
        }

        @Override
        public AutoCloseable schedule(Duration delay, Runnable action) {
            return clock.schedule(
                    delay,
                    () -> {
                        if (!failed) {
                            failed = true;
                            action.run();
                            failed = false;
                        }
                    });
        }
    }

    private static final class Losing extends Broken {
        private int taken;

        Losing(TckClock clock) {
            super(clock);
        }

        @Override
        public synchronized AutoCloseable schedule(Duration delay, Runnable action) {
            return taken++ % 7 == 6 ? () -> {} : clock.schedule(delay, action);
        }
    }
}
