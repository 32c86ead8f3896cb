// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import com.sun.management.OperatingSystemMXBean;
import dev.jitney.event.JsonPayload;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventTail;
import dev.jitney.spi.Position;
import dev.jitney.spi.TailOptions;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptTailer;

/**
 * Followers in a JVM of their own, each with a store of its own. For each round they take every
 * event, once and in order, and report how late after its intended time each was there. The clock
 * is the system's monotonic one, which all processes of a machine share.
 */
final class FollowChild {

    private static final long PARK_NANOS = 50_000;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Gives the number of the next event. */
    private interface Source extends AutoCloseable {
        long next() throws Exception;

        void idle(Duration time) throws Exception;

        @Override
        void close();
    }

    private FollowChild() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[1]);
        int followers = Integer.parseInt(args[2]);
        List<Source> sources = new ArrayList<>();
        for (int i = 0; i < followers; i++) {
            sources.add(args[0].equals("jitney") ? new Jitney(folder) : new Chronicle(folder));
        }
        ExecutorService pool = Executors.newFixedThreadPool(followers);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        System.out.println("ready");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            if (words[0].equals("round")) {
                System.out.println(round(pool, sources, words));
            } else if (words[0].equals("idle")) {
                System.out.println(idle(pool, sources, Double.parseDouble(words[1])));
            } else {
                break;
            }
        }
        pool.shutdown();
        sources.forEach(Source::close);
    }

    private static String round(ExecutorService pool, List<Source> sources, String[] words)
            throws Exception {
        long start = Long.parseLong(words[1]);
        long interval = Long.parseLong(words[2]);
        int count = Integer.parseInt(words[3]);
        long cpu = cpuNanos();
        long begin = System.nanoTime();
        List<Callable<long[]>> tasks = new ArrayList<>();
        for (Source source : sources) {
            tasks.add(() -> follow(source, start, interval, count));
        }
        double[] worst = new double[4];
        for (Future<long[]> future : pool.invokeAll(tasks)) {
            long[] late = future.get();
            Arrays.sort(late);
            double[] shares = {0.5, 0.99, 0.999, 1.0};
            for (int i = 0; i < shares.length; i++) {
                worst[i] = Math.max(worst[i], Spread.percentile(late, shares[i]) / 1e3);
            }
        }
        double percent = 100.0 * (cpuNanos() - cpu) / (System.nanoTime() - begin);
        return String.format(
                Locale.ROOT,
                "done %.1f %.1f %.1f %.1f %.2f",
                worst[0],
                worst[1],
                worst[2],
                worst[3],
                percent);
    }

    private static long[] follow(Source source, long start, long interval, int count)
            throws Exception {
        long[] late = new long[count];
        for (int i = 0; i < count; i++) {
            long number = source.next();
            late[i] = System.nanoTime() - (start + i * interval);
            if (number != i) {
                throw new IllegalStateException("event " + i + " was due, but " + number + " came");
            }
        }
        return late;
    }

    private static String idle(ExecutorService pool, List<Source> sources, double seconds)
            throws Exception {
        Duration time = Duration.ofNanos((long) (seconds * 1e9));
        long cpu = cpuNanos();
        long begin = System.nanoTime();
        List<Callable<Void>> tasks = new ArrayList<>();
        for (Source source : sources) {
            tasks.add(
                    () -> {
                        source.idle(time);
                        return null;
                    });
        }
        for (Future<Void> future : pool.invokeAll(tasks)) {
            future.get();
        }
        return "idle " + 100.0 * (cpuNanos() - cpu) / (System.nanoTime() - begin);
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static final class Jitney implements Source {
        private final FileEventStore store;
        private final EventTail tail;
        private final byte[] json = new byte[EncodedLine.LENGTH];

        Jitney(Path folder) {
            store = JitneyLog.open(folder);
            tail = store.tail(TailOptions.from(Position.end()));
        }

        @Override
        public long next() throws Exception {
            StoredEvent stored = tail.next(LIMIT);
            if (stored == null) {
                throw new IllegalStateException("no event came within " + LIMIT);
            }
            JsonPayload payload = (JsonPayload) stored.event().payload();
            payload.copyTo(json, 0);
            return EncodedLine.numberIn(json, 0, payload.length());
        }

        @Override
        public void idle(Duration time) throws Exception {
            if (tail.next(time) != null) {
                throw new IllegalStateException("an event came, but nothing was published");
            }
        }

        @Override
        public void close() {
            tail.close();
            store.close();
        }
    }

    private static final class Chronicle implements Source {
        private final ChronicleLog log;
        private final ExcerptTailer tailer;
        private final Bytes<?> bytes = Bytes.allocateElasticDirect(1024);
        private final byte[] event = new byte[EncodedLine.LENGTH];

        Chronicle(Path folder) {
            log = new ChronicleLog(folder, ChronicleLog.Sync.NEVER);
            tailer = log.queue().createTailer().toEnd();
            tailer.singleThreadedCheckDisabled(true);
        }

        @Override
        public long next() {
            while (!tailer.readBytes(bytes.clear())) {
                LockSupport.parkNanos(PARK_NANOS);
            }
            bytes.read(event);
            return EncodedLine.numberIn(event, 0, event.length);
        }

        @Override
        public void idle(Duration time) {
            long until = System.nanoTime() + time.toNanos();
            while (System.nanoTime() < until && !tailer.readBytes(bytes.clear())) {
                LockSupport.parkNanos(PARK_NANOS);
            }
        }

        @Override
        public void close() {
            tailer.close();
            log.close();
        }
    }
}
