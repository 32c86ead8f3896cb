// SPDX-License-Identifier: Apache-2.0
package dev.jitney.proof;

import dev.jitney.engine.memory.MemoryAlertStoreProvider;
import dev.jitney.spi.AlertStore;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.AlertStoreContract;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
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

/** The contract of alert stores finds each kind of store that breaks it. */
class AlertContractProofTest {

    @TempDir private Path scratch;

    /** The contract over a memory store that was tampered with. */
    private static final class Tampered extends AlertStoreContract {

        private final UnaryOperator<AlertStore> fault;

        private Tampered(UnaryOperator<AlertStore> fault) {
            this.fault = fault;
        }

        @Override
        protected AlertStore open(Path directory, int bound, PluginContext context) {
            PluginConfig config =
                    PluginConfig.of(
                            "alert store 'memory'", Map.of("max-alerts", "" + bound), context);
            return fault.apply(new MemoryAlertStoreProvider().create(config));
        }
    }

    @Test
    @DisplayName("ALR-1 an alert store in order passes its contract")
    void aStoreInOrderPasses() throws Exception {
        new ContractRunner(scratch).passes(() -> new Tampered(Forwarding::new), 9);
    }

    @TestFactory
    Stream<DynamicTest> aStoreThatBreaksARuleIsFound() {
        ContractRunner.Faults<UnaryOperator<AlertStore>> all = new ContractRunner.Faults<>();
        all.add("forgets what was done", "keepsAnAlertWhole", Forgetting::new);
        all.add("reopens", "raisingAgainChangesNothing", Reopening::new);
        all.add("lists the oldest first", "filtersByEverything", Turned::new);
        all.add("ignores the limit", "filtersByEverything", Unlimited::new);
        all.add("allows everything", "refusesIllegalTransitions", Lenient::new);
        all.add("changes in two steps", "oneOfManyAcknowledges", Racing::new);
        all.add("drops the newest", "makesRoomAtItsBound", Full::new);
        all.add("removes in words only", "removesAnAlert", Keeping::new);
        all.add("stays open", "refusesCallsAfterClosing", Open::new);
        return new ContractRunner(scratch).finds(all, Tampered::new);
    }

    private static class Forwarding implements AlertStore {

        final AlertStore store;

        Forwarding(AlertStore store) {
            this.store = store;
        }

        @Override
        public boolean raise(Alert alert) {
            return store.raise(alert);
        }

        @Override
        public @Nullable Alert get(String id) {
            return store.get(id);
        }

        @Override
        public List<Alert> list(Filter filter, int limit) {
            return store.list(filter, limit);
        }

        @Override
        public long size() {
            return store.size();
        }

        @Override
        public long bound() {
            return store.bound();
        }

        @Override
        public Alert change(String id, UnaryOperator<Alert> change) {
            return store.change(id, change);
        }

        @Override
        public boolean remove(String id) {
            return store.remove(id);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private static final class Forgetting extends Forwarding {

        Forgetting(AlertStore store) {
            super(store);
        }

        @Override
        public @Nullable Alert get(String id) {
            Alert alert = store.get(id);
            return alert == null ? null : without(alert);
        }

        static Alert without(Alert alert) {
            return new Alert(
                    alert.id(),
                    alert.topic(),
                    alert.source(),
                    alert.severity(),
                    alert.message(),
                    alert.raised(),
                    List.of());
        }
    }

    private static final class Reopening extends Forwarding {

        Reopening(AlertStore store) {
            super(store);
        }

        @Override
        public boolean raise(Alert alert) {
            if (store.get(alert.id()) != null) {
                store.change(alert.id(), Forgetting::without);
                return false;
            }
            return store.raise(alert);
        }
    }

    private static final class Turned extends Forwarding {

        Turned(AlertStore store) {
            super(store);
        }

        @Override
        public List<Alert> list(Filter filter, int limit) {
            List<Alert> turned = new ArrayList<>(store.list(filter, limit));
            Collections.reverse(turned);
            return turned;
        }
    }

    private static final class Unlimited extends Forwarding {

        Unlimited(AlertStore store) {
            super(store);
        }

        @Override
        public List<Alert> list(Filter filter, int limit) {
            return store.list(filter, Integer.MAX_VALUE);
        }
    }

    private static final class Lenient extends Forwarding {

        Lenient(AlertStore store) {
            super(store);
        }

        @Override
        public Alert change(String id, UnaryOperator<Alert> change) {
            try {
                return store.change(id, change);
            } catch (IllegalStateException e) {
                return store.get(id);
            }
        }
    }

    private static final class Racing extends Forwarding {

        Racing(AlertStore store) {
            super(store);
        }

        @Override
        public Alert change(String id, UnaryOperator<Alert> change) {
            Alert before = store.get(id);
            Thread.yield();
            Alert changed = change.apply(before);
            for (int i = 0; i < 10; i++) {
                Thread.yield();
            }
            return store.change(id, any -> changed);
        }
    }

    private static final class Full extends Forwarding {

        Full(AlertStore store) {
            super(store);
        }

        @Override
        public boolean raise(Alert alert) {
            return store.get(alert.id()) == null
                    && (store.size() == store.bound() || store.raise(alert));
        }
    }

    private static final class Keeping extends Forwarding {

        Keeping(AlertStore store) {
            super(store);
        }

        @Override
        public boolean remove(String id) {
            return store.get(id) != null;
        }
    }

    private static final class Open extends Forwarding {

        Open(AlertStore store) {
            super(store);
        }

        @Override
        public void close() {}
    }
}
