// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import com.sun.management.ThreadMXBean;
import dev.jitney.EventBus;
import dev.jitney.Publication;
import dev.jitney.event.Event;
import dev.jitney.event.JsonPayload;
import dev.jitney.event.Level;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.LineBuffer;
import dev.jitney.spi.ReadOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Target 3: from {@code publish} with an object as payload, encoding included, to level OS, one
 * publisher, one handler; beside encoded events to our store, and beside Chronicle Queue given the
 * same bytes from the same encoder.
 *
 * <p>{@code parts=throughput}: events per second and bytes allocated for each. {@code
 * parts=latency}: how long the publisher's thread is held, in an open loop.
 */
final class PublishBench {

    private static final String TOPIC = "bench.orders.created";
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final String NOTE = "x".repeat(17);

    /** What is published; about 300 bytes as a whole event. */
    record Order(long seq, String customer, double total, String note) {}

    private final BenchDirs dirs;
    private final Report report;
    private final long events;
    private final int warmUps;
    private final int rounds;
    private double bytesPerEvent;
    private double bytesOnDisk;

    private PublishBench(BenchDirs dirs, Report report, long events, int warmUps, int rounds) {
        this.dirs = dirs;
        this.report = report;
        this.events = events;
        this.warmUps = warmUps;
        this.rounds = rounds;
    }

    public static void main(String[] arguments) throws Exception {
        BenchArgs args = new BenchArgs(arguments);
        String parts = args.text("parts", "all");
        long events = args.number("events", "2m");
        int rate = (int) args.number("rate", "100k");
        double seconds = Double.parseDouble(args.text("seconds", "5"));
        int rounds = (int) args.number("rounds", "5");
        int warmUps = (int) args.number("warmups", "2");
        try (BenchDirs dirs = new BenchDirs(args)) {
            args.check();
            Report report = new Report("publish", dirs);
            PublishBench bench = new PublishBench(dirs, report, events, warmUps, rounds);
            if (args.chosen(parts, "throughput")) {
                bench.throughput();
            }
            if (args.chosen(parts, "latency")) {
                bench.latency(rate, seconds);
            }
            report.finish();
        }
    }

    private void throughput() throws Exception {
        Appending appending = new Appending(dirs);
        Map<String, Spread> rates =
                new Rounds()
                        .add("publish", this::publishAll)
                        .add(
                                "encoded",
                                () ->
                                        appending.events(
                                                folder -> new JitneyLog(folder, Level.OS, false),
                                                1,
                                                events,
                                                false,
                                                AppendBench.COUNTED))
                        .add("chronicle", this::chronicleAll)
                        .run(warmUps, rounds);
        double encoder = encoderBytes();
        double payload = payloadBytes();
        Report.Setting behind = new Report.Setting("os", "forced behind, not awaited", "warm");
        Spread publish =
                report.row(
                        "EventBus.publish, object payload, one handler",
                        behind,
                        rates.get("publish"),
                        "events/s",
                        String.format("%.0f bytes an event in the log", bytesOnDisk));
        Spread encoded =
                report.row(
                        "encoded events to the store, 1 thread",
                        Report.Setting.OS,
                        rates.get("encoded"),
                        "events/s",
                        "target 1 of this run");
        report.row(
                "Chronicle Queue, same events and encoder",
                Report.Setting.OS,
                rates.get("chronicle"),
                "events/s",
                "no bus, no handler");
        report.row(
                "allocated for an event, all threads",
                behind,
                Spread.of(bytesPerEvent),
                "bytes",
                "the last round");
        report.row("of that by the encoder alone", behind, Spread.of(encoder), "bytes", "");
        report.row(
                "of that the payload, made by the caller",
                behind,
                Spread.of(payload),
                "bytes",
                "a record and one of its strings");
        boolean old = Runtime.version().feature() < 25;
        report.atLeast("3: publish to OS, events/s", publish.median(), old ? 1_000_000 : 1_400_000);
        report.atLeast("3: publish / encoded events", publish, encoded, 0.4);
        report.atMost(
                "3: bytes an event, without the encoder's and the payload itself",
                bytesPerEvent - encoder - payload,
                400);
    }

    /** Publishes all and waits until the last one is at level OS and was handled. */
    private double publishAll() throws Exception {
        Path folder = dirs.fresh("publish");
        LongAdder seen = new LongAdder();
        try (FileEventStore store = JitneyLog.open(folder);
                EventBus bus = EventBus.builder("bench").store(store).build()) {
            bus.subscribe(
                    TOPIC, event -> seen.add(((Order) event.payload()).seq() - EncodedLine.BASE));
            long before = allocatedByAll();
            long begin = System.nanoTime();
            Publication last = null;
            for (long i = 0; i < events; i++) {
                last = bus.publish(TOPIC, order(i));
            }
            last.stored(Level.OS).toCompletableFuture().get(10, TimeUnit.MINUTES);
            double rate = events * 1e9 / (System.nanoTime() - begin);
            bytesPerEvent = (double) (allocatedByAll() - before) / events;
            last.toCompletableFuture().get(10, TimeUnit.MINUTES);
            long expected = events * (events - 1) / 2;
            if (seen.sum() != expected || sumOfStored(store) != expected) {
                throw new IllegalStateException("not every event was handled and stored");
            }
            bytesOnDisk = (double) logBytes(folder) / events;
            return rate;
        } finally {
            BenchDirs.remove(folder);
        }
    }

