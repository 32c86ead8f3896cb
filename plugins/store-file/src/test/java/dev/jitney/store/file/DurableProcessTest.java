// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.spi.Cursor;
import dev.jitney.spi.Cursor.Progress;
import dev.jitney.spi.EventStore;
import dev.jitney.store.file.DurableChildren.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Durable subscriptions in processes of their own, which are killed. */
@Timeout(120)
class DurableProcessTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir(factory = TargetDir.class)
    Path temp;

    private Path bus;
    private EventStore store;
    private final List<StoreChild> children = new ArrayList<>();
    private int published;

    @BeforeEach
    void open() {
        bus = temp.resolve("bus");
        store = StoreChildren.open(bus);
    }

    @AfterEach
    void close() {
        children.forEach(StoreChild::close);
        store.close();
    }

    private void publish(int events) {
        for (int n = 0; n < events; n++) {
            store.appendAndWait(List.of(DurableChildren.item(published++)), Level.OS, LONG);
        }
    }

    private StoreChild worker(int stuck) throws Exception {
        StoreChild worker = StoreChild.start(Worker.class, bus, stuck);
        children.add(worker);
        return worker;
    }

    private static List<Integer> handled(StoreChild worker, int count) throws Exception {
        List<Integer> handled = new ArrayList<>();
        while (handled.size() < count) {
            handled.add(Integer.parseInt(worker.expect("HANDLED ")));
        }
        return handled;
    }

    /** Returns what it says to have handled until its end, and was not read yet. */
    private static List<Integer> restOf(StoreChild worker) throws Exception {
        List<Integer> handled = new ArrayList<>();
        for (String line = worker.line(); line != null; line = worker.line()) {
            if (line.startsWith("HANDLED ")) {
                handled.add(Integer.parseInt(line.substring(8).strip()));
            }
        }
        return handled;
    }

    private Progress awaitProgress(String what, Predicate<Progress> condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            Cursor cursor = store.cursors().find(DurableChildren.CURSOR);
            if (cursor != null && condition.test(cursor.progress())) {
                return cursor.progress();
            }
            assertThat(System.nanoTime() - deadline).as(what + ", not " + cursor).isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static List<Integer> done(Progress progress, int upTo) {
        return IntStream.range(0, upTo)
                .filter(n -> progress.contains(Offset.of(n)))
                .boxed()
                .toList();
    }

    @Test
    @DisplayName(
            "DSU-2 after a kill -9 nothing is lost, and what was finished above a stuck event is not repeated")
    void survivesAKill() throws Exception {
        publish(400);
        StoreChild first = worker(5);
        // All but those behind the stuck one, on its lane; its other keys may share the lane.
        Progress saved = awaitProgress("most are saved", now -> done(now, 400).size() >= 200);
        assertThat(saved.checkpoint()).isEqualTo(Offset.of(5));
        first.kill();
        Progress left = store.cursors().find(DurableChildren.CURSOR).progress();
        List<Integer> before = restOf(first);
        assertThat(before).as("each once").doesNotHaveDuplicates();
        assertThat(before).as("only what is handled is finished").containsAll(done(left, 400));

        publish(50);
        StoreChild second = worker(-1);
        second.expect("ACTIVE");
        List<Integer> after = handled(second, 450 - done(left, 400).size());
        second.say("close");
        second.expect("CLOSED");
        assertThat(restOf(second)).isEmpty();
        assertThat(after)
                .as("what was finished is not repeated, and the rest handled once")
                .doesNotHaveDuplicates()
                .doesNotContainAnyElementsOf(done(left, 400))
                .contains(5);
        assertOrderByKey(after);
        assertThat(store.cursors().find(DurableChildren.CURSOR).progress())
                .isEqualTo(Progress.below(Offset.of(450)));
    }

    private static void assertOrderByKey(List<Integer> handled) {
        for (int key = 0; key < 8; key++) {
            int own = key;
            assertThat(handled).filteredOn(n -> n % 8 == own).as("key " + key).isSorted();
        }
    }

    @Test
    @DisplayName("DSU-3 a standby in another process takes over when the owner is killed")
    void aStandbyTakesOver() throws Exception {
        StoreChild owner = worker(-1);
        owner.expect("ACTIVE");
        StoreChild standby = worker(-1);
        standby.expect("STANDBY");
        publish(20);
        List<Integer> first = handled(owner, 20);
        Progress saved = awaitProgress("all are saved", now -> now.contains(Offset.of(19)));
        owner.kill();
        publish(20);
        standby.expect("ACTIVE");
        List<Integer> second = handled(standby, 20);
        standby.say("close");
        standby.expect("CLOSED");
        assertThat(first).containsExactlyInAnyOrderElementsOf(done(saved, 40));
        assertThat(second)
                .containsExactlyInAnyOrderElementsOf(IntStream.range(20, 40).boxed().toList());
    }

    @Test
    // A JVM cannot stop a process, and Windows has no signal for it.
    @EnabledOnOs({OS.LINUX, OS.MAC})
    @DisplayName("DSU-3 an owner that is stopped keeps its cursor, and one that closes gives it up")
    void anOwnerThatIsStoppedKeepsItsCursor() throws Exception {
        StoreChild owner = worker(-1);
        owner.expect("ACTIVE");
        publish(1);
        handled(owner, 1);
        // One that is stopped while it saves would keep the lock of all cursors.
        awaitProgress("that is saved", now -> now.contains(Offset.ZERO));
        owner.signal("STOP");
        assertThat(store.cursors().claim(DurableChildren.CURSOR)).isNull();
        owner.signal("CONT");
        owner.say("close");
        owner.expect("CLOSED");
        assertThat(store.cursors().claim(DurableChildren.CURSOR)).isNotNull();
    }

    @Test
    @Tag("stress")
    @Timeout(600)
    @DisplayName(
            "DSU-2 DSU-3 workers that are killed at any moment lose nothing and repeat nothing that was saved")
    void killedAtAnyMoment() throws Exception {
        Random random = new Random(3);
        Set<Integer> all = new HashSet<>();
        StoreChild owner = worker(-1);
        // Or the other one may be faster, here and below, and this one stand by for ever.
        owner.expect("ACTIVE");
        StoreChild next = worker(-1);
        Progress saved = Progress.below(Offset.ZERO);
        for (int round = 0; round < 20; round++) {
            publish(2_000);
            List<Integer> now = handled(owner, 1 + random.nextInt(1_500));
            Progress before = store.cursors().find(DurableChildren.CURSOR).progress();
            owner.kill();
            now.addAll(restOf(owner));
            assertNotAgain(now, saved);
            all.addAll(now);
            saved = before;
            owner = next;
            owner.expect("ACTIVE");
            next = worker(-1);
        }
        awaitProgress("all is finished", now -> now.equals(Progress.below(Offset.of(published))));
        next.kill();
        owner.say("close");
        List<Integer> last = restOf(owner);
        assertNotAgain(last, saved);
        all.addAll(last);
        assertThat(all).hasSize(published);
    }

    private static void assertNotAgain(List<Integer> handled, Progress saved) {
        assertThat(handled)
                .as("what had been saved is not repeated")
                .doesNotHaveDuplicates()
                .noneMatch(number -> saved.contains(Offset.of(number)));
    }
}
