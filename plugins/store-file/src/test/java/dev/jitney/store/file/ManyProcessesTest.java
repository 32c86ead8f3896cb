// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.Append;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.ReadOptions;
import dev.jitney.spi.StoreUnavailableException;
import dev.jitney.store.file.StoreChildren.Follower;
import dev.jitney.store.file.StoreChildren.Holder;
import dev.jitney.store.file.StoreChildren.Publisher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Many JVMs on one bus directory. */
@Timeout(600)
class ManyProcessesTest {

    @TempDir(factory = TargetDir.class)
    Path temp;

    @Test
    @DisplayName("STO-7 processes that append at once lose, mix up and reorder nothing")
    void fewProcesses() throws Exception {
        run(new Plan(3, 200, "256k", 1, 1), false);
    }

    @Test
    @Tag("stress")
    @DisplayName("STO-7 8 processes append 10 000 events each at once, 3 follow")
    void manyProcesses() throws Exception {
        run(new Plan(8, Integer.getInteger("stress.events", 10_000), "64m", 0, 3), true);
    }

    @Test
    @Tag("stress")
    @DisplayName("STO-7 8 processes append at once with segments of 1 MiB, 3 of them are killed")
    void manyProcessesSomeKilled() throws Exception {
        run(new Plan(8, Integer.getInteger("stress.events", 10_000), "1m", 3, 3), true);
    }

    @Test
    @DisplayName("STO-7 a holder of the lock that goes on for too long is named, and may be killed")
    void holderIsNamed() throws Exception {
        Path bus = temp.resolve("bus");
        try (EventStore store = StoreChildren.open(bus, "lock-timeout", "200ms");
                StoreChild holder = holder(bus, store)) {
            assertThatThrownBy(() -> append(store, 1))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessage(
                            notHad(bus, 200, holder)
                                    + ". Try again, or end that process if it hangs.");
            holder.kill();
            assertThat(append(store, 2).value()).isEqualTo(1);
        }
    }

    @Test
    // Who is stopped is read from /proc, and a process cannot be stopped by a JVM.
    @EnabledOnOs(OS.LINUX)
    @DisplayName("STO-7 a stopped holder of the lock is named, and things go on when it does")
    void stoppedHolderIsNamed() throws Exception {
        stoppedHolder(300);
    }

    @Test
    @Tag("stress")
    // Who is stopped is read from /proc, and a process cannot be stopped by a JVM.
    @EnabledOnOs(OS.LINUX)
    @DisplayName("STO-7 a stopped holder of the lock is named after 2 s")
    void stoppedHolderIsNamedInTime() throws Exception {
        stoppedHolder(2_000);
    }

