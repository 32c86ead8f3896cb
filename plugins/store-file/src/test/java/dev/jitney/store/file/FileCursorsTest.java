// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Offset;
import dev.jitney.spi.Cursor;
import dev.jitney.spi.Cursors;
import dev.jitney.spi.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCursorsTest {

    @TempDir Path temp;

    private final Contexts.TestClock clock = new Contexts.TestClock();
    private StoreContext context;
    private FileCursors cursors;
    private final List<FileCursors> others = new ArrayList<>();

    @BeforeEach
    void open() {
        context = Contexts.of(temp.resolve("bus"), Contexts.format(), clock);
        cursors = new FileCursors(context, () -> 100);
    }

    @AfterEach
    void close() throws IOException {
        cursors.close();
        for (FileCursors other : others) {
            other.close();
        }
    }

    @Test
    @DisplayName("STO-5 a cursor that was saved is found again, with lag and last use")
    void findsWhatWasSaved() {
        assertThat(cursors.find("mail")).isNull();
        Cursor saved = cursors.save("mail", Offset.of(40));

        assertThat(saved)
                .isEqualTo(new Cursor("mail", Offset.of(40), 60, clock.instant(), false))
                .isEqualTo(cursors.find("mail"))
                .isEqualTo(another().find("mail"));
        assertThat(context.directory().path().resolve("cursors/mail.json"))
                .hasContent(
                        "{\"name\":\"mail\",\"checkpoint\":40,\"lastUsed\":\"2026-01-01T00:00:00Z\"}\n");
    }

    @Test
    @DisplayName("STO-5 a cursor moves only forward unless it is reset")
    void movesForwardOnly() {
        cursors.save("mail", Offset.of(40));
        assertThat(another().save("mail", Offset.of(39)).checkpoint()).isEqualTo(Offset.of(40));
        assertThat(cursors.save("mail", Offset.of(41)).checkpoint()).isEqualTo(Offset.of(41));
        assertThat(cursors.reset("mail", Offset.of(7)).checkpoint()).isEqualTo(Offset.of(7));
        assertThat(another().find("mail").checkpoint()).isEqualTo(Offset.of(7));
    }

    @Test
    @DisplayName("STO-5 saving the same checkpoint again counts as a use")
    void savingAgainIsAUse() {
        cursors.save("mail", Offset.of(40));
        clock.advance(Duration.ofDays(29));
        cursors.save("mail", Offset.of(40));
        clock.advance(Duration.ofDays(29));
        assertThat(cursors.find("mail").idle()).isFalse();
    }

    @Test
    @DisplayName("STO-5 cursors are listed in order of name and gone when removed")
    void listsAndRemoves() {
        for (String name : List.of("b", "a.2", "a", "B")) {
            cursors.save(name, Offset.ZERO);
        }
        assertThat(cursors.list()).extracting(Cursor::name).containsExactly("B", "a", "a.2", "b");
        assertThat(cursors.remove("a")).isTrue();
        assertThat(cursors.remove("a")).isFalse();
        assertThat(cursors.find("a")).isNull();
        assertThat(cursors.list()).extracting(Cursor::name).containsExactly("B", "a.2", "b");
    }

    @Test
    @DisplayName("STO-5 a cursor that is idle holds nothing back, which is reported once")
    void idleCursorsAreReportedOnce() {
        try (LogRecorder log = new LogRecorder(FileCursors.class)) {
            cursors.save("old", Offset.of(3));
            clock.advance(Duration.ofDays(20));
            cursors.save("new", Offset.of(9));
            assertThat(cursors.neededFrom()).isEqualTo(3);

            clock.advance(Duration.ofDays(11));
            assertThat(cursors.find("old").idle()).isTrue();
            assertThat(cursors.neededFrom()).isEqualTo(9);
            assertThat(another().neededFrom()).isEqualTo(9);
            assertThat(log.messages())
                    .containsExactly(
                            "The cursor 'old' was last used at 2026-01-01T00:00:00Z and is idle: it"
                                    + " no longer keeps events from #3 on from being removed. Save or"
                                    + " remove it.");

            cursors.save("old", Offset.of(3));
            assertThat(cursors.neededFrom()).isEqualTo(3);
            clock.advance(Duration.ofDays(31));
            assertThat(cursors.neededFrom()).isEqualTo(Long.MAX_VALUE);
            assertThat(log.messages()).hasSize(3);
        }
    }

    @Test
    @DisplayName("STO-5 a cursor that has an owner is in use, however long ago it was saved")
    void ownedCursorsAreInUse() {
        Cursors.Claim owner = cursors.claim("mail");
        owner.save(Cursor.Progress.below(Offset.of(3)));
        try (LogRecorder log = new LogRecorder(FileCursors.class)) {
            clock.advance(Duration.ofDays(31));
            assertThat(another().neededFrom()).isEqualTo(3);
            assertThat(cursors.find("mail"))
                    .isEqualTo(new Cursor("mail", Offset.of(3), 97, clock.instant(), false));

            clock.advance(Duration.ofDays(31));
            assertThat(cursors.neededFrom()).isEqualTo(3);
            assertThat(log.messages()).isEmpty();

            owner.close();
            assertThat(cursors.neededFrom()).isEqualTo(3);
            clock.advance(Duration.ofDays(31));
            assertThat(cursors.neededFrom()).isEqualTo(Long.MAX_VALUE);
            assertThat(log.messages()).hasSize(1);
        }
    }

    @Test
    @DisplayName("STO-5 a damaged cursor is named, never taken for one that is not there")
    void damagedCursorsAreNamed() throws IOException {
        cursors.save("bad", Offset.of(3));
        cursors.save("good", Offset.of(4));
        Files.writeString(context.directory().path().resolve("cursors/bad.json"), "{\"name\":");
        String message =
                "The cursor file 'cursors/bad.json' cannot be used: expected a text or a whole"
                        + " number at position 8. Reset the cursor 'bad' to the offset it should go on"
                        + " from, or remove it.";

        assertThatThrownBy(() -> cursors.find("bad"))
                .isInstanceOf(StoreException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> cursors.save("bad", Offset.of(5))).hasMessage(message);
        assertThatThrownBy(() -> cursors.neededFrom()).hasMessage(message);
        try (LogRecorder log = new LogRecorder(FileCursors.class)) {
            assertThat(cursors.list()).extracting(Cursor::name).containsExactly("good");
            assertThat(log.messages()).containsExactly(message);
        }
        assertThat(cursors.reset("bad", Offset.of(2)).checkpoint()).isEqualTo(Offset.of(2));
        assertThat(cursors.find("bad").checkpoint()).isEqualTo(Offset.of(2));
    }

    @Test
    @DisplayName("STO-5 a cursor whose file is cut off anywhere is reported or whole")
    void everyTruncationIsSeen() throws IOException {
        cursors.save("mail", Offset.of(40));
        Path file = context.directory().path().resolve("cursors/mail.json");
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length - 1; length++) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> cursors.find("mail"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageStartingWith("The cursor file 'cursors/mail.json' cannot be used: ");
        }
    }

    @Test
    @DisplayName("STO-5 a name that is none is refused with position and reason")
    void refusesNames() {
        String rule =
                ". Use 1 to 128 letters, digits, '.', '_' and '-', the first one a letter or a"
                        + " digit.";
        assertThatThrownBy(() -> cursors.save("", Offset.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Cursor name '' is not valid: it is empty" + rule);
        assertThatThrownBy(() -> cursors.save("a/b", Offset.ZERO))
                .hasMessage("Cursor name 'a/b' is not valid: '/' at position 1" + rule);
        assertThatThrownBy(() -> cursors.find("..")) //
                .hasMessage("Cursor name '..' is not valid: '.' at position 0" + rule);
        assertThatThrownBy(() -> cursors.remove("é"))
                .hasMessage("Cursor name 'é' is not valid: 'é' at position 0" + rule);
        assertThatThrownBy(() -> cursors.reset("x".repeat(129), Offset.ZERO))
                .hasMessage(
                        "Cursor name '"
                                + "x".repeat(32)
                                + "…' is not valid: it has 129 characters"
                                + rule);
        assertThatThrownBy(() -> cursors.save("a", Offset.UNASSIGNED))
                .hasMessage("The checkpoint of cursor 'a' must be an offset, but was unassigned.");
        assertThat(cursors.save("x".repeat(128), Offset.ZERO).lag()).isEqualTo(100);
    }

    @Test
    @DisplayName("STO-5 killed at any change of the disk, the cursor is the old or the new one")
    void killedAnywhere() throws IOException {
        cursors.save("mail", Offset.of(1));
        long at = 0;
        boolean done = false;
        while (!done) {
            CrashingDisk disk = new CrashingDisk(context.disk(), at++);
            long before = cursors.find("mail").checkpoint().value();
            FileCursors victim = new FileCursors(Contexts.on(context, disk), () -> 100);
            try {
                victim.save("mail", Offset.of(before + 1));
                done = true;
            } catch (StoreException e) {
                assertThat(disk.crashed()).isTrue();
            } finally {
                victim.close();
            }
            assertThat(cursors.find("mail").checkpoint().value()).isBetween(before, before + 1);
        }
        assertThat(at).isGreaterThan(3);
        try (FileCursors next = new FileCursors(context, () -> 100)) {
            next.save("other", Offset.ZERO);
        }
        assertThat(context.disk().list("cursors"))
                .containsExactlyInAnyOrder("mail.json", "other.json");
    }

    private FileCursors another() {
        FileCursors another = new FileCursors(context, () -> 100);
        others.add(another);
        return another;
    }
}