    private double chronicleAll() throws Exception {
        Path folder = dirs.fresh("publish");
        try (ChronicleLog log = new ChronicleLog(folder, ChronicleLog.Sync.NEVER)) {
            EventLog.Writer writer = log.writer();
            LineBuffer buffer = new LineBuffer(1024);
            byte[] exact = new byte[0];
            long begin = System.nanoTime();
            for (long i = 0; i < events; i++) {
                buffer.length(0);
                JitneyLog.FORMAT.encode(
                        Event.of(TOPIC, order(i)).published("bench", null, null), buffer);
                if (exact.length != buffer.length()) {
                    exact = new byte[buffer.length()];
                }
                System.arraycopy(buffer.array(), 0, exact, 0, exact.length);
                writer.write(exact);
            }
            writer.finish();
            return events * 1e9 / (System.nanoTime() - begin);
        } finally {
            BenchDirs.remove(folder);
        }
    }

    /** Returns what encoding one event allocates, its id and time being made already. */
    private static double encoderBytes() {
        int count = 200_000;
        Event event = Event.of(TOPIC, order(1)).published("bench", null, null);
        LineBuffer buffer = new LineBuffer(1024);
        long sum = 0;
        long before = 0;
        for (int i = 0; i < 2 * count; i++) {
            if (i == count) {
                before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            }
            buffer.length(0);
            JitneyLog.FORMAT.encode(event, buffer);
            sum += buffer.length();
        }
        long bytes = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        if (sum <= 0) {
            throw new IllegalStateException("nothing was encoded");
        }
        return (double) bytes / count;
    }

    /** Returns what making a payload allocates, which is the caller's own. */
    private static double payloadBytes() {
        int count = 200_000;
        Order[] kept = new Order[1024];
        long before = 0;
        for (int i = 0; i < 2 * count; i++) {
            if (i == count) {
                before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            }
            kept[i & 1023] = order(i);
        }
        long bytes = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        if (kept[0] == null) {
            throw new IllegalStateException("nothing was made");
        }
        return (double) bytes / count;
    }

    private void latency(int rate, double seconds) throws Exception {
        Map<String, double[]> shares = new java.util.LinkedHashMap<>();
        for (String name : new String[] {"p50", "p99", "p99.9", "longest"}) {
            shares.put(name, new double[rounds]);
        }
        Path folder = dirs.fresh("latency");
        LongAdder seen = new LongAdder();
        try (FileEventStore store = JitneyLog.open(folder);
                EventBus bus = EventBus.builder("bench").store(store).build()) {
            bus.subscribe(
                    TOPIC, event -> seen.add(((Order) event.payload()).seq() - EncodedLine.BASE));
            for (int round = -warmUps; round < rounds; round++) {
                BenchDirs.settle();
                long[] late = openLoop(bus, rate, (int) (rate * seconds));
                Arrays.sort(late);
                if (round >= 0) {
                    shares.get("p50")[round] = Spread.percentile(late, 0.5) / 1e3;
                    shares.get("p99")[round] = Spread.percentile(late, 0.99) / 1e3;
                    shares.get("p99.9")[round] = Spread.percentile(late, 0.999) / 1e3;
                    shares.get("longest")[round] = late[late.length - 1] / 1e3;
                }
            }
            if (seen.sum() != sumOfStored(store)) {
                throw new IllegalStateException("not every event was handled and stored");
            }
        }
        shares.forEach(
                (name, values) ->
                        report.row(
                                "publish returns after its intended time, " + name,
                                new Report.Setting("os", "forced behind, not awaited", "warm"),
                                Spread.of(values),
                                "us",
                                rate + "/s open loop, " + seconds + " s a round"));
        report.atMost(
                "3: publisher's thread p99.9 in us",
                Spread.of(shares.get("p99.9")).median(),
                1_000);
    }

    /** Publishes each event at its time, late or not, and returns how late each call returned. */
    private static long[] openLoop(EventBus bus, int rate, int count) throws Exception {
        long interval = 1_000_000_000L / rate;
        long[] late = new long[count];
        Publication last = null;
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long time = start + i * interval;
            while (System.nanoTime() < time) {
                Thread.onSpinWait();
            }
            last = bus.publish(TOPIC, order(i));
            late[i] = System.nanoTime() - time;
        }
        last.toCompletableFuture().get(10, TimeUnit.MINUTES);
        return late;
    }

    private static Order order(long seq) {
        return new Order(EncodedLine.BASE + seq, "customer-" + (seq & 1023), 31.5, NOTE);
    }

    private static long sumOfStored(FileEventStore store) {
        long sum = 0;
        byte[] json = new byte[1024];
        try (EventReader reader = store.read(ReadOptions.forward())) {
            for (StoredEvent stored = reader.next(); stored != null; stored = reader.next()) {
                JsonPayload payload = (JsonPayload) stored.event().payload();
                payload.copyTo(json, 0);
                sum += EncodedLine.numberIn(json, 0, payload.length());
            }
        }
        return sum;
    }

    private static long logBytes(Path folder) throws IOException {
        Disk disk = new NioDisk(folder);
        long bytes = 0;
        for (SegmentName name : Segments.list(disk)) {
            bytes += Files.size(folder.resolve(name.log()));
        }
        return bytes;
    }

    private static long allocatedByAll() {
        long sum = 0;
        for (long bytes : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
            sum += Math.max(0, bytes);
        }
        return sum;
    }
}