    private void stoppedHolder(int millis) throws Exception {
        Path bus = temp.resolve("bus");
        try (EventStore store = StoreChildren.open(bus, "lock-timeout", millis + "ms");
                StoreChild holder = holder(bus, store)) {
            holder.signal("STOP");
            String message =
                    notHad(bus, millis, holder)
                            + " and is stopped. Continue it (kill -CONT "
                            + holder.pid()
                            + ") or end it.";
            assertThatThrownBy(() -> append(store, 1))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessage(message);
            Append later = store.append(List.of(StoreChildren.event("me", 2, 10)), Level.OS);
            assertThatThrownBy(
                            () ->
                                    later.reached(Level.OS)
                                            .toCompletableFuture()
                                            .get(60, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining(message);
            holder.signal("CONT");
            holder.say("go on");
            holder.expect("RELEASED");
            assertThat(append(store, 3).value()).isEqualTo(1);
        }
    }

    /** Appends to a store, and then starts a process that holds the lock. */
    private static StoreChild holder(Path bus, EventStore store) throws Exception {
        append(store, 0);
        StoreChild holder = StoreChild.start(Holder.class, bus);
        holder.expect("HOLDING");
        return holder;
    }

    private static String notHad(Path bus, int millis, StoreChild holder) throws IOException {
        String command = ProcessHandle.of(holder.pid()).flatMap(p -> p.info().command()).orElse("");
        return "The append lock of '%s' was not had within %d ms: process %d (%s) holds it"
                .formatted(bus.toRealPath(), millis, holder.pid(), command);
    }

    private static Offset append(EventStore store, int number) {
        return store.appendAndWait(
                List.of(StoreChildren.event("me", number, 10)), Level.OS, Duration.ofSeconds(60));
    }

    // ---- publishers and followers ---------------------------------------------------------------

    private record Plan(int publishers, int events, String segments, int killed, int followers) {}

    private void run(Plan plan, boolean timed) throws Exception {
        Path bus = temp.resolve("bus");
        List<StoreChild> publishers = new ArrayList<>();
        List<StoreChild> followers = new ArrayList<>();
        try {
            // All at once, also the making of the bus.
            for (int i = 0; i < plan.publishers; i++) {
                publishers.add(
                        StoreChild.start(
                                Publisher.class,
                                bus,
                                "p" + i,
                                plan.events,
                                plan.segments,
                                "OS",
                                0));
            }
            for (StoreChild publisher : publishers) {
                publisher.expect("READY");
            }
            for (int i = 0; i < plan.followers; i++) {
                followers.add(StoreChild.start(Follower.class, bus));
            }
            for (StoreChild follower : followers) {
                follower.expect("READY");
            }
            for (StoreChild publisher : publishers) {
                publisher.say("go");
            }
            List<Map<Integer, Long>> acknowledged = collect(plan, publishers, timed);
            String hash = check(bus, plan, acknowledged);
            for (StoreChild follower : followers) {
                follower.say(hash.substring(hash.indexOf(' ') + 1));
                String line = follower.line();
                assertThat(line).isEqualTo("HASH " + hash.substring(0, hash.indexOf(' ')));
            }
        } finally {
            publishers.forEach(StoreChild::close);
            followers.forEach(StoreChild::close);
        }
    }

    private static List<Map<Integer, Long>> collect(
            Plan plan, List<StoreChild> publishers, boolean timed) throws InterruptedException {
        List<Map<Integer, Long>> acknowledged = new ArrayList<>();
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < publishers.size(); i++) {
            StoreChild publisher = publishers.get(i);
            boolean killed = i < plan.killed;
            Map<Integer, Long> own = new HashMap<>();
            acknowledged.add(own);
            boolean done = false;
            for (String line = publisher.line(); line != null; line = publisher.line()) {
                if (line.startsWith("DONE ")) {
                    times.add(Long.parseLong(line.substring(5)));
                    done = true;
                } else {
                    String[] parts = line.split(" ");
                    own.put(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
                    if (killed && own.size() == plan.events / 4 * (i + 1) / 2) {
                        publisher.kill();
                    }
                }
            }
            assertThat(done || killed).as("publisher %d ended in order", i).isTrue();
            if (!killed) {
                assertThat(own).hasSize(plan.events);
            }
        }
        if (timed) {
            long fastest = times.stream().mapToLong(Long::longValue).min().orElse(1);
            long slowest = times.stream().mapToLong(Long::longValue).max().orElse(1);
            System.out.printf("%s: publishers took %s ms%n", plan, times);
            assertThat((double) slowest / fastest).as("slowest against fastest").isLessThan(2);
        }
        return acknowledged;
    }

    /** Reads the store and returns the hash of its events and how many there are. */
    private String check(Path bus, Plan plan, List<Map<Integer, Long>> acknowledged)
            throws Exception {
        MessageDigest hash = MessageDigest.getInstance("SHA-256");
        List<String> problems = new ArrayList<>();
        int[] next = new int[plan.publishers];
        long end = 0;
        try (EventStore store = StoreChildren.open(bus, "segment-size", plan.segments)) {
            append(store, 0); // repairs what a killed one left
            try (EventReader reader =
                    store.read(
                            ReadOptions.forward().withOnProblem(p -> problems.add(p.toString())))) {
                StoredEvent stored;
                while ((stored = reader.next()) != null) {
                    assertThat(stored.offset().value()).isEqualTo(end++);
                    hash.update(Follower.line(stored).getBytes(StandardCharsets.UTF_8));
                    String source = stored.event().source();
                    if (source.startsWith("p")) {
                        int publisher = Integer.parseInt(source.substring(1));
                        int number = StoreChildren.number(stored);
                        assertThat(number).isEqualTo(next[publisher]++);
                        Long known = acknowledged.get(publisher).remove(number);
                        assertThat(known == null || known == stored.offset().value()).isTrue();
                    }
                }
            }
        }
        assertThat(problems).isEmpty();
        assertThat(acknowledged).as("acknowledged and not stored").allMatch(Map::isEmpty);
        ReadBack found = new ReadBack(new NioDisk(bus));
        assertThat(found.problems).isEmpty();
        assertThat(found.lines).hasSize((int) end);
        return HexFormat.of().formatHex(hash.digest()) + " " + end;
    }
}
