// SPDX-License-Identifier: Apache-2.0
package dev.jitney.deadletter.file;

import static dev.jitney.deadletter.file.Sinks.ids;
import static dev.jitney.deadletter.file.Sinks.letter;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeadLetter.Reason;
import dev.jitney.event.Event;
import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.DeadLetterSink.Filter;
import dev.jitney.spi.StoreUnavailableException;
import dev.jitney.spi.StoreVersionException;
import dev.jitney.tck.TckContext;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the file does beyond the contract: sharing, damage, tidying, failures. */
class FileDeadLetterSinkTest {

    @TempDir private Path directory;

    private Path file() {
        return directory.resolve("letters.jsonl");
    }

    @Test
    @DisplayName("ERR-5 two sinks on one directory are one sink")
    void twoSinksShareOneFile() {
        try (DeadLetterSink one = Sinks.open(directory, "max-letters", "3");
                DeadLetterSink two = Sinks.open(directory, "max-letters", "3")) {
            one.add(letter("a", 1));
            two.add(letter("b", 1));
            assertThat(ids(one)).containsExactly("b", "a");
            assertThat(two.startRetry("a", 1, Sinks.NOON)).isNotNull();
            assertThat(one.startRetry("a", 1, Sinks.NOON)).as("the ceiling is reached").isNull();
            one.add(letter("c", 1));
            assertThat(two.add(letter("d", 1))).extracting(DeadLetter::id).containsExactly("a");
            assertThat(one.size()).isEqualTo(3);
            assertThat(one.remove("b")).isTrue();
            assertThat(two.remove("b")).isFalse();
            assertThat(two.clear(Filter.all())).isEqualTo(2);
            assertThat(one.size()).isZero();
        }
    }

