// SPDX-License-Identifier: Apache-2.0
package dev.jitney.proof;

import dev.jitney.engine.memory.MemoryDeadLetterSink;
import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeadLetter.Reason;
import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.DeadLetterSinkContract;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class SinkContractProofTest {

    @TempDir private Path scratch;

    /** The contract over a memory sink that was tampered with. */
    private static final class Tampered extends DeadLetterSinkContract {

        private final UnaryOperator<DeadLetterSink> fault;
        private final boolean durable;
        private final Map<Path, DeadLetterSink> sinks = new HashMap<>();

        private Tampered(UnaryOperator<DeadLetterSink> fault, boolean durable) {
            this.fault = fault;
            this.durable = durable;
        }

        @Override
        protected DeadLetterSink open(Path directory, int bound, PluginContext context) {
            DeadLetterSink own = new MemoryDeadLetterSink(bound);
            if (!durable) {
                return fault.apply(own);
            }
            // "Durable" for as long as the test lasts.
            DeadLetterSink kept = sinks.computeIfAbsent(directory, any -> own);
            return fault.apply(new Unclosed(kept));
        }

        @Override
        protected boolean durable() {
            return durable;
        }
    }

    /** A handle on a sink that outlives it. */
    private static final class Unclosed extends ForwardingSink {
        private final MemoryDeadLetterSink guard = new MemoryDeadLetterSink(1);

        Unclosed(DeadLetterSink sink) {
            super(sink);
        }

        @Override
        public void close() {
            guard.close();
        }
    }

    @Test
    @DisplayName("ERR-5 a sink in order passes its contract")
    void aSinkInOrderPasses() throws Exception {
        new ContractRunner(scratch).passes(() -> new Tampered(ForwardingSink::new, false), 17);
    }

    @TestFactory
    Stream<DynamicTest> aSinkThatBreaksARuleIsFound() {
        return new ContractRunner(scratch).finds(faults(), fault -> new Tampered(fault, false));
    }

    @TestFactory
    Stream<DynamicTest> aDurableSinkIsHeldToItsWord() {
        ContractRunner.Faults<UnaryOperator<DeadLetterSink>> faults = new ContractRunner.Faults<>();
        faults.add("forgets", "keepsLettersOverARestart", sink -> new MemoryDeadLetterSink(4));
        faults.add("stays open", "refusesCallsAfterClosing", ForwardingSink::new);
        return new ContractRunner(scratch).finds(faults, fault -> new Tampered(fault, true));
    }

    private static ContractRunner.Faults<UnaryOperator<DeadLetterSink>> faults() {
        ContractRunner.Faults<UnaryOperator<DeadLetterSink>> all = new ContractRunner.Faults<>();
        all.add("cuts the stack", "keepsALetterWhole", Cutting::new);
        all.add("loses binary payloads", "keepsEveryShapeOfEvent", Textual::new);
        all.add("loses lines that are no events", "keepsALineThatIsNoEvent", Textual::new);
        all.add("lists the oldest first", "listsTheNewestFirst", Turned::new);
        all.add("ignores the limit", "listsTheNewestFirst", Unlimited::new);
        all.add("lists what is to come", "listsAtOneMoment", Live::new);
        all.add("filters by reason alone", "filtersByEverything", ByReason::new);
        all.add("counts nothing", "countsInSeveralWays", Uncounted::new);
        all.add("evicts in silence", "evictsTheOldest", Silent::new);
        all.add("evicts the newest", "evictsTheOldest", Newest::new);
        all.add("moves what it replaces", "replacesALetterOfTheSameId", Moving::new);
        all.add("brings back the removed", "updatesWhatIsThere", Reviving::new);
        all.add("knows no ceiling", "countsRetries", Boundless::new);
        all.add("reads and writes in two steps", "countsRetriesOfManyCallers", Racing::new);
        all.add("removes in words only", "removesOne", Keeping::new);
        all.add("clears everything", "clearsWhatIsSelected", Clearing::new);
        all.add("loses letters under threads", "keepsTheLettersOfManyThreads", Forgetful::new);
        all.add("is durable unasked", "keepsLettersOverARestart", sink -> Lasting.of());
        all.add("stays open", "refusesCallsAfterClosing", Immortal::new);
        return all;
    }

    private static final class Cutting extends ForwardingSink {
        Cutting(DeadLetterSink sink) {
            super(sink);
        }

        @Override
        public List<DeadLetter> add(DeadLetter letter) {
            DeadLetter.Builder cut = letter.toBuilder();
            return sink.add(cut.error(letter.errorClass(), letter.errorMessage(), "").build());
        }
    }

    private static final class Textual extends ForwardingSink {
        Textual(DeadLetterSink sink) {
            super(sink);
        }

        @Override
        public List<DeadLetter> add(DeadLetter letter) {
            Object payload = letter.event().payload();
            if (!(payload instanceof byte[] bytes)) {
                return sink.add(letter);
            }
            String text = new String(bytes, java.nio.charset.StandardCharsets.US_ASCII);
            DeadLetter changed =
                    DeadLetter.builder(letter.event().withPayload(text), letter.reason())
                            .id(letter.id())
                            .lastTime(letter.lastTime())
                            .build();
            return sink.add(changed);
        }
    }

    private static final class Turned extends ForwardingSink {
        Turned(DeadLetterSink sink) {
            super(sink);
        }

        @Override
        public List<DeadLetter> list(Filter filter, int limit) {
            List<DeadLetter> turned = new ArrayList<>(sink.list(filter, limit));
            Collections.reverse(turned);
            return turned;
        }
    }

    private static final class Unlimited extends ForwardingSink {
        Unlimited(DeadLetterSink sink) {
            super(sink);
        }

        @Override
        public List<DeadLetter> list(Filter filter, int limit) {
            return sink.list(filter, Integer.MAX_VALUE);
        }
    }

    private static final class Live extends ForwardingSink {
        private final List<DeadLetter> view = new ArrayList<>();

        Live(DeadLetterSink sink) {
            super(sink);
        }

        @Override
        public List<DeadLetter> add(DeadLetter letter) {
            view.add(0, letter);
            return sink.add(letter);
        }

        @Override
        public List<DeadLetter> list(Filter filter, int limit) {
            return view;
        }
    }

    private static final class ByReason extends ForwardingSink {
        ByReason(DeadLetterSink sink) {
            super(sink);
        }

        @Override
        public List<DeadLetter> list(Filter filter, int limit) {
            Filter.Builder reasons = Filter.builder();
            for (Reason reason : filter.reasons()) {
                reasons.reason(reason);
            }
            return sink.list(reasons.build(), limit);
        }
    }

    private static final class Uncounted extends ForwardingSink {
        Uncounted(DeadLetterSink sink) {
            super(sink);
        }

        @Override
        public Stats stats() {
            Stats right = sink.stats();
            return new Stats(
                    right.size(),
                    right.bound(),
                    right.evicted(),
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    right.oldest(),
                    right.newest());
        }
    }

    private static final class Silent extends ForwardingSink {
        Silent(DeadLetterSink sink) {
            super(sink);
        }

        @Override
        public List<DeadLetter> add(DeadLetter letter) {
            sink.add(letter);
            return List.of();
        }
    }

    private static final class Newest extends ForwardingSink {
        Newest(DeadLetterSink sink) {
            super(sink);
        }

        @Override
        public List<DeadLetter> add(DeadLetter letter) {
            return sink.size() < sink.bound() ? sink.add(letter) : List.of(letter);
        }
    }

    private static final class Moving extends ForwardingSink {
        Moving(DeadLetterSink sink) {
            super(sink);
        }

        @Override
        public List<DeadLetter> add(DeadLetter letter) {
            sink.remove(letter.id());
            return sink.add(letter);
        }
    }

    private static final class Reviving extends ForwardingSink {
        Reviving(DeadLetterSink sink) {
            super(sink);
        }

        @Override
        public boolean update(DeadLetter letter) {
            sink.add(letter);
            return true;
        }
    }

    private static final class Boundless extends ForwardingSink {
        Boundless(DeadLetterSink sink) {
            super(sink);
        }

        @Override
        public @Nullable DeadLetter startRetry(String id, int mostRetries, Instant now) {
            return sink.startRetry(id, Integer.MAX_VALUE, now);
        }
    }

    private static final class Racing extends ForwardingSink {
        Racing(DeadLetterSink sink) {
            super(sink);
        }

        @Override
        public @Nullable DeadLetter startRetry(String id, int mostRetries, Instant now) {
            DeadLetter letter = sink.get(id);
            if (letter == null || letter.retries() >= mostRetries) {
                return null;
            }
            DeadLetter retried = letter.retried(now);
            // Wide enough for other threads to be in between.
            java.util.concurrent.locks.LockSupport.parkNanos(200_000);
            sink.update(retried);
            return retried;
        }
    }

    private static final class Keeping extends ForwardingSink {
        Keeping(DeadLetterSink sink) {
            super(sink);
        }

        @Override
        public boolean remove(String id) {
            return sink.get(id) != null;
        }
    }

    private static final class Clearing extends ForwardingSink {
        Clearing(DeadLetterSink sink) {
            super(sink);
        }

        @Override
        public long clear(Filter filter) {
            return sink.clear(Filter.all());
        }
    }

    private static final class Forgetful extends ForwardingSink {
        Forgetful(DeadLetterSink sink) {
            super(sink);
        }

        @Override
        public List<DeadLetter> add(DeadLetter letter) {
            return letter.id().endsWith("1003") ? List.of() : sink.add(letter);
        }
    }

    /** Hands out one and the same sink, whatever is opened and closed. */
    private static final class Lasting extends ForwardingSink {
        private static DeadLetterSink of() {
            MemoryDeadLetterSink full = new MemoryDeadLetterSink(4);
            full.add(
                    DeadLetter.builder(dev.jitney.event.Event.of("a.b", 1), Reason.OVERFLOW)
                            .id("left over")
                            .build());
            return new Lasting(full);
        }

        private Lasting(DeadLetterSink sink) {
            super(sink);
        }

        @Override
        public List<DeadLetter> add(DeadLetter letter) {
            sink.remove("left over");
            return sink.add(letter);
        }
    }

    private static final class Immortal extends ForwardingSink {
        Immortal(DeadLetterSink sink) {
            super(sink);
        }

        @Override
        public void close() {}
    }
}
