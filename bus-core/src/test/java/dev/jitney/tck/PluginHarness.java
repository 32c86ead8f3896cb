// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Holds the plugins and threads of one test. Plugins are kept by the test's thread only. */
final class PluginHarness {

    static final int THREADS = 8;

    private final TckContext context = new TckContext();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** Work of one thread of several. */
    interface Work<R> {
        R run(int thread) throws Exception;
    }

    TckContext context() {
        return context;
    }

    /** Closes the plugin after the test. */
    <T> T keep(T plugin) {
        assertThat(plugin).as("the plugin that was opened").isNotNull();
        if (plugin instanceof AutoCloseable closeable) {
            open.push(closeable);
        }
        return plugin;
    }

    /** Runs the work on several threads that begin together, and returns what they return. */
    <R> List<R> inParallel(Work<R> work) {
        CountDownLatch begin = new CountDownLatch(1);
        List<Future<R>> running = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            running.add(
                    threads.submit(
                            () -> {
                                begin.await();
                                return work.run(thread);
                            }));
        }
        begin.countDown();
        return running.stream().map(PluginHarness::result).toList();
    }

    /** Runs the work on another thread and waits for it. */
    <R> R elsewhere(Callable<R> work) {
        return result(threads.submit(work));
    }

    private static <R> R result(Future<R> running) {
        try {
            return running.get(StoreHarness.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AssertionError failed) {
                throw failed;
            }
            throw new AssertionError("A thread has failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("A thread has not come to its end.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("The test was interrupted.", e);
        }
    }

    void close() throws Exception {
        try {
            while (!open.isEmpty()) {
                open.pop().close();
            }
        } finally {
            threads.shutdownNow();
            assertThat(threads.awaitTermination(15, TimeUnit.SECONDS)).as("threads end").isTrue();
        }
    }
}
