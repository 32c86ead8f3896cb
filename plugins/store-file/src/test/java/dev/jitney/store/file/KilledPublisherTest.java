// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Level;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.EventTail;
import dev.jitney.spi.Position;
import dev.jitney.spi.TailOptions;
import dev.jitney.store.file.StoreChildren.Publisher;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Publishers that are killed again and again, half of them where a segment is begun, while this
 * process has the store open, follows it and appends too.
 */
@Timeout(1800)
class KilledPublisherTest {

    private static final int ROLLING_EVENT = 100_000;
    private static final long SEGMENT = 1 << 20;

    @TempDir(factory = TargetDir.class)
    Path temp;

    private final Random random = new Random(20);
    private final Map<String, Map<Integer, Long>> stored = new HashMap<>();
    private final Map<String, Map<Integer, Long>> awaiting = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private int kills;

    @Test
    @DisplayName("STO-8 publishers that are killed lose nothing acknowledged")
    void fewKills() throws Exception {
        run(4);
    }

    @Test
    @Tag("stress")
    @DisplayName("STO-8 500 publishers that are killed, half of them in a roll, lose nothing")
    void manyKills() throws Exception {
        run(Integer.getInteger("stress.kills", 500));
    }

    private void run(int wanted) throws Exception {
        Path bus = temp.resolve("bus");
        try (EventStore store = StoreChildren.open(bus, "segment-size", "1m");
                EventTail tail =
                        store.tail(
                                TailOptions.from(Position.start())
                                        .withOnProblem(p -> problems.add(p.toString())))) {
            for (int round = 0; kills < wanted; round++) {
                killSome(bus, round);
                long mark =
                        store.appendAndWait(
                                        List.of(StoreChildren.event("me", round, 10)),
                                        Level.OS,
                                        Duration.ofSeconds(60))
                                .value();
                takeIn(tail, mark);
                assertThat(problems).as("round %d", round).isEmpty();
                if (round % 50 == 0) {
                    assertThat(new ReadBack(new NioDisk(bus)).problems)
                            .as("round %d", round)
                            .isEmpty();
                }
            }
        }
        ReadBack found = new ReadBack(new NioDisk(bus));
        assertThat(found.problems).isEmpty();
        long events = stored.values().stream().mapToLong(Map::size).sum();
        assertThat(found.lines).hasSize((int) events);
        System.out.printf("%d publishers killed, %d events stored%n", kills, events);
    }

    /** Runs publishers beside each other and kills each; then checks what they had said. */
    private void killSome(Path bus, int round) throws Exception {
        boolean roll = round % 2 == 0;
        Level level = round / 2 % 2 == 0 ? Level.OS : Level.DISK;
        List<StoreChild> publishers = new ArrayList<>();
        List<Map<Integer, Long>> said = new ArrayList<>();
        try {
            int together = 1 + round % 3;
            for (int i = 0; i < together; i++) {
                publishers.add(
                        StoreChild.start(
                                Publisher.class,
                                bus,
                                "r" + round + "." + i,
                                1_000_000,
                                "1m",
                                level,
                                roll ? ROLLING_EVENT : 0));
            }
            for (StoreChild publisher : publishers) {
                publisher.expect("READY");
                publisher.say("go");
            }
            for (StoreChild publisher : publishers) {
                said.add(killLater(publisher, bus, roll));
                kills++;
            }
        } finally {
            publishers.forEach(StoreChild::close);
        }
        awaiting.clear();
        for (int i = 0; i < said.size(); i++) {
            awaiting.put("r" + round + "." + i, said.get(i));
        }
    }

    private Map<Integer, Long> killLater(StoreChild publisher, Path bus, boolean roll)
            throws Exception {
        Map<Integer, Long> said = new HashMap<>();
        int after = random.nextInt(roll ? 10 : 60);
        while (said.size() < after) {
            note(publisher.line(), said);
        }
        if (roll) {
            awaitRoll(bus);
        } else {
            LockSupport.parkNanos(random.nextInt(2_000_000));
        }
        publisher.kill();
        for (String line = publisher.line(); line != null; line = publisher.line()) {
            note(line, said);
        }
        return said;
    }

    /** Waits until the tail is nearly full, or until the files of the next segment appear. */
    private void awaitRoll(Path bus) throws IOException {
        NioDisk disk = new NioDisk(bus);
        boolean full = random.nextBoolean();
        int before = disk.list(SegmentName.FOLDER).size();
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (full ? !nearlyFull(disk) : disk.list(SegmentName.FOLDER).size() == before) {
            assertThat(deadline - System.nanoTime()).as("a segment fills").isPositive();
        }
    }

    private static boolean nearlyFull(NioDisk disk) throws IOException {
        List<SegmentName> names = Segments.list(disk);
        try (StoreFile log = disk.open(names.get(names.size() - 1).log(), false)) {
            return log.size() > SEGMENT - ROLLING_EVENT * 5 / 4;
        }
    }

    private static void note(String line, Map<Integer, Long> said) {
        String[] parts = line.split(" ");
        said.put(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
    }

    /** Takes in what was stored up to an offset; what was acknowledged must be there, in order. */
    private void takeIn(EventTail tail, long mark) throws InterruptedException {
        long offset = tail.position().value() - 1;
        while (offset < mark) {
            StoredEvent next = tail.next(Duration.ofSeconds(60));
            assertThat(next).as("the event behind %d", offset).isNotNull();
            assertThat(next.offset().value()).isEqualTo(++offset);
            Map<Integer, Long> own =
                    stored.computeIfAbsent(next.event().source(), source -> new HashMap<>());
            int number = StoreChildren.number(next);
            if (!next.event().source().equals("me")) {
                assertThat(number).as("next of %s", next.event().source()).isEqualTo(own.size());
            }
            own.put(number, offset);
        }
        awaiting.forEach(
                (source, said) ->
                        assertThat(stored.getOrDefault(source, Map.of()))
                                .as("what %s was told is stored", source)
                                .containsAllEntriesOf(said));
    }
}
