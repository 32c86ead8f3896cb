// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.event.Selection;
import dev.jitney.spi.PurgeOptions;
import dev.jitney.spi.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Purges that are stopped at every step that they take. */
class PurgeCrashTest {

    private static final Selection B = Selection.builder().pattern("b").build();

    @TempDir Path temp;

    private final Contexts.TestClock clock = new Contexts.TestClock();
    private StoreContext context;

    @BeforeEach
    void open() {
        context = Contexts.of(temp.resolve("bus"), Contexts.format(), clock);
    }

    /** An oldest segment that goes, one that is emptied, two that are rewritten, and a tail. */
    private static TestWriter fill(StoreContext context) {
        TestWriter writer = new TestWriter(context);
        int second = 0;
        for (String topics : List.of("bb", "abab", "bb", "baa", "ab")) {
            Event[] events = new Event[topics.length()];
            for (int i = 0; i < events.length; i++) {
                events[i] = Contents.event(topics.substring(i, i + 1), second++);
            }
            writer.append(events);
            writer.append(Contents.event(topics.substring(0, 1), second++));
            if (second < 15) {
                writer.roll();
            }
        }
        return writer;
    }

    private static void purge(StoreContext context, TestWriter writer) throws IOException {
        try (FileCursors cursors = new FileCursors(context, writer::end)) {
            new Purger(context, writer, cursors, new Indexes(context))
                    .purge(B, PurgeOptions.standard());
        }
    }

    @Test
    @DisplayName("STO-6 killed at any change of the disk, a purge is done as a whole or not at all")
    void killedAnywhere() throws IOException {
        TestWriter first = fill(context);
        TreeMap<Long, String> before = Contents.of(context).events();
        TreeMap<Long, String> after = purged(before);
        Path backup = copy(context.directory().path(), temp.resolve("backup"));
        int undone = 0;
        int done = 0;
        boolean finished = false;
        for (int at = 0; !finished; at++) {
            Path path = copy(backup, temp.resolve("bus" + at));
            StoreContext killed = Contexts.of(path, Contexts.format(), clock);
            CrashingDisk disk = new CrashingDisk(killed.disk(), at);
            try {
                StoreContext victim = Contexts.on(killed, disk);
                purge(victim, new TestWriter(victim));
                finished = true;
            } catch (StoreException | java.io.UncheckedIOException e) {
                assertThat(disk.crashed()).isTrue();
            }
            TestWriter next = new TestWriter(killed);
            TreeMap<Long, String> found = Contents.of(killed).events();
            if (found.equals(before)) {
                undone++;
            } else {
                assertThat(found).as("killed at " + at).isEqualTo(after);
                done++;
                assertThat(Contents.anyFileHolds(path.resolve("store"), "payload of b")).isFalse();
                assertThat(killed.disk().exists(Purges.JOURNAL)).isFalse();
            }
            assertThat(next.end()).isEqualTo(first.end());
            if (at % 10 == 0) {
                purge(killed, next);
                assertThat(Contents.of(killed).events()).isEqualTo(after);
            }
        }
        assertThat(undone).isGreaterThan(20);
        assertThat(done).isGreaterThan(10);
    }

    @Test
    @DisplayName("STO-6 with the power lost at any step, a purge is done as a whole or not at all")
    void powerLostAnywhere() throws IOException {
        int outcomes = 0;
        for (int at = 0; at < 250; at++) {
            SimulatedDisk disk = new SimulatedDisk(at);
            StoreContext on = Contexts.on(context, disk);
            TestWriter writer = fill(on).force();
            TreeMap<Long, String> before = Contents.of(on).events();
            disk.strike(SimulatedDisk.Fault.POWER_LOSS, disk.steps() + at);
            boolean finished = false;
            try {
                purge(on, writer);
                finished = true;
            } catch (SimulatedDisk.Stopped e) {
                // the machine starts again
            }
            StoreContext next = Contexts.on(context, disk.afterPowerLoss());
            Purges.recover(next.disk());
            TreeMap<Long, String> found = Contents.of(next).events();
            if (found.equals(before)) {
                assertThat(finished).isFalse();
            } else {
                assertThat(found).as("power lost at " + at).isEqualTo(purged(before));
                assertThat(new ReadBack(next.disk()).problems)
                        .as("power lost at " + at)
                        .allMatch(p -> p.contains(": offset "));
            }
            outcomes |= found.equals(before) ? 1 : 2;
            if (finished) {
                outcomes |= 4;
                break;
            }
        }
        assertThat(outcomes).isEqualTo(7);
    }

    @Test
    @DisplayName("STO-6 a purge that is finished later waits for files that are missing")
    void neverRemovesTheOnlyCopy() throws IOException {
        fill(context);
        Files.writeString(
                context.directory().path().resolve(Purges.JOURNAL),
                "{\"store/gone.draft\":\"store/00000000000000000003.1.jsonl\","
                        + "\"store/00000000000000000003.jsonl\":\"\"}");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> Purges.recover(context.disk()))
                .hasMessage(
                        "a purge cannot be finished, store/gone.draft is missing; nothing more is"
                                + " changed");
        assertThat(context.disk().exists("store/00000000000000000003.jsonl")).isTrue();
    }

    @Test
    @DisplayName("STO-6 a damaged record of a purge is kept aside and said")
    void damagedJournalsAreKeptAside() throws IOException {
        fill(context);
        TreeMap<Long, String> before = Contents.of(context).events();
        Files.writeString(context.directory().path().resolve(Purges.JOURNAL), "{\"a\":");
        try (LogRecorder warnings = new LogRecorder(Purges.class)) {
            Purges.recover(context.disk());
            assertThat(warnings.messages())
                    .containsExactly(
                            "store/purge.json is damaged (expected a text or a whole number at"
                                    + " position 5) and kept as store/purge.json.damaged: a purge that"
                                    + " was killed is not finished. Purge again.");
        }
        assertThat(context.disk().exists("store/purge.json.damaged")).isTrue();
        assertThat(Contents.of(context).events()).isEqualTo(before);
    }

    private static TreeMap<Long, String> purged(TreeMap<Long, String> before) {
        TreeMap<Long, String> after = new TreeMap<>(before);
        after.values().removeIf(e -> e.startsWith("b@"));
        return after;
    }

    private static Path copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
        return to;
    }
}
