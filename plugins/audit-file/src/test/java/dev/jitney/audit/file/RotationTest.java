// SPDX-License-Identifier: Apache-2.0
package dev.jitney.audit.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.EventBus;
import dev.jitney.Ordering;
import dev.jitney.event.Event;
import dev.jitney.spi.EventFormat;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class RotationTest {

    private static final int THREADS = 8;
    private static final int EACH = 250;
    private static final int LIMIT = 8 * 1024;

    @TempDir private Path scratch;
    private Audited audited;

    @BeforeEach
    void prepare() {
        audited = new Audited(scratch);
    }

    private void publish(EventBus bus, int thread) throws InterruptedException {
        for (int i = 0; i < EACH; i++) {
            Event event = Event.of("a.b", thread + "-" + i + "-" + "x".repeat(i % 200));
            bus.publishAndJoin(event, Audited.LONG);
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC}) // Elsewhere files have no keys that stay.
    @DisplayName(
            "A reading shows the newest first also where files are rotated several times in it")
    void rotatedWhileItIsRead() throws Exception {
        try (EventBus bus = audited.builder("max-size", "1k").build()) {
            AtomicInteger next = new AtomicInteger();
            for (int i = 0; i < 3; i++) {
                publishLong(bus, next);
            }
            AtomicBoolean rotated = new AtomicBoolean();
            EventFormat format = EventBus.builder("reader").eventFormat();
            Object meddling =
                    Proxy.newProxyInstance(
                            EventFormat.class.getClassLoader(),
                            new Class<?>[] {EventFormat.class},
                            (proxy, method, values) -> {
                                while (!rotated.getAndSet(true)) {
                                    publishLong(bus, next);
                                    publishLong(bus, next);
                                }
                                return method.invoke(format, values);
                            });
            AuditLog log = AuditLog.at(audited.path, (EventFormat) meddling);
            assertThat(log.read(10))
                    .extracting(entry -> entry.event().id())
                    .containsExactly("2", "1", "0");
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    @DisplayName("A reading shows the newest first also where a new file is taken for one that was")
    void aNewFileIsNotTakenForOneThatWasRemoved() throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<?> writing = thread.submit(() -> writeUntil(enough));
            AuditLog log = audited.log();
            for (int reading = 0; reading < 2_000; reading++) {
                assertThat(log.read(100))
                        .extracting(entry -> Integer.parseInt(entry.event().id()))
                        .isSortedAccordingTo(Comparator.reverseOrder());
            }
            enough.set(true);
            writing.get();
        } finally {
            enough.set(true);
            thread.shutdownNow();
        }
    }

    // Some five lines a file, and few files: so one that is removed soon leaves its place to
    // another.
    private Void writeUntil(AtomicBoolean enough) throws IOException {
        try (AuditWriter out = new AuditWriter(new AuditFiles(audited.path, 3), 1024)) {
            for (int id = 0; !enough.get(); id++) {
                String line =
                        """
                        {"specversion":"1.0","id":"%d","source":"s","type":"a.b",\
                        "time":"2026-05-04T12:00:00Z","auditoutcome":"handled",\
                        "audittime":"2026-05-04T12:00:00Z","auditbus":"b",\
                        "auditorigin":"published"}"""
                                .formatted(id);
                out.write(line.getBytes(StandardCharsets.UTF_8));
            }
        }
        return null;
    }

    // Longer than a file may be, so that each is in one of its own.
    private static void publishLong(EventBus bus, AtomicInteger next) throws Exception {
        String id = Integer.toString(next.getAndIncrement());
        Event event = Event.builder("a.b").id(id).payload("x".repeat(2_000)).build();
        bus.publishAndJoin(event, Audited.LONG);
    }

    @Test
    @DisplayName(
            "Under 8 threads no line is lost, no file exceeds its limit plus one event, and who reads meanwhile meets no line twice")
    void rotatesUnderEightThreads() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (EventBus bus =
                audited.builder("max-size", "8k", "max-files", "10000")
                        .ordering(Ordering.PARALLEL)
                        .build()) {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int number = thread;
                running.add(
                        threads.submit(
                                () -> {
                                    publish(bus, number);
                                    return null;
                                }));
            }
            while (!running.stream().allMatch(Future::isDone)) {
                List<String> ids =
                        audited.log().read(1_000).stream().map(one -> one.event().id()).toList();
                assertThat(ids).doesNotHaveDuplicates();
            }
            for (Future<?> one : running) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        Set<String> ids = new HashSet<>();
        audited.log().read(100_000).forEach(one -> ids.add(one.event().id()));
        assertThat(ids).hasSize(THREADS * EACH);
        assertThat(audited.lines()).hasSize(THREADS * EACH);
        int longest =
                audited.lines().stream()
                        .mapToInt(line -> line.getBytes(StandardCharsets.UTF_8).length + 1)
                        .max()
                        .orElseThrow();
        assertThat(audited.files()).hasSizeGreaterThan(20);
        for (Path file : audited.files()) {
            assertThat(Files.size(file)).as("%s", file).isLessThan(LIMIT + longest);
        }
    }

    @Test
    @DisplayName("No more files are kept than asked for, the newest")
    void keepsTheNewestFiles() throws Exception {
        try (EventBus bus = audited.builder("max-size", "1k", "max-files", "2").build()) {
            publish(bus, 0);
        }
        assertThat(audited.files())
                .extracting(one -> one.getFileName().toString())
                .containsExactly("events.1.jsonl", "events.2.jsonl", "events.jsonl");
        assertThat(audited.log().read(1).get(0).event().payload().toString())
                .startsWith("\"0-249-");
        try (EventBus bus = audited.builder("max-size", "1k", "max-files", "1").build()) {
            publish(bus, 1);
        }
        assertThat(audited.files()).hasSize(2);
    }

    @Test
    @DisplayName(
            "A rotation that a kill has cut off hides no older file from those who read or clear")
    void aGapHidesNoOlderFile() throws Exception {
        try (EventBus bus = audited.builder("max-size", "1k", "max-files", "5").build()) {
            publish(bus, 0);
        }
        Path oldest = audited.path.resolveSibling("events.3.jsonl");
        int newer = 0;
        for (String name : List.of("events.jsonl", "events.1.jsonl", "events.2.jsonl")) {
            newer += Files.readAllLines(audited.path.resolveSibling(name)).size();
        }
        // As it is when the files behind it have their new names, and those before it have not.
        Files.delete(audited.path.resolveSibling("events.4.jsonl"));
        Files.delete(audited.path.resolveSibling("events.5.jsonl"));
        Files.move(oldest, audited.path.resolveSibling("events.4.jsonl"));
        assertThat(audited.log().read(100_000)).hasSizeGreaterThan(newer);
        assertThat(audited.log().clear()).isTrue();
        assertThat(audited.files()).isEmpty();
    }

    @Test
    @DisplayName("W02 half a line, as a killed process leaves it, is cut off and glued to nothing")
    void halfALineIsCutOff() throws Exception {
        Files.createDirectories(audited.path.getParent());
        Files.writeString(audited.path, "{\"whole\":1}\n{\"half\":\"" + "y".repeat(20_000));
        try (EventBus bus = audited.builder().build()) {
            bus.publishAndJoin(Event.of("a.b", 1), Audited.LONG);
        }
        List<String> lines = Files.readAllLines(audited.path);
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).isEqualTo("{\"whole\":1}");
        assertThat(audited.log().read(10)).hasSize(1);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("ERR-6 a full disk harms no delivery; the next line says how many were lost")
    void aFullDiskHarmsNothing() throws Exception {
        Files.createDirectories(audited.path.getParent());
        Files.createSymbolicLink(audited.path, Path.of("/dev/full"));
        List<Object> handled = new ArrayList<>();
        try (EventBus bus = audited.builder().build()) {
            bus.subscribe("a.b", event -> handled.add(event.payload()));
            assertThat(bus.publishAndJoin(Event.of("a.b", 1), Audited.LONG).outcome().ok())
                    .isTrue();
            bus.publishAndJoin(Event.of("a.b", 2), Audited.LONG);
            assertThat(handled).containsExactly(1, 2);
            assertThat(bus.awaitIdle(Audited.LONG)).isTrue();
            Files.delete(audited.path);
            bus.publishAndJoin(Event.of("a.b", 3), Audited.LONG);
            bus.publishAndJoin(Event.of("a.b", 4), Audited.LONG);
        }
        assertThat(audited.log().read(10))
                .extracting(entry -> entry.event().payload() + " " + entry.lost())
                .containsExactly("4 0", "3 2");
    }
}
