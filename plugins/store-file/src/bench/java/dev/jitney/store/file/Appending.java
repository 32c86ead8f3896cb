// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Appends to a new log with some threads and returns events per second, from the moment that all
 * threads are let go until the last event is where the log promises. Then everything that was
 * written is read back and summed up if asked; the files are removed.
 */
final class Appending {

    private static final long EVENTS_PER_THREAD = 200_000_000L;

    private final BenchDirs dirs;

    Appending(BenchDirs dirs) {
        this.dirs = dirs;
    }

    /** What is looked at when a run is over and its log still open. */
    interface Check {
        void look(EventLog log, Path folder, long events) throws Exception;
    }

    static final Check NONE = (log, folder, events) -> {};

    /** Appends a number of events. */
    double events(EventLog.Opener opener, int threads, long events, boolean readBack, Check check)
            throws Exception {
        return run(opener, threads, events / threads, 0, readBack, check);
    }

    /** Appends for a time. */
    double seconds(EventLog.Opener opener, int threads, double seconds, Check check)
            throws Exception {
        return run(opener, threads, EVENTS_PER_THREAD, seconds, false, check);
    }

    private double run(
            EventLog.Opener opener,
            int threads,
            long perThread,
            double seconds,
            boolean readBack,
            Check check)
            throws Exception {
        Path folder = dirs.fresh("append");
        try (EventLog log = opener.open(folder)) {
            CountDownLatch ready = new CountDownLatch(threads);
            CountDownLatch go = new CountDownLatch(1);
            AtomicBoolean stop = new AtomicBoolean();
            ExecutorService pool = Executors.newFixedThreadPool(threads);
            try {
                List<Future<long[]>> parts = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    long first = i * EVENTS_PER_THREAD / threads;
                    parts.add(pool.submit(() -> append(log, first, perThread, ready, go, stop)));
                }
                ready.await();
                long begin = System.nanoTime();
                go.countDown();
                if (seconds > 0) {
                    TimeUnit.NANOSECONDS.sleep((long) (seconds * 1e9));
                    stop.set(true);
                }
                long[] all = gather(parts);
                double rate = all[0] * 1e9 / (System.nanoTime() - begin);
                check.look(log, folder, all[0]);
                if (readBack) {
                    compare(all, log.readBack());
                }
                return rate;
            } finally {
                pool.shutdownNow();
            }
        } finally {
            BenchDirs.remove(folder);
        }
    }

    private static long[] append(
            EventLog log,
            long first,
            long count,
            CountDownLatch ready,
            CountDownLatch go,
            AtomicBoolean stop)
            throws Exception {
        EncodedLine line = new EncodedLine(JitneyLog.FORMAT, first);
        EventLog.Writer writer = log.writer();
        ready.countDown();
        go.await();
        long done = 0;
        while (done < count && !stop.get()) {
            writer.write(line.bytes());
            line.next();
            done++;
        }
        writer.finish();
        return new long[] {done, done * first + done * (done - 1) / 2};
    }

    private static long[] gather(List<Future<long[]>> parts) throws Exception {
        long[] all = new long[2];
        for (Future<long[]> part : parts) {
            try {
                long[] one = part.get();
                all[0] += one[0];
                all[1] += one[1];
            } catch (ExecutionException e) {
                throw new IllegalStateException("a thread has failed", e.getCause());
            }
        }
        return all;
    }

    private static void compare(long[] written, long[] read) {
        if (written[0] != read[0] || written[1] != read[1]) {
            throw new IllegalStateException(
                    "written "
                            + written[0]
                            + " events of sum "
                            + written[1]
                            + ", read back "
                            + read[0]
                            + " of sum "
                            + read[1]);
        }
    }
}
