// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Severity;
import dev.jitney.spi.AlertStore;
import dev.jitney.spi.AlertStore.Alert;
import dev.jitney.spi.AlertStore.Change;
import dev.jitney.spi.AlertStore.Filter;
import dev.jitney.spi.AlertStore.State;
import dev.jitney.spi.PluginContext;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The rule ALR-1 of alert stores. Extend it to prove one:
 *
 * <pre>{@code
 * class AcmeAlertStoreContractTest extends AlertStoreContract {
 *     @Override
 *     protected AlertStore open(Path directory, int bound, PluginContext context) {
 *         Map<String, String> config = Map.of("path", directory.toString(), "max-alerts", "" + bound);
 *         return new AcmeProvider().create(PluginConfig.of("alert store 'acme'", config, context));
 *     }
 *
 *     @Override
 *     protected boolean durable() {
 *         return true;
 *     }
 * }
 * }</pre>
 */
@Timeout(60)
@ExtendWith(RuleNames.class)
public abstract class AlertStoreContract {

    private static final Instant NOON = Instant.parse("2026-03-04T12:00:00.123Z");
    private static final String ODD =
            "../a b\u0000\n\"\\ \u00fc\u20ac \ud83d\ude00 " + "x".repeat(300);

    @TempDir private Path directory;
    private final PluginHarness plugins = new PluginHarness();

    /**
     * Opens the store that the directory stands for. Called again with one directory, after the
     * first was closed, it opens the same store. The contract closes what is opened.
     *
     * @param bound the most alerts to keep
     */
    protected abstract AlertStore open(Path directory, int bound, PluginContext context);

    /** Says whether alerts outlive the store's closing. */
    protected boolean durable() {
        return false;
    }

    @AfterEach
    void closePlugins() throws Exception {
        plugins.close();
    }

    private AlertStore open(int bound) {
        return plugins.keep(open(directory.resolve("alerts"), bound, plugins.context()));
    }

    /** Alert n: raised n minutes after noon. */
    private static Alert alert(int n) {
        Severity severity = n % 2 == 0 ? Severity.WARNING : Severity.CRITICAL;
        return new Alert(
                "alert-" + n,
                "disk.full",
                "host " + n,
                severity,
                "message " + n,
                NOON.plusSeconds(60L * n),
                List.of());
    }

    private static void raise(AlertStore store, int alerts) {
        for (int i = 0; i < alerts; i++) {
            assertThat(store.raise(alert(i))).as("alert %s is new", i).isTrue();
        }
    }

    private static List<String> ids(AlertStore store, Filter filter) {
        return store.list(filter, Integer.MAX_VALUE).stream().map(Alert::id).toList();
    }

    @Test
    @DisplayName("ALR-1 keeps an alert with all that was done to it")
    void keepsAnAlertWhole() {
        AlertStore store = open(10);
        Alert alert = new Alert(ODD, "disk.full", ODD, Severity.CRITICAL, ODD, NOON, List.of());
        assertThat(store.raise(alert)).isTrue();
        assertThat(store.get(ODD)).isEqualTo(alert);
        store.note(ODD, "alice", "looking", NOON.plusSeconds(1));
        store.acknowledge(ODD, "bob " + ODD, "", NOON.plusSeconds(2));
        Alert resolved = store.resolve(ODD, "carol", "freed " + ODD, NOON.plusSeconds(3));
        assertThat(resolved.changes())
                .containsExactly(
                        new Change(State.NEW, NOON.plusSeconds(1), "alice", "looking"),
                        new Change(State.ACKNOWLEDGED, NOON.plusSeconds(2), "bob " + ODD, ""),
                        new Change(State.RESOLVED, NOON.plusSeconds(3), "carol", "freed " + ODD));
        assertThat(store.get(ODD)).isEqualTo(resolved);
        assertThat(store.list(Filter.all(), 1)).containsExactly(resolved);
        assertThat(store.get("another")).as("an alert that is not there").isNull();
        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    @DisplayName("ALR-1 raising an alert again neither reopens nor doubles it")
    void raisingAgainChangesNothing() {
        AlertStore store = open(10);
        raise(store, 2);
        Alert resolved = store.resolve("alert-0", "alice", "", NOON);
        assertThat(store.raise(alert(0))).isFalse();
        assertThat(store.raise(alert(1))).isFalse();
        assertThat(store.get("alert-0")).isEqualTo(resolved);
        assertThat(ids(store, Filter.all())).containsExactly("alert-1", "alert-0");
    }

    @Test
    @DisplayName("ALR-1 filters by state, severity, source and time, the newest first")
    void filtersByEverything() {
        AlertStore store = open(10);
        raise(store, 4);
        store.acknowledge("alert-1", "alice", "", NOON);
        store.resolve("alert-2", "alice", "", NOON);
        assertThat(ids(store, Filter.all()))
                .containsExactly("alert-3", "alert-2", "alert-1", "alert-0");
        assertThat(ids(store, Filter.open())).containsExactly("alert-3", "alert-1", "alert-0");
        assertThat(ids(store, Filter.builder().state(State.RESOLVED).build()))
                .containsExactly("alert-2");
        assertThat(ids(store, Filter.builder().severity(Severity.CRITICAL).build()))
                .containsExactly("alert-3", "alert-1");
        assertThat(ids(store, Filter.builder().source("host 0").source("host 3").build()))
                .containsExactly("alert-3", "alert-0");
        Instant second = alert(2).raised();
        assertThat(ids(store, Filter.builder().since(second).build()))
                .containsExactly("alert-3", "alert-2");
        assertThat(ids(store, Filter.builder().until(second).build()))
                .containsExactly("alert-1", "alert-0");
        Filter both = Filter.builder().state(State.NEW).severity(Severity.CRITICAL).build();
        assertThat(ids(store, both)).as("all conditions together").containsExactly("alert-3");
        assertThat(store.list(Filter.all(), 2)).extracting(Alert::id).hasSize(2);
        assertThat(store.list(Filter.open(), 2))
                .as("the limit counts what is selected")
                .extracting(Alert::id)
                .containsExactly("alert-3", "alert-1");
        assertThat(store.list(Filter.all(), 0)).isEmpty();
    }

    @Test
    @DisplayName("ALR-1 refuses what its state does not allow, naming both, and changes nothing")
    void refusesIllegalTransitions() {
        AlertStore store = open(10);
        raise(store, 1);
        Alert acknowledged = store.acknowledge("alert-0", "alice", "", NOON);
        assertThatThrownBy(() -> store.acknowledge("alert-0", "bob", "", NOON))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "Alert 'alert-0' is acknowledged and cannot become acknowledged. It may"
                                + " become resolved.");
        assertThat(store.get("alert-0")).isEqualTo(acknowledged);
        Alert resolved = store.resolve("alert-0", "alice", "", NOON);
        for (ThrowingCallable call :
                List.<ThrowingCallable>of(
                        () -> store.acknowledge("alert-0", "bob", "", NOON),
                        () -> store.resolve("alert-0", "bob", "", NOON))) {
            assertThatThrownBy(call)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("Alert 'alert-0' is resolved and cannot become ")
                    .hasMessageEndingWith(". It is over; a note may be added.");
        }
        assertThatThrownBy(() -> store.note("alert-0", " ", "x", NOON))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The user who changes an alert is ' '. Give a name.");
        assertThat(store.get("alert-0")).isEqualTo(resolved);
        assertThatThrownBy(() -> store.resolve("alert-7", "bob", "", NOON))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There is no alert with id 'alert-7'.");
    }

