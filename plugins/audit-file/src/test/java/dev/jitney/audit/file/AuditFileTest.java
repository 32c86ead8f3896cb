// SPDX-License-Identifier: Apache-2.0
package dev.jitney.audit.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.jitney.EventBus;
import dev.jitney.Overflow;
import dev.jitney.event.Event;
import dev.jitney.event.TopicPattern;
import dev.jitney.spi.ConfigException;
import dev.jitney.spi.EventValidatorProvider;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.InterceptorProvider;
import dev.jitney.spi.Masker;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PublicationInfo;
import dev.jitney.spi.ValidationException;
import dev.jitney.tck.TckContext;
import dev.jitney.tck.WordMasker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AuditFileTest {

    @TempDir private Path scratch;
    private Audited audited;

    @BeforeEach
    void prepare() {
        audited = new Audited(scratch);
    }

    @Test
    @DisplayName("ICP-2 every event is a line with what became of it, newest first")
    void everyEventIsALine() throws Exception {
        try (EventBus bus = audited.builder().build()) {
            bus.subscribe("order.*", event -> {});
            bus.publishAndJoin(Event.of("order.placed", Map.of("n", 1)), Audited.LONG);
            bus.publishAndJoin(Event.of("user.login", null), Audited.LONG);
        }
        List<AuditEntry> entries = audited.log().read(10);
        assertThat(entries)
                .extracting(AuditEntry::outcome)
                .containsExactly("no_handler", "handled");
        AuditEntry placed = entries.get(1);
        assertThat(placed.event().topic()).isEqualTo("order.placed");
        assertThat(placed.event().source()).isEqualTo("shop");
        assertThat(placed.event().header("auditbus")).isEqualTo("shop");
        assertThat(placed.event().header("auditorigin")).isEqualTo("published");
        assertThat(placed.event().payload()).hasToString("{\"n\":1}");
        assertThat(placed.failures()).isEmpty();
        assertThat(placed.lost()).isZero();
        assertThat(placed.time()).isBeforeOrEqualTo(Instant.now());
        assertThat(Files.readAllLines(audited.path)).hasSize(2);
    }

    @Test
    @DisplayName("EVT-5 a reason that no JSON can carry keeps no event out of the log")
    void halfASurrogatePairKeepsNoEventOut() throws Exception {
        String cut = "no stock for \ud83d\ude00".substring(0, 14);
        try (EventBus bus = audited.builder().build()) {
            bus.subscribe(
                    "order.placed",
                    event -> {
                        throw new IllegalStateException(cut);
                    });
            bus.publishAndJoin(Event.of("order.placed", 1), Audited.LONG);
            assertThat(bus.awaitIdle(Audited.LONG)).isTrue();
        }
        List<AuditEntry> entries = audited.log().read(TopicPattern.parse("order.*"), null, 10);
        assertThat(entries).hasSize(1);
        assertThat(entries.get(0).failures())
                .extracting(failure -> failure.get("message"))
                .containsExactly("no stock for ?");
    }

    @Test
    @DisplayName(
            "EVT-5 an event that no JSON can carry, whatever of it, is in the log all the same")
    void noEventIsKeptOut() throws Exception {
        String half = "a\ud83d";
        List<Event> events =
                List.of(
                        odd().id(half).build(),
                        odd().source(half).build(),
                        odd().key(half).build(),
                        odd().correlationId(half).build(),
                        odd().causationId(half).build(),
                        odd().subject(half).build(),
                        odd().header("x", half).payload("seen").build(),
                        odd().time(Instant.MAX).build(),
                        odd().time(Instant.MIN).build());
        try (EventBus bus = audited.builder().build()) {
            for (Event event : events) {
                bus.publishAndJoin(event, Audited.LONG);
            }
        }
        List<AuditEntry> entries = audited.log().read(100);
        assertThat(entries).hasSameSizeAs(events);
        assertThat(entries)
                .allSatisfy(entry -> assertThat(entry.lost()).isZero())
                .allSatisfy(entry -> assertThat(entry.outcome()).isEqualTo("no_handler"))
                .allSatisfy(entry -> assertThat(entry.event().header("auditproblem")).isNotEmpty());
        assertThat(entries.get(entries.size() - 1).event().id()).isEqualTo("a?");
        assertThat(entries.get(0).event().time()).isEqualTo(entries.get(0).time());
    }

    @Test
    @DisplayName("A line costs as many bytes of memory to read as it is long, some times over")
    void longLinesAreRead() throws Exception {
        int length = 16 << 20;
        try (EventBus bus = audited.builder().build()) {
            bus.publishAndJoin(Event.of("a.b", 1), Audited.LONG);
            bus.publishAndJoin(Event.of("a.b", "x".repeat(length)), Audited.LONG);
        }
        long before = allocated();
        List<AuditEntry> entries = audited.log().read(10);
        assertThat(allocated() - before).isLessThan(40L * length);
        assertThat(entries)
                .extracting(entry -> String.valueOf(entry.event().payload()).length())
                .containsExactly(length + 2, 1);
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }

    private static Event.Builder odd() {
        return Event.builder("order.placed");
    }

    @Test
    @DisplayName("ERR-1 a failure whose message cannot be read is in the line of its event")
    void failuresWithoutWordsAreIncluded() throws Exception {
        try (EventBus bus = audited.builder("topics", "order.*").build()) {
            bus.subscribe(
                    "order.placed",
                    event -> {
                        throw new Wordless();
                    });
            bus.publishAndJoin(Event.of("order.placed", 1), Audited.LONG);
        }
        assertThat(audited.log().read(10).get(0).failures())
                .extracting(failure -> failure.get("error"), failure -> failure.get("message"))
                .containsExactly(tuple(Wordless.class.getName(), ""));
    }

    @Test
    @DisplayName("ERR-1 a failure whose message throws an error is in the line of its event")
    void failuresWhoseMessageThrowsAnErrorAreIncluded() throws Exception {
        try (EventBus bus = audited.builder("topics", "order.*").build()) {
            bus.subscribe(
                    "order.placed",
                    event -> {
                        throw new Erring();
                    });
            bus.publishAndJoin(Event.of("order.placed", 1), Audited.LONG);
        }
        assertThat(audited.log().read(10).get(0).failures())
                .extracting(failure -> failure.get("error"), failure -> failure.get("message"))
                .containsExactly(tuple(Erring.class.getName(), ""));
    }

    private static final class Erring extends RuntimeException {

        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new AssertionError("no text");
        }
    }

    private static final class Wordless extends RuntimeException {

        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no text");
        }
    }

    @Test
    @DisplayName("ERR-1 failures are in the line of their event, with every handler that failed")
    void failuresAreIncluded() throws Exception {
        try (EventBus bus = audited.builder("topics", "order.*").build()) {
            bus.subscribe(
                    "order.placed",
                    event -> {
                        throw new IllegalStateException("no stock");
                    });
            bus.publishAndJoin(Event.of("order.placed", 1), Audited.LONG);
        }
        AuditEntry entry = audited.log().read(10).get(0);
        assertThat(entry.outcome()).isEqualTo("handled_with_failures");
        assertThat(entry.failures()).hasSize(1);
        assertThat(entry.failures().get(0))
                .containsEntry("state", "failed")
                .containsEntry("error", "java.lang.IllegalStateException")
                .containsEntry("message", "no stock");
        assertThat(entry.failures().get(0).get("attempts")).hasToString("1");
    }

    @Test
    @DisplayName("BPR-1 what is dropped is in the log as dropped, and what is refused as refused")
    void dropsAndRefusalsAreIncluded() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (EventBus bus =
                audited.builder()
                        .pendingLimit(1)
                        .overflow(Overflow.DROP_LATEST)
                        .plugin(EventValidatorProvider.class, "naming", Map.of("domains", "order"))
                        .build()) {
            bus.subscribe(
                    "order.placed",
                    event -> {
                        begun.countDown();
                        go.await();
                    });
            bus.publish("order.placed", 1);
            begun.await();
            bus.publish("order.placed", 2);
            bus.publish("order.placed", 3);
            assertThatThrownBy(() -> bus.publish("user.login", 4))
                    .isInstanceOf(ValidationException.class);
            go.countDown();
        }
        List<AuditEntry> entries = audited.log().read(10);
        assertThat(entries)
                .extracting(entry -> entry.event().payload() + " " + entry.outcome())
                .containsExactlyInAnyOrder("1 handled", "2 handled", "3 dropped", "4 refused");
        assertThat(entries)
                .filteredOn(entry -> !entry.outcome().equals("handled"))
                .allSatisfy(entry -> assertThat(entry.reason()).isNotEmpty());
    }

    @Test
    @DisplayName("RED-1 the log is masked: payload, headers, reasons and messages of failures")
    void theLogIsMasked() throws Exception {
        Masker stars = new WordMasker("hunter2", "***");
        try (EventBus bus = audited.builder().masker(stars).build()) {
            bus.subscribe(
                    "user.login",
                    event -> {
                        throw new IllegalStateException("hunter2 is wrong");
                    });
            Event event =
                    Event.builder("user.login").payload("hunter2").header("x", "hunter2").build();
            bus.publishAndJoin(event, Audited.LONG);
            Event unmaskable = Event.builder("a.b").payload(new Object()).build();
            bus.publishAndJoin(unmaskable.withHeader("x", "hunter2"), Audited.LONG);
        }
        assertThat(audited.lines().toString()).contains("*** is wrong").doesNotContain("hunter2");
        AuditEntry last = audited.log().read(1).get(0);
        assertThat(last.event().topic()).isEqualTo("a.b");
        assertThat(last.event().payload()).hasToString("\"(not JSON)\"");
        assertThat(last.event().header("auditproblem")).isNotEmpty();
    }

    @Test
    @DisplayName("What a publisher writes under the log's names neither forges nor hides a line")
    void namesOfTheLog() throws Exception {
        try (EventBus bus = audited.builder().build()) {
            Event forged =
                    Event.builder("order.placed")
                            .header("auditlost", "many")
                            .header("auditfailures", "[{\"handler\":\"mail\"}]")
                            .header("auditproblem", "none")
                            .header("auditoutcome", "handled")
                            .build();
            bus.publishAndJoin(forged, Audited.LONG);
        }
        AuditEntry entry = audited.log().read(10).get(0);
        assertThat(entry.outcome()).isEqualTo("no_handler");
        assertThat(entry.failures()).isEmpty();
        assertThat(entry.lost()).isZero();
        assertThat(entry.event().header("auditproblem")).isEmpty();
    }

    @Test
    @DisplayName("Only its owner may read the log")
    @DisabledOnOs(OS.WINDOWS)
    void permissions() throws Exception {
        try (EventBus bus = audited.builder("max-size", "1k").build()) {
            for (int i = 0; i < 8; i++) {
                bus.publishAndJoin(Event.of("order.placed", i), Audited.LONG);
            }
        }
        assertThat(audited.files())
                .hasSizeGreaterThan(1)
                .allSatisfy(
                        file ->
                                assertThat(Files.getPosixFilePermissions(file))
                                        .isEqualTo(PosixFilePermissions.fromString("rw-------")));
        assertThat(Files.getPosixFilePermissions(audited.path.getParent()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    @DisplayName("ICP-2 reads by topic, time and number, over rotated files and past bad lines")
    void readsWhatIsAskedFor() throws Exception {
        Instant middle = Instant.EPOCH;
        try (EventBus bus = audited.builder("max-size", "1k", "max-files", "100").build()) {
            for (int i = 0; i < 40; i++) {
                Event event = Event.of(i % 2 == 0 ? "a.even" : "a.odd", i);
                Event published = bus.publishAndJoin(event, Audited.LONG).event();
                middle = i == 30 ? published.time() : middle;
            }
        }
        assertThat(audited.files()).hasSizeGreaterThan(5);
        Files.writeString(
                audited.path, "no line\n{\"half\":", java.nio.file.StandardOpenOption.APPEND);
        AuditLog log = audited.log();
        assertThat(log.read(100))
                .extracting(entry -> entry.event().payload().toString())
                .isEqualTo(
                        java.util.stream.IntStream.range(0, 40)
                                .mapToObj(i -> "" + (39 - i))
                                .toList());
        assertThat(log.read(TopicPattern.parse("a.odd"), null, 3))
                .extracting(entry -> entry.event().payload().toString())
                .containsExactly("39", "37", "35");
        assertThat(log.read(TopicPattern.parse("a.even"), middle, 100)).hasSize(5);
        assertThat(log.read(0)).isEmpty();
        assertThat(log.clear()).isTrue();
        assertThat(log.clear()).isFalse();
        assertThat(log.read(10)).isEmpty();
    }

    @Test
    @DisplayName("A log has one writer, and all problems of its configuration come at once")
    void problemsOfTheConfiguration() {
        try (EventBus bus = audited.builder().build()) {
            assertThatThrownBy(() -> audited.builder().build())
                    .isInstanceOf(ConfigException.class)
                    .hasMessage(
                            "Configuration of interceptor 'audit-file' has a problem: 'path' is '%1$s', where nothing can be written: java.io.IOException: somebody else writes to it and holds '%1$s.lock'."
                                    .formatted(audited.path));
            assertThatThrownBy(() -> audited.log().clear()).isInstanceOf(IOException.class);
            assertThat(bus.pluginProblems()).isEmpty();
        }
        assertThatThrownBy(
                        () ->
                                audited.builder("max-size", "1", "topics", "a..b", "max", "1")
                                        .build())
                .hasMessage(
                        "Configuration of interceptor 'audit-file' has 3 problems: 'max-size' is '1', expected a size from 1k to 1024g, such as 64k or 10m; 'topics' holds 'a..b', expected topic patterns such as order.*,user.*; 'max' is not a known key, expected max-files, max-size, path or topics.");
    }

    @Test
    @DisplayName("A path that cannot be a file is refused")
    void pathsThatAreNoFile() {
        assertThatThrownBy(() -> audited.builder("path", scratch.toString()).build())
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Configuration of interceptor 'audit-file' has a problem: 'path' is '%s', which is a directory, expected a file."
                                .formatted(scratch));
        String root = scratch.toAbsolutePath().getRoot().toString();
        assertThatThrownBy(() -> audited.builder("path", root, "max-files", "-1").build())
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Configuration of interceptor 'audit-file' has 2 problems: 'path' is '%s', which has no file name, expected a file; 'max-files' is -1, expected 0 to 10000."
                                .formatted(root));
        assertThatThrownBy(
                        () -> AuditLog.at(Path.of(root), EventBus.builder("reader").eventFormat()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The path of an audit log is '%s', which has no file name.", root);
    }

    @Test
    @DisplayName(
            "ERR-6 what cannot be written is said with its reason, and the next line counts it")
    void whatCannotBeWritten() throws Exception {
        PluginConfig config =
                PluginConfig.of(
                        "'audit'", Map.of("path", audited.path.toString()), new TckContext());
        try (Interceptor interceptor = new AuditFileProvider().create(config)) {
            Event event = Event.builder("a.b").id("7").source("shop").build();
            var observer = interceptor.observe(event, PublicationInfo.Origin.PUBLISHED);
            assertThat(observer).isNotNull();
            IllegalStateException cause = new IllegalStateException("no");
            Files.createDirectory(audited.path);
            assertThatThrownBy(() -> observer.refused(event, cause))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageStartingWith("Event '7' is not in the audit log: " + audited.path);
            Files.delete(audited.path);
            observer.refused(event, cause);
        }
        assertThat(audited.log().read(10)).extracting(AuditEntry::lost).containsExactly(1L);
    }

    @Test
    @DisplayName("Without a path it takes part in no bus, and writes nothing")
    void isAskedForByName() {
        assertThat(new AuditFileProvider().automatic()).isFalse();
        assertThatThrownBy(
                        () ->
                                EventBus.builder("shop")
                                        .discoverPlugins()
                                        .plugin(InterceptorProvider.class, "audit-file", Map.of())
                                        .build())
                .hasMessage(
                        "Configuration of interceptor 'audit-file' has a problem: 'path' is missing.");
    }

    @Test
    @DisplayName("The README lists every option")
    void theReadmeListsEveryOption() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        for (String option : List.of("max-files", "max-size", "path", "topics")) {
            assertThat(readme).contains("| `" + option + "` |");
        }
    }
}
