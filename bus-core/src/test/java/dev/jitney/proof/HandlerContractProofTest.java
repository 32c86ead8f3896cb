// SPDX-License-Identifier: Apache-2.0
package dev.jitney.proof;

import dev.jitney.event.Event;
import dev.jitney.event.TopicPattern;
import dev.jitney.spi.EventHandler;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.HandlerContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class HandlerContractProofTest {

    @TempDir private Path scratch;

    private static class Sound implements EventHandler {

        final Set<String> handled = ConcurrentHashMap.newKeySet();

        @Override
        public String name() {
            return "sound";
        }

        @Override
        public List<TopicPattern> patterns() {
            return List.of(TopicPattern.parse("order.*"), TopicPattern.parse("*.placed"));
        }

        @Override
        public void handle(Event event) throws Exception {
            handled.add(event.id());
        }
    }

    private static class SoundStaged extends Sound implements EventHandler.Staged {
        @Override
        public CompletionStage<?> handleAsync(Event event) {
            return CompletableFuture.supplyAsync(() -> handled.add(event.id()));
        }

        @Override
        public void handle(Event event) throws Exception {
            Staged.super.handle(event);
        }
    }

    private static final class Contract extends HandlerContract {

        private final Supplier<EventHandler> handler;

        private Contract(Supplier<EventHandler> handler) {
            this.handler = handler;
        }

        @Override
        protected EventHandler open(PluginContext context) {
            return handler.get();
        }

        @Override
        protected List<Event> samples() {
            return List.of(Event.builder("order.placed").source("shop").payload(1).build());
        }
    }

    @Test
    @DisplayName("SUB-1 handlers in order pass their contract")
    void handlersInOrderPass() throws Exception {
        new ContractRunner(scratch).passes(() -> new Contract(Sound::new), 6);
        new ContractRunner(scratch).passes(() -> new Contract(SoundStaged::new), 6);
    }

    @TestFactory
    Stream<DynamicTest> aHandlerThatBreaksARuleIsFound() {
        ContractRunner.Faults<Supplier<EventHandler>> all = new ContractRunner.Faults<>();
        all.add("wants nothing", "declaresWhatStays", Idle::new);
        all.add("has a limit below zero", "declaresWhatStays", Hasty::new);
        all.add("blocks on its stages", "isOfOneKind", Both::new);
        all.add("wants other topics", "selectsItsSamples", Elsewhere::new);
        all.add("does not want its samples", "selectsItsSamples", Choosy::new);
        all.add("fails the second time", "handlesItsSamples", Unique::new);
        all.add("leaves the thread interrupted", "handlesItsSamples", Interrupting::new);
        all.add("gives no stage", "handlesItsSamples", Nothing::new);
        all.add("works for one thread only", "servesSeveralThreads", OneThread::new);
        all.add("cannot be closed twice", "mayBeClosedTwice", Once::new);
        return new ContractRunner(scratch).finds(all, Contract::new);
    }

    private static final class Idle extends Sound {
        @Override
        public List<TopicPattern> patterns() {
            return List.of();
        }
    }

    private static final class Hasty extends Sound {
        @Override
        public @Nullable Duration timeout() {
            return Duration.ofSeconds(-1);
        }
    }

    private static final class Both extends SoundStaged {
        @Override
        public boolean blocking() {
            return true;
        }
    }

    private static final class Elsewhere extends Sound {
        @Override
        public List<TopicPattern> patterns() {
            return List.of(TopicPattern.parse("user.*"));
        }
    }

    private static final class Choosy extends Sound {
        @Override
        public boolean wants(Event event) {
            return false;
        }
    }

    private static final class Unique extends Sound {
        @Override
        public void handle(Event event) {
            if (!handled.add(event.id())) {
                throw new AssertionError("seen before");
            }
        }
    }

    private static final class Interrupting extends Sound {
        @Override
        public void handle(Event event) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Nothing extends SoundStaged {
        @Override
        @SuppressWarnings({"NullAway", "DataFlowIssue"}) // breaking the rule is the point
        public CompletionStage<?> handleAsync(Event event) {
            return null;
        }
    }

    private static final class OneThread extends Sound {
        private final Thread owner = Thread.currentThread();

        @Override
        public void handle(Event event) {
            if (Thread.currentThread() != owner) {
                throw new IllegalStateException("wrong thread");
            }
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