    @Test
    @DisplayName("ALR-1 of many that acknowledge one alert exactly one has done so")
    void oneOfManyAcknowledges() {
        AlertStore store = open(10);
        raise(store, 1);
        List<Boolean> won =
                plugins.inParallel(
                        thread -> {
                            assertThat(store.raise(alert(0))).isFalse();
                            try {
                                store.acknowledge("alert-0", "user " + thread, "", NOON);
                                return true;
                            } catch (IllegalStateException e) {
                                return false;
                            } finally {
                                store.note("alert-0", "user " + thread, "was here", NOON);
                            }
                        });
        assertThat(won).filteredOn(one -> one).hasSize(1);
        assertThat(store.get("alert-0").changes()).hasSize(1 + PluginHarness.THREADS);
        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    @DisplayName("ALR-1 the oldest resolved alert makes room, or the oldest of all")
    void makesRoomAtItsBound() {
        AlertStore store = open(3);
        assertThat(store.bound()).isEqualTo(3);
        raise(store, 3);
        store.resolve("alert-1", "alice", "", NOON);
        assertThat(store.raise(alert(3))).isTrue();
        assertThat(ids(store, Filter.all())).containsExactly("alert-3", "alert-2", "alert-0");
        assertThat(store.raise(alert(4))).isTrue();
        assertThat(ids(store, Filter.all())).containsExactly("alert-4", "alert-3", "alert-2");
        assertThat(store.size()).isEqualTo(3);
    }

    @Test
    @DisplayName("ALR-1 removes an alert")
    void removesAnAlert() {
        AlertStore store = open(3);
        raise(store, 2);
        assertThat(store.remove("alert-0")).isTrue();
        assertThat(store.remove("alert-0")).isFalse();
        assertThat(ids(store, Filter.all())).containsExactly("alert-1");
    }

    @Test
    @DisplayName("ALR-1 keeps alerts over a restart exactly if it is durable")
    void keepsAlertsOverARestart() {
        AlertStore store = open(10);
        raise(store, 3);
        store.remove("alert-1");
        Alert acknowledged = store.acknowledge("alert-0", "alice", "looking", NOON);
        store.close();
        AlertStore again = open(10);
        if (!durable()) {
            assertThat(again.size()).as("alerts of a store that is not durable").isZero();
            return;
        }
        assertThat(ids(again, Filter.all())).containsExactly("alert-2", "alert-0");
        assertThat(again.get("alert-0")).isEqualTo(acknowledged);
        assertThat(again.raise(alert(0))).isFalse();
        assertThat(again.resolve("alert-0", "bob", "", NOON).state()).isEqualTo(State.RESOLVED);
    }

    @Test
    @DisplayName("ALR-1 refuses every call after closing, which is harmless twice")
    void refusesCallsAfterClosing() {
        AlertStore store = open(10);
        raise(store, 1);
        store.close();
        store.close();
        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
        calls.put("raise", () -> store.raise(alert(1)));
        calls.put("get", () -> store.get("alert-0"));
        calls.put("list", () -> store.list(Filter.all(), 1));
        calls.put("size", store::size);
        calls.put("bound", store::bound);
        calls.put("change", () -> store.change("alert-0", alert -> alert));
        calls.put("remove", () -> store.remove("alert-0"));
        calls.forEach(
                (name, call) ->
                        assertThatThrownBy(call)
                                .as("%s after closing", name)
                                .isInstanceOf(IllegalStateException.class)
                                .message()
                                .as("what %s says", name)
                                .isNotBlank());
    }
}
