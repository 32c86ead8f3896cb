// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A thread of the store")
class WorkerTest {

    private static final long LONG = TimeUnit.HOURS.toNanos(1);

    private final AtomicInteger wanted = new AtomicInteger();
    private final AtomicInteger turns = new AtomicInteger();
    private final AtomicBoolean urgent = new AtomicBoolean();
    private final AtomicReference<Error> error = new AtomicReference<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch second = new CountDownLatch(2);
    private final Worker worker =
            new Worker("test") {
                @Override
                boolean wanted() {
                    return wanted.get() > 0;
                }

                @Override
                boolean pressed() {
                    return urgent.get();
                }

                @Override
                void turn() {
                    wanted.decrementAndGet();
                    turns.incrementAndGet();
                    second.countDown();
                    begun.countDown();
                    Error due = error.getAndSet(null);
                    if (due != null) {
                        Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> {});
                        throw due;
                    }
                    rest(LONG);
                }
            };

    @AfterEach
    void stop() {
        worker.stop();
    }

    @Test
    void restsAtTheEndOfATurnUntilItIsHurried() throws Exception {
        wanted.addAndGet(2);
        worker.wake();
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        worker.wake();
        assertThat(turns).hasValue(1);

        // The hint may come before the rest has begun, and what it is about is seen then.
        urgent.set(true);
        worker.hurry();

        assertThat(second.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void goesOnAfterATurnThatEndsInAnError() throws Exception {
        error.set(new InternalError("a fault occurred"));
        wanted.addAndGet(2);
        worker.wake();

        assertThat(second.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void endsWhenItIsStoppedInARest() throws Exception {
        wanted.incrementAndGet();
        worker.wake();
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();

        worker.stop();

        assertThat(turns).hasValue(1);
    }
}
