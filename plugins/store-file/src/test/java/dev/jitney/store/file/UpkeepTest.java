// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpkeepTest {

    @TempDir private Path temp;

    @Test
    @DisplayName("LIF-2 upkeep that ends in an error is logged, and does not hold up the close")
    void anErrorDoesNotHoldUpTheClose() throws Exception {
        AtomicInteger turns = new AtomicInteger();
        StoreContext context =
                Contexts.of(temp.resolve("bus"), Contexts.format(), new Contexts.TestClock());
        Runnable retention =
                () -> {
                    // What the JDK throws where a mapped file was cut off.
                    if (turns.incrementAndGet() == 1) {
                        throw new InternalError("a fault occurred");
                    }
                };
        try (Indexes indexes = new Indexes(context);
                LogRecorder log = new LogRecorder(Upkeep.class)) {
            Upkeep upkeep = new Upkeep(context, indexes, retention, Pace.none());
            upkeep.wake();
            awaitTurn(turns);
            upkeep.wake();
            Thread closing = new Thread(upkeep::close);
            closing.setDaemon(true);
            closing.start();
            closing.join(20_000);
            assertThat(closing.isAlive()).isFalse();
            assertThat(log.messages())
                    .containsExactly(
                            "Old events or indexes of '%s' were not seen to after a roll"
                                    .formatted(temp.resolve("bus")));
        }
    }

    @Test
    @DisplayName(
            "STO-9 where no thread is to be had for the upkeep, what was written is not failed")
    void noThreadToBeHad() throws Exception {
        AtomicInteger turns = new AtomicInteger();
        AtomicInteger starts = new AtomicInteger();
        StoreContext context =
                Contexts.of(temp.resolve("bus"), Contexts.format(), new Contexts.TestClock());
        Consumer<Thread> start =
                thread -> {
                    if (starts.incrementAndGet() == 1) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    thread.start();
                };
        try (Indexes indexes = new Indexes(context);
                LogRecorder log = new LogRecorder(Upkeep.class)) {
            Upkeep upkeep =
                    new Upkeep(context, indexes, turns::incrementAndGet, Pace.none(), start);
            upkeep.wake();
            assertThat(log.messages())
                    .containsExactly(
                            "Old events or indexes of '%s' were not seen to after a roll"
                                    .formatted(temp.resolve("bus")));
            upkeep.wake(); // the next roll
            awaitTurn(turns);
            upkeep.close();
        }
    }

    private static void awaitTurn(AtomicInteger turns) {
        while (turns.get() == 0) {
            Thread.onSpinWait();
        }
    }
}
