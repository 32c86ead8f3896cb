// SPDX-License-Identifier: Apache-2.0
package dev.jitney.proof;

import dev.jitney.event.Event;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.Masker;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.MaskerContract;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class MaskerContractProofTest {

    private static final String SECRET = "hunter2";

    @TempDir private Path scratch;

    /** Knows one secret, wherever it stands. */
    private static class Sound implements Masker {

        @Override
        public String mask(String text) {
            return text.replace(SECRET, "[REDACTED]");
        }

        @Override
        public String maskValue(String name, String value) {
            return name.equals("password") ? "[REDACTED]" : mask(value);
        }

        @Override
        public String maskJson(String json) {
            return mask(json);
        }
    }

    private static final class Contract extends MaskerContract {

        private final Supplier<Masker> masker;

        private Contract(Supplier<Masker> masker) {
            this.masker = masker;
        }

        @Override
        protected Masker open(PluginContext context) {
            return masker.get();
        }

        @Override
        protected Map<String, String> secrets() {
            return Map.of("password", SECRET);
        }
    }

    @Test
    @DisplayName("RED-1 a masker in order passes its contract")
    void aMaskerInOrderPasses() throws Exception {
        new ContractRunner(scratch).passes(() -> new Contract(Sound::new), 6);
    }

    @TestFactory
    Stream<DynamicTest> aMaskerThatBreaksARuleIsFound() {
        ContractRunner.Faults<Supplier<Masker>> all = new ContractRunner.Faults<>();
        all.add("masks nothing", "replacesWhatStandsUnderASecretName", Masker::none);
        all.add("looks at the top only", "replacesWhatStandsUnderASecretName", Shallow::new);
        all.add("takes plain text for secrets", "leavesPlainTextAsItIs", Eager::new);
        all.add("masks its own marks", "masksNoMoreTheSecondTime", Growing::new);
        all.add("breaks the JSON", "masksNoMoreTheSecondTime", Breaking::new);
        all.add("gives events a new id", "masksAnEvent", Renewing::new);
        all.add("fails without a payload", "bearsEveryShapeOfEvent", Needing::new);
        all.add("cannot be closed twice", "mayBeClosedTwice", Once::new);
        return new ContractRunner(scratch).finds(all, Contract::new);
    }

    private static final class Shallow extends Sound {
        @Override
        public String maskJson(String json) {
            return json.startsWith("{\"password\":\"") ? mask(json) : json;
        }
    }

    private static final class Eager extends Sound {
        @Override
        public String mask(String text) {
            return text.isEmpty() ? "" : "[REDACTED]";
        }
    }

    private static final class Growing extends Sound {
        @Override
        public String mask(String text) {
            return text.replace(SECRET, "[R]").replace("[", "[[");
        }

        @Override
        public String maskJson(String json) {
            return json.replace(SECRET, "[R]");
        }
    }

    private static final class Breaking extends Sound {
        @Override
        public String maskJson(String json) {
            return json.replace("\"" + SECRET + "\"", "[REDACTED]");
        }
    }

    private static final class Renewing extends Sound {
        @Override
        public Event mask(Event event, EventFormat format) {
            return super.mask(event, format).renew();
        }
    }

    private static final class Needing extends Sound {
        @Override
        public Event mask(Event event, EventFormat format) {
            if (event.payload() == null) {
                throw new IllegalStateException("no payload");
            }
            return super.mask(event, format);
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