    @Test
    @DisplayName("ERR-5 a lower bound makes room for one letter more, all at once")
    void aLowerBoundEvictsSeveral() {
        try (DeadLetterSink sink = Sinks.open(directory)) {
            for (String id : List.of("a", "b", "c", "d")) {
                sink.add(letter(id, 1));
            }
        }
        try (DeadLetterSink sink = Sinks.open(directory, "max-letters", "2")) {
            assertThat(sink.size()).isEqualTo(4);
            assertThat(sink.add(letter("e", 1)))
                    .extracting(DeadLetter::id)
                    .containsExactly("a", "b", "c");
            assertThat(ids(sink)).containsExactly("e", "d");
            assertThat(sink.evicted()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("ERR-5 the file does not grow with what is outdated, and other sinks follow")
    void theFileIsTidied() throws IOException {
        try (DeadLetterSink one = Sinks.open(directory, "max-letters", "5");
                DeadLetterSink two = Sinks.open(directory, "max-letters", "5")) {
            for (int i = 0; i < 300; i++) {
                (i % 3 == 0 ? two : one).add(letter("letter-" + i, 5_000));
                assertThat(Files.size(file())).isLessThan((1 << 18) + 20_000);
            }
            assertThat(ids(one)).containsExactlyElementsOf(ids(two)).hasSize(5);
            assertThat(ids(one).get(0)).isEqualTo("letter-299");
        }
        assertThat(Files.list(directory).map(path -> path.getFileName().toString()))
                .containsExactlyInAnyOrder("letters.jsonl", "letters.jsonl.lock");
    }

    @Test
    @DisplayName("ERR-5 a letter is kept also where nothing can be tidied")
    void tidyingThatFailsHarmsNoLetter() throws IOException {
        Files.createDirectories(directory.resolve("letters.jsonl.draft/in-the-way"));
        try (DeadLetterSink sink = Sinks.open(directory, "max-letters", "5")) {
            for (int i = 0; i < 100; i++) {
                sink.add(letter("letter-" + i, 5_000));
            }
            assertThat(Files.size(file())).isGreaterThan(1 << 18);
            assertThat(ids(sink)).hasSize(5).contains("letter-99");
        }
    }

    @Test
    @DisplayName("ERR-5 a listing that has begun is not disturbed by tidying")
    void aListingIsNotDisturbed() throws IOException {
        try (DeadLetterSink sink = Sinks.open(directory, "max-letters", "5")) {
            sink.add(letter("first", 100));
            LineLog log =
                    new LineLog(
                            "Log",
                            directory,
                            "letters.jsonl",
                            new TckContext().eventFormat(),
                            Duration.ofSeconds(5),
                            true);
            try (LineLog.Snapshot lines = log.snapshot()) {
                for (int i = 0; i < 100; i++) {
                    sink.add(letter("letter-" + i, 5_000));
                }
                assertThat(new String(lines.line(0), UTF_8)).startsWith("{\"id\":\"first\",");
            }
            log.close();
        }
    }

    @Test
    @DisplayName("ERR-5 a torn last line is cut off, kept aside and reported")
    void aTornLineIsCutOff() throws IOException {
        try (DeadLetterSink sink = Sinks.open(directory);
                LogRecorder log = new LogRecorder(LineLog.class)) {
            sink.add(letter("a", 1));
            Files.writeString(file(), "{\"id\":\"tor", StandardOpenOption.APPEND);
            sink.add(letter("b", 1));
            assertThat(ids(sink)).containsExactly("b", "a");
            assertThat(log.messages())
                    .containsExactly(
                            "File '%s' ended in 10 bytes of a line that a process could not finish. They were cut off and are kept in '%s.damaged'."
                                    .formatted(file().toRealPath(), file().toRealPath()));
        }
        assertThat(directory.resolve("letters.jsonl.damaged")).hasContent("{\"id\":\"tor\n");
    }

    @Test
    @DisplayName("ERR-5 a damaged line is reported, passed over, and kept aside in tidying")
    void aDamagedLineIsPassedOver() throws IOException {
        try (DeadLetterSink sink = Sinks.open(directory, "max-letters", "3");
                LogRecorder log = new LogRecorder(LineLog.class)) {
            sink.add(letter("a", 1));
            Files.writeString(file(), "\0\0\0\n{\"id\":7}\n", StandardOpenOption.APPEND);
            sink.add(letter("b", 1));
            assertThat(ids(sink)).containsExactly("b", "a");
            assertThat(log.messages()).hasSize(2);
            assertThat(log.messages().get(0))
                    .matches(
                            "File '.*letters.jsonl' has a damaged line of 3 bytes at byte \\d+, which is passed over: it begins with none of the words that lines begin with");
            for (int i = 0; i < 100; i++) {
                sink.add(letter("letter-" + i, 5_000));
            }
            assertThat(log.messages()).as("reported once").hasSize(2);
        }
        assertThat(directory.resolve("letters.jsonl.damaged")).hasContent("\0\0\0\n{\"id\":7}\n");
    }

    @Test
    @DisplayName("ERR-5 whoever is told of a damaged line may add a letter for it")
    void aWarningMayAddALetter() throws IOException {
        try (DeadLetterSink sink = Sinks.open(directory)) {
            sink.add(letter("a", 1));
            Files.writeString(
                    file(),
                    "damaged\n{\"id\":\"x\",\"reason\":\"NONE\",\"event\":{}}\n",
                    StandardOpenOption.APPEND);
            try (LogRecorder log =
                            new LogRecorder(LineLog.class, () -> sink.add(letter("line", 1)));
                    LogRecorder letters =
                            new LogRecorder(
                                    FileDeadLetterSink.class,
                                    () -> sink.add(letter("within", 1)))) {
                assertThat(sink.get("x")).isNull();
                assertThat(log.messages()).hasSize(1);
                assertThat(letters.messages()).hasSize(1);
                sink.remove("x");
            }
            assertThat(ids(sink)).containsExactly("within", "line", "a");
        }
    }

    @Test
    @DisplayName("ERR-5 a letter that is damaged within is passed over by all that read it")
    void aDamagedLetterIsPassedOver() throws IOException {
        try (DeadLetterSink sink = Sinks.open(directory);
                LogRecorder log = new LogRecorder(FileDeadLetterSink.class)) {
            Files.writeString(file(), "{\"id\":\"x\",\"reason\":\"NONE\",\"event\":{}}\n");
            sink.add(letter("a", 1));
            assertThat(ids(sink)).containsExactly("a");
            assertThat(sink.get("x")).isNull();
            assertThat(sink.stats().size()).isEqualTo(1);
            assertThat(sink.clear(Filter.all())).isEqualTo(1);
            assertThat(sink.remove("x")).isTrue();
            assertThat(log.messages()).isNotEmpty();
            assertThat(log.messages().get(0)).startsWith("A dead letter is damaged and is passed");
        }
    }

    @Test
    @DisplayName("ERR-5 a letter with a number that is too large is damaged as well")
    void aNumberThatIsTooLargeIsDamage() throws IOException {
        try (DeadLetterSink sink = Sinks.open(directory)) {
            sink.add(letter("a", 1));
            sink.add(letter("b", 1));
        }
        String lines = Files.readString(file());
        Files.writeString(
                file(), lines.replaceFirst("\"attempts\":\\d+", "\"attempts\":4294967297"));
        try (DeadLetterSink sink = Sinks.open(directory);
                LogRecorder log = new LogRecorder(FileDeadLetterSink.class)) {
            assertThat(ids(sink)).containsExactly("b");
            assertThat(log.messages())
                    .containsExactly(
                            "A dead letter is damaged and is passed over: 'attempts' is 4294967297");
        }
    }

    @Test
    @DisplayName("ERR-5 an id that UTF-8 cannot carry is one id, whenever it is asked for")
    void idsThatCannotBeWritten() {
        String half = "a\ud83d";
        try (DeadLetterSink sink = Sinks.open(directory, "max-letters", "2")) {
            sink.add(letter("b", 1));
            sink.add(letter(half, 1));
            assertThat(sink.add(letter(half, 1))).as("the other makes no room for it").isEmpty();
            assertThat(sink.update(letter(half, 2))).isTrue();
            assertThat(sink.get(half).stack()).isEqualTo("xx");
            assertThat(sink.startRetry(half, 3, Sinks.NOON)).isNotNull();
            assertThat(ids(sink)).containsExactly("a?", "b");
            assertThat(sink.remove(half)).isTrue();
            assertThat(ids(sink)).containsExactly("b");
        }
    }

    @Test
    @DisplayName("ERR-5 an event whose payload has no text at all is kept by its topic and id")
    void keepsWhatHasNoText() {
        List<Object> inner = new ArrayList<>();
        List<Object> ring = new ArrayList<>(List.of(inner));
        inner.add(ring);
        Event event = Event.builder("order.placed").id("7").source("shop").payload(ring).build();
        DeadLetter letter = DeadLetter.builder(event, Reason.HANDLER_ERROR).id("ring").build();
        try (DeadLetterSink sink = Sinks.open(directory)) {
            sink.add(letter);
            DeadLetter kept = sink.get("ring");
            assertThat(kept).isNotNull();
            assertThat(kept.reason()).isEqualTo(Reason.SERIALIZATION_ERROR);
            assertThat(new String(kept.line(), UTF_8)).isEqualTo("order.placed 7");
        }
    }

    @Test
    @DisplayName("ERR-5 a letter costs as many bytes of memory as it is long, some times over")
    void longLettersAreRead() {
        int length = 16 << 20;
        DeadLetter letter = letter("long", 1);
        Event event = letter.event().withPayload("x".repeat(length));
        try (DeadLetterSink sink = Sinks.open(directory)) {
            long before = allocated();
            sink.add(DeadLetter.builder(event, Reason.REJECTED).id("long").build());
            assertThat(allocated() - before).isLessThan(40L * length);
            assertThat(sink.get("long").event().payload().toString()).hasSize(length + 2);
        }
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }

    @Test
    @DisplayName("ERR-5 an event whose payload cannot be written is kept as what it shows")
    void keepsWhatCannotBeWritten() {
        Object odd =
                new Object() {
                    @Override
                    public String toString() {
                        return "a socket";
                    }
                };
        Event event = Event.builder("order.placed").source("shop").payload(odd).build();
        DeadLetter letter =
                DeadLetter.builder(event, Reason.HANDLER_ERROR)
                        .id("odd")
                        .handler("mail")
                        .error(new IllegalStateException("down"))
                        .build();
        try (DeadLetterSink sink = Sinks.open(directory)) {
            sink.add(letter);
            DeadLetter kept = sink.get("odd");
            assertThat(kept).isNotNull();
            assertThat(kept.reason()).isEqualTo(Reason.SERIALIZATION_ERROR);
            assertThat(kept.handler()).isEqualTo("mail");
            assertThat(kept.errorMessage())
                    .endsWith(" Before that: java.lang.IllegalStateException: down");
            assertThat(new String(kept.line(), UTF_8))
                    .contains("\"type\":\"order.placed\"", "\"data\":\"a socket\"");
        }
    }

    @Test
    @DisplayName("ERR-5 texts of any kind come back as they were")
    void keepsOddTexts() {
        String odd = "\" quoted, \\ , ,\"event\":{ and \0\u2028 \ud83d\ude00 end";
        DeadLetter letter = letter(odd, 1).toBuilder().handler(odd).error(odd, odd, odd).build();
        try (DeadLetterSink sink = Sinks.open(directory)) {
            sink.add(letter);
            assertThat(sink.get(odd)).isEqualTo(letter);
            sink.add(letter("half", 1).toBuilder().error("x", "half \ud83d pair", "").build());
            assertThat(sink.get("half").errorMessage()).isEqualTo("half ? pair");
            sink.add(letter("id \ud83d", 1).toBuilder().id("half id").build());
            assertThat(new String(sink.get("half id").line(), UTF_8))
                    .isEqualTo("order.placed event of id ?");
        }
    }

    @Test
    @DisplayName("ERR-6 a lock that another process holds is waited for, with a limit")
    void aHeldLockIsReported() throws Exception {
        try (DeadLetterSink sink = Sinks.open(directory, "lock-timeout", "50ms")) {
            sink.add(letter("a", 1));
            try (Child holder = Child.start(List.of(), Holder.class, directory)) {
                assertThat(holder.line()).isEqualTo("HELD");
                assertThatThrownBy(() -> sink.add(letter("b", 1)))
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessage(
                                "The lock '%s.lock' was not free within 50 ms: another process changes the file and does not finish. Look for a stopped process, and try again.",
                                file().toRealPath());
                holder.kill();
                sink.add(letter("c", 1));
            }
            assertThat(ids(sink)).containsExactly("c", "a");
        }
    }

    /** Holds the lock until it is killed. */
    static final class Holder {
        public static void main(String[] args) throws IOException {
            Path lock = Path.of(args[0]).resolve("letters.jsonl.lock");
            try (RandomAccessFile file = new RandomAccessFile(lock.toFile(), "rw");
                    FileLock held = file.getChannel().lock()) {
                System.out.println(held.isValid() ? "HELD" : "NOT");
                System.in.read();
            }
        }
    }

    @Test
    @DisplayName("ERR-5 ERR-6 a full disk refuses the letter with the reason, and harms no other")
    void aFullDiskRefusesTheLetter() throws Exception {
        List<String> limited = List.of("bash", "-c", "ulimit -f 60; exec \"$@\"", "bash");
        try (Child child = Child.start(limited, Filler.class, directory)) {
            List<String> said = child.lines();
            assertThat(said).contains("letter-0", "letter-1");
            assertThat(said.get(said.size() - 2))
                    .startsWith("The file '" + file().toRealPath() + "' cannot be used: ")
                    .contains("File too large");
            int kept = said.size() - 2;
            assertThat(said.get(said.size() - 1)).isEqualTo("there are " + kept);
            try (DeadLetterSink sink = Sinks.open(directory)) {
                assertThat(sink.size()).isEqualTo(kept);
                sink.add(letter("more", 9_000));
                assertThat(sink.list(Filter.all(), 100)).hasSize(kept + 1);
            }
        }
    }

    /** Adds letters until that fails, and says what was kept and why it failed. */
    static final class Filler {
        public static void main(String[] args) {
            DeadLetterSink sink = Sinks.open(Path.of(args[0]));
            try {
                for (int i = 0; ; i++) {
                    sink.add(letter("letter-" + i, 9_000));
                    System.out.println("letter-" + i);
                }
            } catch (UncheckedIOException e) {
                System.out.println(e.getMessage());
                System.out.println("there are " + sink.size());
            }
        }
    }

    @Test
    @DisplayName("TMO-2 ERR-5 a thread that is interrupted keeps its letter and its interrupt")
    void anInterruptDoesNotLoseTheLetter() {
        try (DeadLetterSink sink = Sinks.open(directory)) {
            Thread.currentThread().interrupt();
            sink.add(letter("a", 1));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(ids(sink)).containsExactly("a");
        }
    }

    @Test
    @DisplayName("ERR-5 a file of a newer format is refused")
    void aNewerFormatIsRefused() throws IOException {
        Files.writeString(file(), "{\"format\":2}\n");
        try (DeadLetterSink sink = Sinks.open(directory)) {
            assertThatThrownBy(sink::size)
                    .isInstanceOf(StoreVersionException.class)
                    .hasMessage(
                            "The file '%s' has format 2, which this program does not know (1). Use a newer version of Jitney.",
                            file().toRealPath());
        }
    }

    @Test
    @DisplayName("ERR-5 only the owner may read the letters")
    void onlyTheOwnerMayRead() throws IOException {
        Path made = directory.resolve("made");
        try (DeadLetterSink sink = Sinks.open(made, "force", "true")) {
            sink.add(letter("a", 1));
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                .isEqualTo("rwx------");
        Path letters = made.resolve("letters.jsonl");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(letters)))
                .isEqualTo("rw-------");
    }
}
