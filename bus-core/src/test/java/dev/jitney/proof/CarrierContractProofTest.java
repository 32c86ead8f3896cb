// SPDX-License-Identifier: Apache-2.0
package dev.jitney.proof;

import dev.jitney.spi.ContextCarrier;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.ContextCarrierContract;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class CarrierContractProofTest {

    private static final ThreadLocal<@Nullable String> TENANT = new ThreadLocal<>();

    @TempDir private Path scratch;

    private static AutoCloseable enter(@Nullable String tenant) {
        String before = TENANT.get();
        TENANT.set(tenant);
        return () -> TENANT.set(before);
    }

    private static class Sound implements ContextCarrier {

        @Override
        public String name() {
            return "tenant";
        }

        @Override
        public @Nullable Object capture() {
            return TENANT.get();
        }

        @Override
        public @Nullable AutoCloseable restore(Object captured) {
            return enter((String) captured);
        }

        @Override
        public @Nullable String correlationId() {
            return TENANT.get();
        }
    }

    private static final class Contract extends ContextCarrierContract {

        private final Supplier<ContextCarrier> carrier;

        private Contract(Supplier<ContextCarrier> carrier) {
            this.carrier = carrier;
        }

        @Override
        protected ContextCarrier open(PluginContext context) {
            return carrier.get();
        }

        @Override
        protected AutoCloseable set(int sample) {
            return enter("tenant-" + sample);
        }

        @Override
        protected @Nullable Object current() {
            return TENANT.get();
        }
    }

    @Test
    @DisplayName("CTX-4 a carrier in order passes its contract")
    void aCarrierInOrderPasses() throws Exception {
        new ContractRunner(scratch).passes(() -> new Contract(Sound::new), 7);
    }

    @TestFactory
    Stream<DynamicTest> aCarrierThatBreaksARuleIsFound() {
        ContractRunner.Faults<Supplier<ContextCarrier>> all = new ContractRunner.Faults<>();
        all.add("has an odd name", "hasAName", Odd::new);
        all.add("restores nothing", "takesAContextToAnotherThread", Forgetful::new);
        all.add("leaves its context behind", "takesAContextToAnotherThread", Leaving::new);
        all.add("clears instead of putting back", "restoresNest", Clearing::new);
        all.add("keeps one context for all", "servesSeveralThreads", Single::new);
        all.add("takes emptiness for a context", "capturesNothingWhereThereIsNothing", Full::new);
        all.add("gives an empty id", "givesOneCorrelationId", Empty::new);
        all.add("cannot be closed twice", "mayBeClosedTwice", Once::new);
        return new ContractRunner(scratch).finds(all, Contract::new);
    }

    private static final class Odd extends Sound {
        @Override
        public String name() {
            return "";
        }
    }

    private static final class Forgetful extends Sound {
        @Override
        public @Nullable AutoCloseable restore(Object captured) {
            return null;
        }
    }

    private static final class Leaving extends Sound {
        @Override
        public @Nullable AutoCloseable restore(Object captured) {
            enter((String) captured);
            return null;
        }
    }

    private static final class Clearing extends Sound {
        @Override
        public @Nullable AutoCloseable restore(Object captured) {
            TENANT.set((String) captured);
            return TENANT::remove;
        }
    }

    private static final class Single extends Sound {
        private volatile @Nullable Object last;

        @Override
        public @Nullable Object capture() {
            last = super.capture();
            return last;
        }

        @Override
        public @Nullable AutoCloseable restore(Object captured) {
            return enter(String.valueOf(last));
        }
    }

    private static final class Full extends Sound {
        @Override
        public @Nullable Object capture() {
            Object captured = super.capture();
            return captured == null ? "nobody" : captured;
        }
    }

    private static final class Empty extends Sound {
        @Override
        public @Nullable String correlationId() {
            return "";
        }
    }

    private static final class Once extends Sound {
        private final AtomicInteger closings = new AtomicInteger();

        @Override
        public void close() {
            if (closings.incrementAndGet() == 2) {
                throw new AssertionError("closed twice");
            }
        }
    }
}
