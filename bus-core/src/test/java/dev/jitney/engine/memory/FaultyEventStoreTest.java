// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.spi.Append;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.Position;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreFailedException;
import dev.jitney.spi.StoreUnavailableException;
import dev.jitney.spi.TailOptions;
import dev.jitney.tck.FaultyEventStore;
import dev.jitney.tck.FaultyEventStore.Call;
import dev.jitney.tck.TckContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultyEventStoreTest {

    private static final StoreUnavailableException BUSY = new StoreUnavailableException("busy");
    private static final List<Event> BATCH =
            List.of(Event.builder("a.b").source("test").payload("x").build());

    private final EventStore real =
            new MemoryEventStoreProvider()
                    .create(PluginConfig.of("store 'memory'", Map.of(), new TckContext()));
    private final FaultyEventStore store = new FaultyEventStore(real);

    @AfterEach
    void close() {
        store.close();
    }

    private Offset append() {
        return store.appendAndWait(BATCH, Level.OS, Duration.ZERO);
    }

    @Test
    void failsTheNthCallOnceAndStoresNothing() {
        store.fail(Call.APPEND, 2, BUSY).fail(Call.APPEND, 3, BUSY);
        append();
        assertThatThrownBy(this::append).isSameAs(BUSY);
        assertThatThrownBy(() -> store.append(BATCH, Level.OS)).isSameAs(BUSY);
        assertThat(append()).isEqualTo(Offset.of(1));
        store.checkAllMet();
    }

    @Test
    void failsReadersTailsAndCursors() {
        store.fail(Call.READ, 1, BUSY).fail(Call.TAIL, 1, BUSY).fail(Call.SAVE, 2, BUSY);
        assertThatThrownBy(() -> store.read(ReadOptions.forward())).isSameAs(BUSY);
        assertThatThrownBy(() -> store.tail(TailOptions.from(Position.start()))).isSameAs(BUSY);
        store.cursors().save("a", Offset.ZERO);
        assertThatThrownBy(() -> store.cursors().save("a", Offset.ZERO)).isSameAs(BUSY);
        store.read(ReadOptions.forward()).close();
        store.tail(TailOptions.from(Position.start())).close();
        assertThat(store.cursors().list()).hasSize(1);
        store.checkAllMet();
    }

    @Test
    void takesNoMoreAppendsAfterAFailedLevel() {
        StoreFailedException torn = new StoreFailedException("force failed");
        store.failLevel(2, Level.OS, torn);
        append();
        Append append = store.append(BATCH, Level.OS);
        assertThat(append.reached(Level.MEMORY).toCompletableFuture()).isCompleted();
        assertThat(append.isDone(Level.OS)).isTrue();
        assertThat(append.reached(Level.OS).toCompletableFuture())
                .isCompletedExceptionally()
                .failsWithin(Duration.ofSeconds(5))
                .withThrowableThat()
                .withCause(torn);
        assertThatThrownBy(this::append).isSameAs(torn);
        assertThat(store.end()).as("the batch itself was written").isEqualTo(Offset.of(2));
        store.checkAllMet();
    }

    @Test
    void holdsALevelUntilItIsLetGo() {
        Runnable first = store.hold(1, Level.OS);
        Runnable second = store.hold(2, Level.OS);
        Append append = store.append(BATCH, Level.OS);
        CompletableFuture<Offset> stage = append.reached(Level.OS).toCompletableFuture();
        assertThat(append.isDone(Level.MEMORY)).isTrue();
        assertThat(append.isDone(Level.OS)).isFalse();
        assertThat(stage).isNotDone();
        first.run();
        assertThat(stage).isCompletedWithValue(Offset.ZERO);
        assertThat(append.isDone(Level.OS)).isTrue();
        assertThatThrownBy(() -> store.appendAndWait(BATCH, Level.OS, Duration.ofMillis(1)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage("The test holds this level back.");
        second.run();
        store.checkAllMet();
    }

    @Test
    void isStrictAboutWhatWasPlanned() {
        store.fail(Call.APPEND, 5, BUSY).fail(Call.READ, 1, BUSY).hold(1, Level.OS);
        store.hold(9, Level.OS);
        store.append(BATCH, Level.OS);
        assertThatThrownBy(store::checkAllMet)
                .isInstanceOf(AssertionError.class)
                .hasMessage(
                        "Planned, but not met: APPEND 5 did not come, READ 1 did not come, OS of"
                                + " APPEND 1 is still held, APPEND 9 did not come.");
    }

    @Test
    void forwardsEverythingElse() {
        append();
        assertThat(store.info()).isEqualTo(real.info());
        assertThat(store.start()).isEqualTo(real.start());
        assertThat(store.capabilities()).isEqualTo(real.capabilities());
        assertThat(store.delegate()).isSameAs(real);
        assertThat(store).hasToString("memory:");
        store.close();
        assertThatThrownBy(real::end)
                .hasMessage("Event store 'memory:' is closed and refuses end. Open a new one.");
    }
}
